//! Gets credentials of every kind from a running demo, for `ward coverage --credentials`: each by
//! its usual ceremony, over TLS, with a software authenticator in the place of a person's. There is
//! no other way to one, and none is made here.
//!
//! `coverage_people DEMO DIR`: the line of JSON that `ward demo --json` printed, and where to write.
#![allow(clippy::print_stderr, reason = "a command line speaks")]
#![allow(clippy::indexing_slicing, reason = "a member that JSON lacks is null")]

mod browser;
mod command_line;
mod people;
mod program;

use std::{path::Path, process::ExitCode};

use serde_json::{Value, json};

/// What goes wrong, in a sentence.
type Failure = Box<dyn std::error::Error>;

/// Where the demo is, and how to reach it.
#[derive(Clone)]
struct Site {
    http: reqwest::Client,
    url: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [demo, dir] = arguments.as_slice() else {
        return Err("say DEMO DIR".into());
    };
    let demo: Value = serde_json::from_str(&std::fs::read_to_string(demo)?)?;
    let site = Site::of(&demo)?;
    let mut held = Vec::new();
    let mut ids = serde_json::Map::new();
    for organisation in demo["organisations"].as_array().into_iter().flatten() {
        let ods = text(organisation, "ods")?;
        let (own, patient) = people::of(&site, &demo, ods).await?;
        held.extend(own);
        ids.insert(ods.to_owned(), json!({ "patient": patient }));
    }
    let folder = json!({
        "url": site.url, "ca_file": demo["ca_file"], "held": held, "ids": ids,
    });
    write(Path::new(dir), &folder.to_string())
}

impl Site {
    fn of(demo: &Value) -> Result<Self, Failure> {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let authority = std::fs::read(text(demo, "ca_file")?)?;
        let http = reqwest::Client::builder()
            .https_only(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only([reqwest::Certificate::from_pem(&authority)?]);
        Ok(Self {
            http: http.build()?,
            url: text(demo, "url")?.to_owned(),
        })
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str, Failure> {
    let found = value.get(name).and_then(Value::as_str);
    found.ok_or_else(|| format!("there is no {name}").into())
}

/// Writes the folder for its owner alone.
fn write(dir: &Path, folder: &str) -> Result<(), Failure> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    std::fs::create_dir_all(dir)?;
    let mut options = std::fs::OpenOptions::new();
    let file = options.create(true).truncate(true).write(true).mode(0o600);
    file.open(dir.join("credentials.json"))?
        .write_all(folder.as_bytes())?;
    Ok(())
}
