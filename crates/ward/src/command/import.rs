//! `ward import`: FHIR Bundles and NDJSON into one organisation, by the same validation as the API.
//!
//! What is refused is reported with its place and kept aside; the rest goes in. Running it again
//! changes nothing: ids come from the input, and what is the same makes no new version.

use std::{
    fs::File,
    io::{BufReader, Write as _},
    path::{Path, PathBuf},
};

use clap::Args;
use indicatif::ProgressBar;
use serde_json::json;
use ward_core::Ods;
use ward_fhir::{Limits, Resource};
use ward_records::{Error as RecordError, Records, RefusedImport};

use crate::{
    command::{key, progress},
    config::Config,
    data::Data,
    error::Error,
    files, runtime, wiring,
};

/// What to import, and where to.
#[derive(Args)]
pub(crate) struct Options {
    /// The organisation's ODS code.
    #[arg(long, value_name = "ODS")]
    organisation: Ods,
    /// Files: `.ndjson` holds a resource or Bundle a line, any other one resource or Bundle.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where what was refused is kept, a file for each file it came from.
    #[arg(long, value_name = "DIR", default_value = "ward-refused")]
    aside: PathBuf,
    /// Print the report as one line of JSON.
    #[arg(long)]
    json: bool,
}

/// What an import came to.
#[derive(Default)]
struct Report {
    created: usize,
    updated: usize,
    unchanged: usize,
    refused: usize,
    /// Where, and what is wrong there.
    problems: Vec<String>,
}

/// Problems that are printed; all of them are beside what is kept aside.
const PROBLEMS_SHOWN: usize = 20;

pub(crate) fn run(config: &Config, options: &Options) -> Result<(), Error> {
    let data = Data::open(&config.path("data.dir"))?;
    data.organisation(&options.organisation)?;
    let root = key::unlock(config, &data)?;
    let ward = wiring::open(&data, &root, config.text("server.public_url"))?;
    let bytes = options
        .files
        .iter()
        .map(|path| size(path))
        .sum::<Result<u64, _>>()?;
    let bar = progress::bar("bytes read", bytes);
    let mut report = Report::default();
    runtime()?.block_on(async {
        for path in &options.files {
            import_file(&ward.records, path, options, &mut report, &bar).await?;
        }
        Ok::<_, Error>(())
    })?;
    bar.finish_and_clear();
    show(&report, options);
    Ok(())
}

fn size(path: &Path) -> Result<u64, Error> {
    std::fs::metadata(path)
        .map(|metadata| metadata.len())
        .map_err(Error::file(path))
}

/// Resources that go in together: they share what a commit costs.
const AT_ONCE: usize = 500;

async fn import_file(
    records: &Records,
    path: &Path,
    options: &Options,
    report: &mut Report,
    bar: &ProgressBar,
) -> Result<(), Error> {
    let mut import = Import {
        records,
        ods: &options.organisation,
        report,
        aside: Aside::new(&options.aside, path),
        ready: Vec::new(),
    };
    if path.extension().is_some_and(|end| end == "ndjson") {
        let mut input = BufReader::new(File::open(path).map_err(Error::file(path))?);
        let mut line = Vec::new();
        let mut number = 0;
        while read_line(&mut input, &mut line).map_err(Error::file(path))? {
            number += 1;
            bar.inc(line.len() as u64);
            if !line.iter().all(u8::is_ascii_whitespace) {
                import
                    .take(format!("{}:{number}", path.display()), &line)
                    .await?;
            }
        }
    } else {
        let bytes = std::fs::read(path).map_err(Error::file(path))?;
        bar.inc(bytes.len() as u64);
        import.take(path.display().to_string(), &bytes).await?;
    }
    import.commit().await
}

/// Reads a line of any length, its end included; false at the end of the input.
fn read_line(input: &mut impl std::io::BufRead, line: &mut Vec<u8>) -> std::io::Result<bool> {
    line.clear();
    Ok(input.read_until(b'\n', line)? > 0)
}

/// The import of one file.
struct Import<'a> {
    records: &'a Records,
    ods: &'a Ods,
    report: &'a mut Report,
    aside: Aside,
    /// What is read and not yet in, with its place.
    ready: Vec<(String, Resource)>,
}

impl Import<'_> {
    async fn take(&mut self, place: String, bytes: &[u8]) -> Result<(), Error> {
        match Resource::parse(bytes, &Limits::BODY) {
            Ok(resource) => self.ready.push((place, resource)),
            Err(error) => {
                self.report.refused += 1;
                self.report.problems.push(format!("{place}: {error}"));
                self.aside.keep(bytes)?;
            }
        }
        if self.ready.len() >= AT_ONCE {
            self.commit().await
        } else {
            Ok(())
        }
    }

    async fn commit(&mut self) -> Result<(), Error> {
        let (places, resources): (Vec<_>, Vec<_>) = self.ready.drain(..).unzip();
        if resources.is_empty() {
            return Ok(());
        }
        let imported = self
            .records
            .import(self.ods, &resources, None, ward_records::Since::Keep)
            .await
            .map_err(Error::told)?;
        self.report.created += imported.created;
        self.report.updated += imported.updated;
        self.report.unchanged += imported.unchanged;
        self.report.refused += imported.refused.len();
        for refused in &imported.refused {
            let (Some(place), Some(resource)) = (
                places.get(refused.resource),
                resources.get(refused.resource),
            ) else {
                continue;
            };
            self.report.problems.extend(problems(place, refused));
            self.aside
                .keep(refused_part(resource, refused).as_bytes())?;
        }
        Ok(())
    }
}

/// What is wrong with one resource, a line each.
fn problems(place: &str, refused: &RefusedImport) -> Vec<String> {
    let entry = refused
        .entry
        .map(|entry| format!(" entry[{entry}]"))
        .unwrap_or_default();
    match &refused.error {
        RecordError::Invalid(issues) => issues
            .iter()
            .map(|issue| {
                format!(
                    "{place}{entry}: {}: {}",
                    issue.expression, issue.diagnostics
                )
            })
            .collect(),
        error => vec![format!("{place}{entry}: {error}")],
    }
}

/// The entry's resource where it was one of a bundle's, else the whole.
fn refused_part<'a>(resource: &'a Resource, refused: &RefusedImport) -> &'a str {
    refused
        .entry
        .and_then(|entry| resource.get("entry")?.items().nth(entry)?.get("resource"))
        .map_or_else(|| resource.json(), |part| part.json())
}

/// Where what was refused of one file is kept: NDJSON, so that it can be mended and imported.
struct Aside {
    dir: PathBuf,
    path: PathBuf,
    file: Option<File>,
}

impl Aside {
    fn new(dir: &Path, source: &Path) -> Self {
        let name = source.file_stem().unwrap_or_default().to_string_lossy();
        Self {
            dir: dir.to_owned(),
            path: dir.join(format!("{name}.ndjson")),
            file: None,
        }
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.file.is_none() {
            files::make_dir(&self.dir)?;
            files::write_secret(&self.path, b"")?;
            let file = File::options().append(true).open(&self.path);
            self.file = Some(file.map_err(Error::file(&self.path))?);
        }
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        // A resource that stood on several lines stands on one here.
        let mut line: Vec<u8> = bytes
            .iter()
            .map(|byte| {
                if matches!(byte, b'\n' | b'\r') {
                    b' '
                } else {
                    *byte
                }
            })
            .collect();
        line.push(b'\n');
        file.write_all(&line).map_err(Error::file(&self.path))
    }
}

fn show(report: &Report, options: &Options) {
    if options.json {
        println!(
            "{}",
            json!({
                "created": report.created, "updated": report.updated, "unchanged": report.unchanged,
                "refused": report.refused, "problems": report.problems,
            })
        );
        return;
    }
    for problem in report.problems.iter().take(PROBLEMS_SHOWN) {
        println!("{problem}");
    }
    if report.problems.len() > PROBLEMS_SHOWN {
        println!(
            "... and {} more; --json lists all",
            report.problems.len() - PROBLEMS_SHOWN
        );
    }
    println!(
        "{} created, {} updated, {} unchanged, {} refused",
        report.created, report.updated, report.unchanged, report.refused
    );
    if report.refused > 0 {
        println!(
            "What was refused is in {}: mend it and import it.",
            options.aside.display()
        );
    }
}
