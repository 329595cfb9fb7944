//! The table of search parameters, as `cargo xtask fhir-tables` derives it from R4's definitions.

use std::{collections::HashMap, sync::LazyLock};

use super::{Parameter, ParameterKind, convert::Conversion, cover, trie::Trie};
use crate::resource_type::{resource_type, resource_types};

static TABLE: &str = include_str!("../../tables/search.txt");
static TYPES: LazyLock<HashMap<&'static str, TypeTable>> = LazyLock::new(|| compile(TABLE));

/// Datatypes of dates and numbers that always have both ends: a quantity may be `< 5`.
const POINTS: [&str; 7] = [
    "date",
    "dateTime",
    "instant",
    "decimal",
    "integer",
    "positiveInt",
    "unsignedInt",
];

/// Everything about searching one resource type.
pub(super) struct TypeTable {
    /// Sorted by name.
    pub(super) parameters: Vec<Parameter>,
    pub(super) trie: Trie,
}

/// The table of a resource type that R4 defines.
pub(super) fn type_table(resource_type: &str) -> Option<&'static TypeTable> {
    TYPES.get(resource_type)
}

/// The parameter of a name that R4 defines for a resource type.
pub fn parameter(resource_type: &str, name: &str) -> Option<&'static Parameter> {
    let parameters = parameters(resource_type);
    let at = parameters
        .binary_search_by(|parameter| parameter.name.cmp(name))
        .ok()?;
    parameters.get(at)
}

/// The parameters that R4 defines for a resource type, by name; those for every type included.
pub fn parameters(resource_type: &str) -> &'static [Parameter] {
    type_table(resource_type)
        .map(|table| table.parameters.as_slice())
        .unwrap_or_default()
}

/// Reads the search table ahead of the first request: it takes some milliseconds.
pub fn load() {
    LazyLock::force(&TYPES);
}

/// A parameter as the table writes it.
pub(super) struct Declared {
    pub(super) name: &'static str,
    pub(super) kind: ParameterKind,
    definition: &'static str,
    targets: &'static [&'static str],
    once: bool,
    documentation: &'static str,
    pub(super) paths: Vec<Path>,
}

/// Where values are, and what they are.
pub(super) struct Path {
    /// `key.key[filter=value]{target type}`
    pub(super) text: &'static str,
    pub(super) datatype: &'static str,
    pub(super) system: Option<&'static str>,
}

fn compile(table: &'static str) -> HashMap<&'static str, TypeTable> {
    let declared = read(table);
    let shared = declared
        .get("Resource")
        .map(Vec::as_slice)
        .unwrap_or_default();
    declared
        .iter()
        .filter_map(|(name, own)| Some((resource_type(name)?, own)))
        .map(|(name, own)| (name, TypeTable::compile(name, own, shared)))
        .collect()
}

fn read(table: &'static str) -> HashMap<&'static str, Vec<Declared>> {
    let mut types: HashMap<&str, Vec<Declared>> = HashMap::new();
    let mut current = "";
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        if let Some(path) = line.strip_prefix("  ").and_then(read_path) {
            if let Some(last) = types.get_mut(current).and_then(|all| all.last_mut()) {
                last.paths.push(path);
            }
        } else if let Some(declared) = line.strip_prefix(' ').and_then(read_parameter) {
            types.entry(current).or_default().push(declared);
        } else {
            current = line;
            types.entry(current).or_default();
        }
    }
    types
}

fn read_path(line: &'static str) -> Option<Path> {
    let mut words = line.split(' ');
    Some(Path {
        text: words.next()?,
        datatype: words.next()?,
        system: words.next(),
    })
}

fn read_parameter(line: &'static str) -> Option<Declared> {
    let (head, documentation) = line.split_once(" | ").unwrap_or((line, ""));
    let mut words = head.split(' ');
    let name = words.next()?;
    let kind = ParameterKind::from_code(words.next()?)?;
    Some(Declared {
        name,
        kind,
        definition: words.next()?,
        targets: match words.next()? {
            "-" if kind != ParameterKind::Reference => &[],
            "-" | "*" => resource_types(),
            // Read once, kept for ever.
            few => few
                .split(',')
                .filter_map(resource_type)
                .collect::<Vec<_>>()
                .leak(),
        },
        once: words.next() == Some("once"),
        documentation,
        paths: Vec::new(),
    })
}

impl TypeTable {
    fn compile(name: &'static str, own: &[Declared], shared: &[Declared]) -> Self {
        let mut all: Vec<&Declared> = own.iter().chain(shared).collect();
        all.sort_by_key(|declared| declared.name);
        let mut trie = Trie::default();
        for (at, declared) in all.iter().enumerate() {
            for path in &declared.paths {
                if let Some(conversion) = Conversion::of(declared.kind, path, name) {
                    trie.insert(path.text, at, conversion);
                }
            }
        }
        let indexes = cover::indexes(name, &all);
        let parameters = all
            .iter()
            .zip(indexes)
            .map(|(declared, index)| describe(name, declared, index))
            .collect();
        Self { parameters, trie }
    }
}

fn describe(name: &'static str, declared: &Declared, index: Option<&'static str>) -> Parameter {
    Parameter {
        name: declared.name,
        kind: declared.kind,
        documentation: declared.documentation,
        targets: filtered_targets(declared).unwrap_or(declared.targets),
        resource_type: name,
        definition: declared.definition,
        supported: !declared.paths.is_empty(),
        once: declared.once,
        open: declared
            .paths
            .iter()
            .any(|path| !POINTS.contains(&path.datatype)),
        index,
    }
}

/// The list of one type that R4 defines.
pub(super) fn one_type(name: &str) -> Option<&'static [&'static str]> {
    let all = resource_types();
    all.get(all.binary_search(&name).ok()?)
        .map(std::slice::from_ref)
}

/// The one type that `where(resolve() is T)` leaves, if every path has it: narrower than what some
/// definitions say (`patient` is published as leading to groups, too).
fn filtered_targets(declared: &Declared) -> Option<&'static [&'static str]> {
    let target = |path: &Path| Some(path.text.split_once('{')?.1.trim_end_matches('}'));
    let first = target(declared.paths.first()?)?;
    let all = declared
        .paths
        .iter()
        .all(|path| target(path) == Some(first));
    one_type(first).filter(|_| all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_parameter_is_there_and_has_values_to_find() {
        let declared = read(TABLE);
        let pairs: usize = declared.values().map(Vec::len).sum();
        assert_eq!(pairs, 1706);
        let unsupported = |d: &Declared| {
            matches!(d.kind, ParameterKind::Composite | ParameterKind::Special)
                || matches!(d.name, "_text" | "_content" | "_query")
        };
        for (name, parameters) in &declared {
            for parameter in parameters {
                let where_ = format!("{name}.{}", parameter.name);
                assert_eq!(
                    parameter.paths.is_empty(),
                    unsupported(parameter),
                    "{where_}"
                );
                assert!(!parameter.documentation.is_empty(), "{where_}");
                for path in &parameter.paths {
                    let conversion = Conversion::of(parameter.kind, path, name);
                    assert!(
                        conversion.is_some(),
                        "{where_}: {} {}",
                        path.text,
                        path.datatype
                    );
                }
            }
        }
    }

    #[test]
    fn every_resource_type_has_parameters() {
        for name in resource_types() {
            assert!(parameter(name, "_id").is_some(), "{name}");
            assert!(parameter(name, "_lastUpdated").is_some(), "{name}");
        }
        assert!(parameter("Patient", "birthdate").is_some());
        assert!(parameter("Patient", "nonsense").is_none());
        assert!(parameters("Resource").is_empty() && parameters("").is_empty());
    }

    #[test]
    fn a_parameter_names_its_definition() {
        let family = parameter("Patient", "family").unwrap();
        assert_eq!(
            family.definition(),
            "http://hl7.org/fhir/SearchParameter/individual-family"
        );
        assert_eq!(
            family.documentation,
            "A portion of the family name of the patient"
        );
    }
}
