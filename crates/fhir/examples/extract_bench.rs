//! CPU time of reading a resource and taking its search values and terms.
//!
//! `cargo run --release --example extract_bench -p ward-fhir -- FOLDER [ROUNDS]`: a folder of
//! bundles or of resources. CPU time is read from Linux's /proc, so that other work on the machine
//! is left out.
#![allow(clippy::print_stdout, reason = "a program for the command line")]

use std::{env, error::Error, fs, hint::black_box};

use ward_fhir::{
    Limits, Resource,
    search::{extract, index_terms, load},
};

/// CPU time of this process, in nanoseconds.
fn cpu_ns() -> Result<u64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/schedstat")?;
    Ok(stat
        .split(' ')
        .next()
        .ok_or("no CPU time in /proc")?
        .parse()?)
}

fn resources(folder: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let Ok(resource) = Resource::parse(&fs::read(entry?.path())?, &Limits::BODY) else {
            continue;
        };
        if resource.resource_type() == "Bundle" {
            let entries = resource.root().all("entry.resource");
            all.extend(entries.into_iter().map(|entry| entry.json().to_owned()));
        } else {
            all.push(resource.json().to_owned());
        }
    }
    Ok(all)
}

/// Prints the best of the rounds, in microseconds a resource.
fn measure(
    what: &str,
    count: usize,
    rounds: usize,
    mut run: impl FnMut(),
) -> Result<(), Box<dyn Error>> {
    let mut best = u64::MAX;
    for _ in 0..rounds {
        let start = cpu_ns()?;
        run();
        best = best.min(cpu_ns()? - start);
    }
    let thousandths = best / u64::try_from(count.max(1))?;
    println!(
        "{what:32} {}.{:03} µs",
        thousandths / 1_000,
        thousandths % 1_000
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let folder = arguments
        .first()
        .ok_or("usage: extract_bench FOLDER [ROUNDS]")?;
    let rounds = arguments.get(1).map_or(Ok(5), |text| text.parse())?;
    measure("load of the tables, once", 1, 1, load)?;
    let texts = resources(folder)?;
    let bytes: usize = texts.iter().map(String::len).sum();
    println!(
        "{} resources, {} bytes each",
        texts.len(),
        bytes / texts.len().max(1)
    );
    let parse = |text: &String| Resource::parse(text.as_bytes(), &Limits::RESOURCE);
    let parsed = texts.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let count = texts.len();
    measure("parse", count, rounds, || {
        for text in &texts {
            let _ = black_box(parse(text));
        }
    })?;
    let mut values = 0;
    measure("extract", count, rounds, || {
        values = parsed
            .iter()
            .map(|resource| black_box(extract(resource)).len())
            .sum();
    })?;
    let mut terms = 0;
    measure("extract and index terms", count, rounds, || {
        let of = |resource| black_box(index_terms(&extract(resource))).len();
        terms = parsed.iter().map(of).sum();
    })?;
    println!(
        "{} values and {} terms a resource (rounded down)",
        values / count,
        terms / count
    );
    Ok(())
}
