//! `cargo xtask tidy`: what no compiler checks. Each check lists all that it finds.

mod floors;
mod licences;
mod sources;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::command::{cargo, output};

/// Runs every check and fails with the whole list.
pub(crate) fn run() -> Result<(), String> {
    let metadata = Metadata::read()?;
    let mut wrong = floors::check(&metadata);
    wrong.extend(licences::check()?);
    wrong.extend(sources::check(&metadata)?);
    if wrong.is_empty() {
        println!(
            "tidy: {} crates, {} packages: all in order",
            floors::ORDER.len(),
            metadata.packages.len()
        );
        return Ok(());
    }
    Err(format!(
        "{} things are out of order\n{}",
        wrong.len(),
        wrong.join("\n")
    ))
}

/// What `cargo metadata` says, as far as tidy asks.
struct Metadata {
    /// Every package that is built on this kind of machine, by its id.
    packages: BTreeMap<String, Package>,
}

struct Package {
    name: String,
    is_ours: bool,
    /// The folder of a package of ours.
    folder: String,
    /// Names of normal and build dependencies, direct ones.
    dependencies: Vec<String>,
}

impl Metadata {
    fn read() -> Result<Self, String> {
        let host = output(cargo().args(["-vV"]))?;
        let host = host
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .unwrap_or_default();
        let text = output(cargo().args([
            "metadata",
            "--format-version",
            "1",
            "--all-features",
            "--filter-platform",
            host,
        ]))?;
        let value: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        Self::from_value(&value).ok_or_else(|| "cargo metadata has another shape".to_owned())
    }

    fn from_value(value: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let mut names_by_id = BTreeMap::new();
        for package in value.get("packages")?.as_array()? {
            names_by_id.insert(package.get("id")?.as_str()?, package.get("name")?.as_str()?);
        }
        let mut nodes = BTreeMap::new();
        for node in value.get("resolve")?.get("nodes")?.as_array()? {
            let mut names = Vec::new();
            for dependency in node.get("deps")?.as_array()? {
                let is_dev_only = dependency
                    .get("dep_kinds")?
                    .as_array()?
                    .iter()
                    .all(|kind| kind.get("kind").and_then(Value::as_str) == Some("dev"));
                if !is_dev_only {
                    names.push((*names_by_id.get(dependency.get("pkg")?.as_str()?)?).to_owned());
                }
            }
            nodes.insert(text(node.get("id")?)?, names);
        }
        let mut packages = BTreeMap::new();
        for package in value.get("packages")?.as_array()? {
            let id = text(package.get("id")?)?;
            let Some(dependencies) = nodes.get(&id) else {
                continue;
            };
            let manifest = text(package.get("manifest_path")?)?;
            packages.insert(
                id,
                Package {
                    name: text(package.get("name")?)?,
                    is_ours: package.get("source").is_some_and(Value::is_null),
                    folder: manifest.trim_end_matches("/Cargo.toml").to_owned(),
                    dependencies: dependencies.clone(),
                },
            );
        }
        Some(Self { packages })
    }

    fn ours(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().filter(|package| package.is_ours)
    }
}
