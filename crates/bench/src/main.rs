//! Loads a running Ward over TLS with every lock on, beside its baselines in the same run.
//!
//! `ward-bench WARD_BINARY [--people N] [--seconds S] [--connections C] [--json]` starts the demo
//! with that binary, acts as its service (SMART Backend Services, DPoP) and prints processor
//! milliseconds a request, requests a second, p50 and p99. Processor time is the server's alone.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line speaks"
)]
#![allow(
    clippy::indexing_slicing,
    reason = "serde_json's indexing of a Value gives null, not a panic"
)]

mod bare;
mod cpu;
mod load;
mod rows;
mod scenario;
mod service;

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    time::Duration,
};

use serde_json::{Value, json};

use load::Measured;
use scenario::{Kind, Scenario};
use service::{Connection, Service};

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    Usage(String),
    #[error("the demo's answer has another shape")]
    Demo,
    #[error("the server answered {0}")]
    Refused(u16),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
    #[error(transparent)]
    Request(#[from] hyper::http::Error),
    #[error(transparent)]
    Tls(#[from] rustls::Error),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

struct Options {
    binary: PathBuf,
    people: u32,
    during: Duration,
    connections: usize,
    json: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let workers = if arguments.first().is_some_and(|first| first == "bare") {
        2
    } else {
        1
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(run(&arguments)),
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[String]) -> Result<(), Error> {
    if let [first, tls, body] = arguments
        && first == "bare"
    {
        return bare::serve(tls.into(), body.into()).await;
    }
    let options = read_options(arguments)?;
    let folder = tempfile::tempdir()?;
    let (ward, demo) = start_demo(&options, folder.path())?;
    let report = measure(&options, &demo, ward.0.id(), folder.path()).await?;
    if options.json {
        println!("{}", report.json);
    } else {
        println!("{}", report.text);
    }
    Ok(())
}

fn read_options(arguments: &[String]) -> Result<Options, Error> {
    let usage = || {
        Error::Usage(
            "usage: ward-bench WARD_BINARY [--people N] [--seconds S] [--connections C] [--json]"
                .into(),
        )
    };
    let (binary, rest) = arguments.split_first().ok_or_else(usage)?;
    let mut options = Options {
        binary: binary.into(),
        people: 1_000,
        during: Duration::from_secs(10),
        connections: 8,
        json: false,
    };
    let mut rest = rest.iter();
    while let Some(name) = rest.next() {
        if name == "--json" {
            options.json = true;
            continue;
        }
        let number: u32 = rest
            .next()
            .and_then(|text| text.parse().ok())
            .ok_or_else(usage)?;
        match name.as_str() {
            "--people" => options.people = number,
            "--seconds" => options.during = Duration::from_secs(number.into()),
            "--connections" => options.connections = usize::try_from(number).unwrap_or(8),
            _ => return Err(usage()),
        }
    }
    Ok(options)
}

/// A child that ends with us.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the demo and waits for its line of JSON.
fn start_demo(options: &Options, folder: &Path) -> Result<(Running, Value), Error> {
    let mut child = Command::new(&options.binary)
        .args([
            "demo",
            "--json",
            "--port",
            "0",
            "--people",
            &options.people.to_string(),
            "--dir",
        ])
        .arg(folder.join("demo"))
        .stdout(Stdio::piped())
        .spawn()?;
    let line = first_line(&mut child)?;
    let running = Running(child);
    Ok((running, serde_json::from_str(&line)?))
}

fn first_line(child: &mut Child) -> Result<String, Error> {
    let mut line = String::new();
    let output = child.stdout.take().ok_or(Error::Demo)?;
    BufReader::new(output).read_line(&mut line)?;
    Ok(line)
}

struct Report {
    json: Value,
    text: String,
}

async fn measure(
    options: &Options,
    demo: &Value,
    process: u32,
    folder: &Path,
) -> Result<Report, Error> {
    let service = Service::of_demo(demo)?;
    let mut connections = Vec::new();
    for _ in 0..options.connections {
        connections.push(service.connect().await?);
    }
    let scenario = Scenario::learn(demo, options.people, &mut connections).await?;
    let mut lines = vec![format!(
        "{:<28} {:>8} {:>8} {:>8} {:>8} {:>11}",
        "", "cpu ms", "req/s", "p50 ms", "p99 ms", "x bare wire"
    )];
    let mut json = json!({});
    for kind in Kind::ALL {
        let (measured, kept) = load::run(
            &service,
            process,
            connections,
            options.during,
            scenario.make(kind),
        )
        .await?;
        connections = kept;
        let answer = scenario.sample(kind, &mut connections).await?;
        let bare = bare_run(options, demo, &service, folder, &answer, &scenario, kind).await?;
        let resources = scenario.resources(kind);
        let (figures, bare) = (measured.each(resources), bare.each(resources));
        json[kind.name()] = figures.json(&bare);
        lines.push(format!(
            "{:<28} {:>8.3} {:>8.0} {:>8.2} {:>8.2} {:>11.1}   ({} requests, {} bytes an answer)",
            kind.name(),
            figures.cpu_ms,
            figures.rps,
            figures.p50_ms,
            figures.p99_ms,
            figures.cpu_ms / bare.cpu_ms,
            figures.requests,
            figures.bytes,
        ));
        lines.push(format!(
            "{:<28} {:>8.3} {:>8.0} {:>8.2} {:>8.2}",
            "  axum + rustls, same bytes", bare.cpu_ms, bare.rps, bare.p50_ms, bare.p99_ms,
        ));
    }
    for (name, rows, batch) in [
        ("one row a commit", 2_000, 1),
        ("16 rows a commit", 8_000, 16),
    ] {
        let dir = tempfile::tempdir_in(folder)?;
        let cost = rows::bare_sqlite(dir.path(), rows, batch, 2_048, 15)?;
        lines.push(format!(
            "{:<28} {:>8.3} cpu ms and {:.3} ms a row of 2 KB with 15 index rows",
            format!("bare SQLite, {name}"),
            cost.cpu_ms,
            cost.wall_ms
        ));
    }
    let cost = rows::bare_fsync(folder, 2_000)?;
    lines.push(format!(
        "{:<28} {:>8.3} cpu ms and {:.3} ms each",
        "bare fdatasync", cost.cpu_ms, cost.wall_ms
    ));
    Ok(Report {
        json,
        text: lines.join("\n"),
    })
}

/// The same requests to a bare server that answers the same bytes.
async fn bare_run(
    options: &Options,
    demo: &Value,
    service: &Service,
    folder: &Path,
    answer: &[u8],
    scenario: &Scenario,
    kind: Kind,
) -> Result<Measured, Error> {
    let body = folder.join("answer");
    std::fs::write(&body, answer)?;
    let tls = Path::new(demo["ca_file"].as_str().ok_or(Error::Demo)?);
    let mut child = Command::new(std::env::current_exe()?)
        .arg("bare")
        .arg(tls.parent().unwrap_or(tls))
        .arg(&body)
        .stdout(Stdio::piped())
        .spawn()?;
    let port = first_line(&mut child)?;
    let process = child.id();
    let running = Running(child);
    let bare = service.at(&format!("https://localhost:{}", port.trim()));
    let mut connections: Vec<Connection> = Vec::new();
    for _ in 0..options.connections {
        connections.push(bare.connect().await?);
    }
    let during = options.during / 2;
    let (measured, _) = load::run(&bare, process, connections, during, scenario.make(kind)).await?;
    drop(running);
    Ok(measured)
}
