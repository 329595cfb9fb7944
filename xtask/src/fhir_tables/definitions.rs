//! The published bundles, read.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

/// Where packages of definitions keep the bundles.
const FOLDERS: [&str; 3] = ["definitions/hl7", "dist/fhir/r4", "."];
const BUNDLES: [&str; 6] = [
    "profiles-resources.json",
    "profiles-types.json",
    "search-parameters.json",
    "v2-tables.json",
    "v3-codesystems.json",
    "valuesets.json",
];
const VERSION: &str = "4.0.1";

/// The definitions, by type and canonical URL.
pub(super) struct Definitions {
    resources: BTreeMap<(String, String), Value>,
}

impl Definitions {
    /// Reads the bundles of an unpacked package.
    pub(super) fn read(package: &Path) -> Result<Self, String> {
        let folder = FOLDERS
            .iter()
            .map(|folder| package.join(folder))
            .find(|folder| folder.join(BUNDLES[0]).is_file())
            .ok_or_else(|| format!("no {} in {}", BUNDLES[0], package.display()))?;
        let mut resources = BTreeMap::new();
        for name in BUNDLES {
            let path = folder.join(name);
            let at = |why: String| format!("{}: {why}", path.display());
            let bytes = fs::read(&path).map_err(|why| at(why.to_string()))?;
            let bundle: Value =
                serde_json::from_slice(&bytes).map_err(|why| at(why.to_string()))?;
            for entry in list(&bundle, "entry") {
                let resource = &entry["resource"];
                let key = (
                    text(resource, "resourceType").to_owned(),
                    text(resource, "url").to_owned(),
                );
                resources.insert(key, resource.clone());
            }
        }
        let definitions = Self { resources };
        definitions.refuse_foreign()?;
        Ok(definitions)
    }

    /// Packages that mix versions have more in between that does not say so.
    fn refuse_foreign(&self) -> Result<(), String> {
        let structures: Vec<&Value> = self.all("StructureDefinition").collect();
        match structures
            .iter()
            .find(|found| text(found, "fhirVersion") != VERSION)
        {
            Some(found) => Err(format!(
                "{} is not of R4 {VERSION}: these are not the published definitions",
                text(found, "name")
            )),
            None => Ok(()),
        }
    }

    /// All definitions of a type, by URL.
    pub(super) fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.resources
            .iter()
            .filter(move |((of, _), _)| of == kind)
            .map(|(_, resource)| resource)
    }

    /// The definition of a type with that URL, the version dropped.
    pub(super) fn get(&self, kind: &str, canonical: &str) -> Option<&Value> {
        let url = canonical.split('|').next().unwrap_or(canonical);
        self.resources.get(&(kind.to_owned(), url.to_owned()))
    }

    /// The structures of R4: types and resources, no logical models.
    pub(super) fn structures(&self) -> impl Iterator<Item = &Value> {
        self.all("StructureDefinition").filter(|structure| {
            matches!(
                text(structure, "kind"),
                "resource" | "complex-type" | "primitive-type"
            )
        })
    }
}

/// A member that is a string; empty where there is none.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// A member that is an array; empty where there is none.
pub(super) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
}
