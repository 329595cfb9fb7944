//! `ward import`: FHIR Bundles and NDJSON into one organisation, by the same validation as the API.
//!
//! What is refused is reported with its place and kept aside; the rest goes in. Running it again
//! changes nothing: ids come from the input, and what is the same makes no new version.

mod aside;
mod input;
mod report;

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use clap::Args;
use indicatif::ProgressBar;
use ward_core::Ods;
use ward_fhir::{Issue, Limits, Resource};
use ward_records::{Error as RecordError, Records, RefusedImport, Since, WarnedImport};

use self::{
    aside::Aside,
    input::{Lines, whole},
    report::Report,
};
use crate::{
    command::{key, progress},
    config::Config,
    data::Data,
    error::Error,
    runtime, wiring,
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
    /// Where what was refused is kept with the reasons: new files for each file it came from.
    #[arg(long, value_name = "DIR", default_value = "ward-refused")]
    aside: PathBuf,
    /// Write also what was imported before, just so, and changed since.
    #[arg(long)]
    overwrite: bool,
    /// Print the report as one line of JSON.
    #[arg(long)]
    json: bool,
}

impl Options {
    const fn since(&self) -> Since {
        if self.overwrite {
            Since::Overwrite
        } else {
            Since::Keep
        }
    }
}

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
    let mut report = Report::new(options.json);
    runtime()?.block_on(async {
        for path in &options.files {
            import_file(&ward.records, path, options, &mut report, &bar).await?;
        }
        Ok::<_, Error>(())
    })?;
    bar.finish_and_clear();
    report.show(&options.aside);
    Ok(())
}

fn size(path: &Path) -> Result<u64, Error> {
    std::fs::metadata(path)
        .map(|metadata| metadata.len())
        .map_err(Error::file(path))
}

/// Resources that go in together: they share what a commit costs.
const AT_ONCE: usize = 500;
/// Bytes that are held before they go in, whatever the number of resources: bounds memory.
const BYTES_AT_ONCE: usize = 16 * 1024 * 1024;
/// A resource or Bundle is not longer: what is, is not even read.
const LIMITS: Limits = Limits::BODY;

async fn import_file(
    records: &Records,
    path: &Path,
    options: &Options,
    report: &mut Report,
    bar: &ProgressBar,
) -> Result<(), Error> {
    let mut import = Import {
        records,
        options,
        report,
        aside: Aside::new(&options.aside, path),
        ready: Ready::default(),
    };
    let name = path.display();
    if path.extension().is_some_and(|end| end == "ndjson") {
        let input = BufReader::new(File::open(path).map_err(Error::file(path))?);
        let mut lines = Lines::new(input, LIMITS.bytes);
        while let Some(line) = lines.next().map_err(Error::file(path))? {
            bar.inc(line.bytes);
            let is_blank = line
                .content
                .is_some_and(|line| line.trim_ascii().is_empty());
            if !is_blank {
                let place = format!("{name}:{}", line.number);
                import.take(place, line.content).await?;
            }
        }
    } else {
        let content = whole(path, LIMITS.bytes).map_err(Error::file(path))?;
        import.take(name.to_string(), content.as_deref()).await?;
        bar.inc(size(path)?);
    }
    import.commit().await?;
    import.report.aside.extend(import.aside.problems());
    Ok(())
}

/// The import of one file.
struct Import<'a> {
    records: &'a Records,
    options: &'a Options,
    report: &'a mut Report,
    aside: Aside,
    ready: Ready,
}

/// What is read and not yet in, with its place.
#[derive(Default)]
struct Ready {
    places: Vec<String>,
    resources: Vec<Resource>,
    bytes: usize,
}

impl Ready {
    fn add(&mut self, place: String, resource: Resource) {
        self.bytes += resource.json().len();
        self.places.push(place);
        self.resources.push(resource);
    }

    const fn is_full(&self) -> bool {
        self.resources.len() >= AT_ONCE || self.bytes >= BYTES_AT_ONCE
    }
}

impl Import<'_> {
    /// Takes what stands at a place; it is none where it was too long to be read.
    async fn take(&mut self, place: String, content: Option<&[u8]>) -> Result<(), Error> {
        let why = match content.map(|content| Resource::parse(content, &LIMITS)) {
            Some(Ok(resource)) => {
                self.ready.add(place, resource);
                return if self.ready.is_full() {
                    self.commit().await
                } else {
                    Ok(())
                };
            }
            Some(Err(error)) => error.to_string(),
            None => format!(
                "longer than {} MiB; it was passed over and is not kept aside",
                LIMITS.bytes / (1024 * 1024)
            ),
        };
        self.refuse(&place, &[why], content)
    }

    async fn commit(&mut self) -> Result<(), Error> {
        let Ready {
            places, resources, ..
        } = std::mem::take(&mut self.ready);
        if resources.is_empty() {
            return Ok(());
        }
        let imported = self
            .records
            .import(
                &self.options.organisation,
                &resources,
                None,
                self.options.since(),
            )
            .await
            .map_err(Error::told)?;
        self.report.count(&imported);
        for refused in &imported.refused {
            let RefusedImport {
                resource, entry, ..
            } = *refused;
            if let (Some(at), Some(whole)) = (places.get(resource), resources.get(resource)) {
                let part = part(whole, entry).map(str::as_bytes);
                self.refuse(&place(at, entry), &reasons(&refused.error), part)?;
            }
        }
        for warned in &imported.warned {
            let WarnedImport {
                resource,
                entry,
                issues,
            } = warned;
            if let Some(at) = places.get(*resource) {
                self.warn(&place(at, *entry), &told(issues))?;
            }
        }
        Ok(())
    }

    fn refuse(
        &mut self,
        place: &str,
        reasons: &[String],
        content: Option<&[u8]>,
    ) -> Result<(), Error> {
        self.report.refuse(place, reasons);
        self.aside.refused(place, reasons, content)
    }

    fn warn(&mut self, place: &str, reasons: &[String]) -> Result<(), Error> {
        self.report.warn(place, reasons);
        self.aside.warned(place, reasons)
    }
}

fn place(at: &str, entry: Option<usize>) -> String {
    match entry {
        Some(entry) => format!("{at} entry[{entry}]"),
        None => at.to_owned(),
    }
}

/// What is wrong with one resource, without any of it.
fn reasons(error: &RecordError) -> Vec<String> {
    match error {
        RecordError::Invalid(issues) => told(issues),
        error => vec![error.to_string()],
    }
}

fn told(issues: &[Issue]) -> Vec<String> {
    let told = issues.iter().map(|issue| match issue.expression.as_str() {
        "" => issue.diagnostics.to_string(),
        expression => format!("{expression}: {}", issue.diagnostics),
    });
    told.collect()
}

/// The resource of an entry, if it has one; or the whole, where it was no bundle's entry.
fn part(resource: &Resource, entry: Option<usize>) -> Option<&str> {
    let Some(entry) = entry else {
        return Some(resource.json());
    };
    let entry = resource.get("entry")?.items().nth(entry)?;
    Some(entry.get("resource")?.json())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_large_resources_are_held_at_once_or_many_small_ones() {
        let resource = |bytes: usize| {
            let data = "A".repeat(bytes);
            let text =
                format!(r#"{{"resourceType":"Binary","contentType":"image/png","data":"{data}"}}"#);
            Resource::parse(text.as_bytes(), &LIMITS).unwrap()
        };
        let held = |bytes: usize| {
            let mut ready = Ready::default();
            let one = resource(bytes);
            while !ready.is_full() {
                ready.add(String::new(), one.clone());
            }
            ready.resources.len()
        };
        assert_eq!(held(4), AT_ONCE);
        assert_eq!(held(4 * 1024 * 1024), 4);
        assert_eq!(held(17 * 1024 * 1024), 1);
    }
}
