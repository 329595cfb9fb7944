//! The published search parameters, compiled into a table of paths.

mod elements;
mod expression;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use elements::{Elements, Place};
use expression::Step;
use serde_json::Value;

use super::definitions::{Definitions, list, text};

const HEADER: &str = "\
# Derived from the FHIR R4 4.0.1 search parameters and structure definitions (CC0):
# `cargo xtask fhir-tables`. Not to be edited.
# A type at the margin; under it its parameters:  code kind definition targets once | documentation
# under each its paths:  key.key[filter=value]{target type} datatype (code system)
";

/// The table of search parameters.
pub(super) fn table(definitions: &Definitions) -> Result<String, String> {
    let elements = Elements::read(definitions);
    let mut known = Elements::resource_types(definitions);
    known.push("Resource".to_owned());
    let mut types: BTreeMap<String, BTreeMap<String, String>> = known
        .into_iter()
        .map(|name| (name, BTreeMap::new()))
        .collect();
    for parameter in definitions.all("SearchParameter") {
        let paths = compile(parameter, &elements)?;
        for base in list(parameter, "base").iter().filter_map(Value::as_str) {
            let holder = if base == "DomainResource" {
                "Resource"
            } else {
                base
            };
            let of_type = types.get_mut(holder).ok_or_else(|| {
                format!("{}: base {base} is no resource type", text(parameter, "id"))
            })?;
            let block = describe(parameter, base, paths.get(base));
            of_type.insert(text(parameter, "code").to_owned(), block);
        }
    }
    Ok(render(&types))
}

fn render(types: &BTreeMap<String, BTreeMap<String, String>>) -> String {
    let mut table = HEADER.to_owned();
    for (name, parameters) in types {
        table.push_str(name);
        table.push('\n');
        table.extend(parameters.values().map(String::as_str));
    }
    table
}

/// A parameter's paths on one type.
#[derive(Default)]
struct Paths {
    lines: BTreeSet<String>,
    /// The elements taken from, whatever their datatype, and whether one of them repeats.
    elements: BTreeSet<String>,
    repeats: bool,
}

fn compile(parameter: &Value, elements: &Elements) -> Result<BTreeMap<String, Paths>, String> {
    let kind = text(parameter, "type");
    let mut all: BTreeMap<String, Paths> = BTreeMap::new();
    if matches!(kind, "composite" | "special") || parameter.get("expression").is_none() {
        return Ok(all);
    }
    let name = |why: String| format!("{}: {why}", text(parameter, "id"));
    for branch in expression::parse(text(parameter, "expression")).map_err(name)? {
        let Some((Step::Name(first), rest)) = branch.split_first() else {
            return Err(name("an expression must start at a name".to_owned()));
        };
        // InsurancePlan-name is published as `name | alias`, without its type.
        let (root, steps) = if first.starts_with(|c: char| c.is_ascii_uppercase()) {
            (first.as_str(), rest)
        } else {
            (only_base(parameter).map_err(name)?, branch.as_slice())
        };
        let paths = all.entry(root.to_owned()).or_default();
        let walks = walk(root, steps, elements);
        let found: Vec<&Walk> = walks
            .iter()
            .filter(|w| !w.place.choice || w.converts(kind))
            .collect();
        if found.is_empty() {
            return Err(name(format!("no element for {steps:?} of {root}")));
        }
        for walk in found {
            if !walk.converts(kind) {
                return Err(name(format!(
                    "{} is not searched as {kind}",
                    walk.place.datatype
                )));
            }
            paths.repeats |= walk.repeats;
            paths.lines.insert(walk.line(elements));
        }
        let names = steps.iter().filter_map(|step| match step {
            Step::Name(name) => Some(name.as_str()),
            _ => None,
        });
        paths.elements.insert(names.collect::<Vec<_>>().join("."));
    }
    Ok(all)
}

fn only_base(parameter: &Value) -> Result<&str, String> {
    match list(parameter, "base") {
        [Value::String(base)] => Ok(base),
        _ => Err("a path without its type".to_owned()),
    }
}

/// One way along an expression.
#[derive(Clone)]
struct Walk {
    place: Place,
    path: String,
    flag: bool,
    repeats: bool,
}

impl Walk {
    /// Whether search 3.1.1.4 says how this datatype is searched as this kind of parameter.
    fn converts(&self, kind: &str) -> bool {
        let datatypes: &[&str] = match kind {
            "token" => &[
                "Coding",
                "CodeableConcept",
                "Identifier",
                "ContactPoint",
                "code",
                "boolean",
                "id",
                "string",
                "uri",
            ],
            "reference" => &["Reference", "canonical", "uri", "Resource"],
            "string" => &["string", "markdown", "HumanName", "Address"],
            "date" => &["date", "dateTime", "instant", "Period", "Timing"],
            "number" => &["decimal", "integer", "positiveInt", "unsignedInt", "Range"],
            "quantity" => &[
                "Quantity",
                "Age",
                "Count",
                "Distance",
                "Duration",
                "Money",
                "Range",
                "SampledData",
            ],
            "uri" => &["uri", "url", "canonical", "oid", "uuid"],
            _ => &[],
        };
        self.flag || datatypes.contains(&self.place.datatype.as_str())
    }

    fn line(&self, elements: &Elements) -> String {
        let datatype = if self.flag {
            "flag"
        } else {
            &self.place.datatype
        };
        let system = elements.system(&self.place).filter(|_| datatype == "code");
        let system = system
            .map(|system| format!(" {system}"))
            .unwrap_or_default();
        format!("  {} {datatype}{system}\n", self.path)
    }
}

fn walk(root: &str, steps: &[Step], elements: &Elements) -> Vec<Walk> {
    let start = Walk {
        place: Elements::root(root),
        path: String::new(),
        flag: false,
        repeats: false,
    };
    steps.iter().fold(vec![start], |walks, step| {
        walks
            .into_iter()
            .flat_map(|walk| advance(walk, step, elements))
            .collect()
    })
}

fn advance(mut walk: Walk, step: &Step, elements: &Elements) -> Vec<Walk> {
    match step {
        Step::Name(name) => {
            return elements
                .step(&walk.place, name)
                .into_iter()
                .map(|place| Walk {
                    path: [walk.path.as_str(), &place.key].join(if walk.path.is_empty() {
                        ""
                    } else {
                        "."
                    }),
                    flag: false,
                    repeats: walk.repeats || place.repeats,
                    place,
                })
                .collect();
        }
        Step::OfType(datatype) => {
            if walk.place.datatype != *datatype {
                return Vec::new();
            }
        }
        Step::Equals(key, value) => walk.path.extend(["[", key, "=", value, "]"]),
        Step::Resolves(target) => walk.path.extend(["{", target, "}"]),
        Step::Index(index) => walk.path.extend(["[", &index.to_string(), "]"]),
        Step::Flag => walk.flag = true,
    }
    vec![walk]
}

fn describe(parameter: &Value, base: &str, paths: Option<&Paths>) -> String {
    let nothing = Paths::default();
    let paths = paths.unwrap_or(&nothing);
    let targets: Vec<&str> = list(parameter, "target")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let targets = match targets.as_slice() {
        [] => "-".to_owned(),
        many if many.len() > 100 => "*".to_owned(),
        few => few.join(","),
    };
    let once = if paths.elements.len() == 1 && !paths.repeats {
        " once"
    } else {
        ""
    };
    let mut block = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        block,
        " {} {} {} {targets}{once} | {}",
        text(parameter, "code"),
        text(parameter, "type"),
        text(parameter, "id"),
        documentation(text(parameter, "description"), base),
    );
    block.extend(paths.lines.iter().map(String::as_str));
    block
}

/// The description for one base: shared parameters list `* [Patient](patient.html): text`.
fn documentation(description: &str, base: &str) -> String {
    let line = description
        .lines()
        .find_map(|line| {
            line.strip_prefix("* [")?
                .strip_prefix(base)?
                .split_once("): ")
        })
        .map_or(description, |(_, text)| text);
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
