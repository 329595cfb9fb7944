//! CPU microseconds to parse and validate a resource: the mean over the bundles in a folder.
//!
//! `cargo run --release -p ward-fhir --example measure -- FOLDER`, of JSON files with one Bundle
//! each. The baseline beside it is `serde_json::Value` on the same bytes.
#![allow(clippy::print_stdout, reason = "a command line speaks")]

use std::{error::Error, fs, hint::black_box, path::Path};

use ward_fhir::{Limits, Resource, patients_of, references, validate};

const ROUNDS: u32 = 10;
const LIMITS: Limits = Limits {
    bytes: 1 << 29,
    ..Limits::BODY
};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("a folder of bundles is needed")?;
    let sources = sources(Path::new(&folder))?;
    let bytes: usize = sources.iter().map(String::len).sum();
    println!(
        "{} resources, {} bytes each",
        sources.len(),
        bytes / sources.len().max(1)
    );
    let resources = sources
        .iter()
        .map(|source| Resource::parse(source.as_bytes(), &LIMITS))
        .collect::<Result<Vec<_>, _>>()?;
    let invalid = resources
        .iter()
        .filter(|resource| !validate(resource).is_empty())
        .count();
    println!("{invalid} of them invalid");
    report("serde_json::Value", &sources, |source| {
        black_box(serde_json::from_str::<serde_json::Value>(source).is_ok());
    })?;
    report("parse", &sources, |source| {
        black_box(Resource::parse(source.as_bytes(), &LIMITS).is_ok());
    })?;
    report("validate", &resources, |resource| {
        black_box(validate(resource));
    })?;
    report("references", &resources, |resource| {
        black_box(references(resource));
    })?;
    report("patients_of", &resources, |resource| {
        black_box(patients_of(resource));
    })?;
    let time = ward_core::Timestamp::from_seconds(0);
    report("with_meta", &resources, |resource| {
        black_box(resource.with_meta("id", 1, time));
    })
}

fn report<T>(name: &str, items: &[T], mut act: impl FnMut(&T)) -> Result<(), Box<dyn Error>> {
    let mut best = u64::MAX;
    for _ in 0..ROUNDS {
        let began = cpu_nanoseconds()?;
        items.iter().for_each(&mut act);
        best = best.min(cpu_nanoseconds()? - began);
    }
    let hundredths = best / 10 / items.len().max(1) as u64;
    println!(
        "{name:18} {}.{:02} microseconds",
        hundredths / 100,
        hundredths % 100
    );
    Ok(())
}

/// Time that this thread was on a CPU (proc(5), schedstat).
fn cpu_nanoseconds() -> Result<u64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(text.split(' ').next().unwrap_or_default().parse()?)
}

/// The resources of all bundles, each as compact JSON.
fn sources(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut sources = Vec::new();
    for file in fs::read_dir(folder)? {
        let bundle = Resource::parse(&fs::read(file?.path())?, &LIMITS)?;
        let entries = bundle.root().all("entry.resource");
        sources.extend(entries.into_iter().map(|entry| entry.json().to_owned()));
    }
    Ok(sources)
}
