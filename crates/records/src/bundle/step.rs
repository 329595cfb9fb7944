//! One entry, understood.

use ward_core::ResourceKey;
use ward_fhir::{Entry, Issue, IssueCode, Method, Resource, Target};

use crate::{Error, Search, query_pairs, search::Condition, write::Author};

/// What an entry asks for.
pub(super) struct Step {
    pub(super) index: usize,
    pub(super) full_url: Option<String>,
    pub(super) action: Action,
}

pub(super) enum Action {
    Create {
        resource: Resource,
        condition: Option<Condition>,
    },
    Update {
        key: ResourceKey,
        resource: Resource,
        if_match: Option<u64>,
    },
    Delete {
        key: ResourceKey,
        if_match: Option<u64>,
    },
    Read {
        key: ResourceKey,
        version: Option<u64>,
    },
    Search(Search),
}

impl Step {
    /// Understands an entry, with all that is wrong with its request.
    pub(super) fn of(author: &Author<'_>, entry: &Entry<'_>) -> Result<Self, Error> {
        let action = match (entry.method, entry.target) {
            (Method::Post, Target::Type(resource_type)) => {
                let condition = entry.if_none_exist.map(|query| {
                    let pairs = query_pairs(query.strip_prefix('?').unwrap_or(query));
                    author.condition(resource_type, &pairs.ok_or_else(|| wrong(".ifNoneExist"))?)
                });
                Action::Create {
                    resource: resource(entry)?,
                    condition: condition.transpose()?,
                }
            }
            (Method::Put, Target::Instance(resource_type, id)) => Action::Update {
                key: key(resource_type, id)?,
                resource: resource(entry)?,
                if_match: if_match(entry)?,
            },
            (Method::Delete, Target::Instance(resource_type, id)) => Action::Delete {
                key: key(resource_type, id)?,
                if_match: if_match(entry)?,
            },
            (Method::Get, Target::Instance(resource_type, id)) => Action::Read {
                key: key(resource_type, id)?,
                version: None,
            },
            (Method::Get, Target::Version(resource_type, id, version)) => {
                let version = version.parse().map_err(|_| wrong(".url"))?;
                Action::Read {
                    key: key(resource_type, id)?,
                    version: Some(version),
                }
            }
            (Method::Get, Target::Search(resource_type, query)) => search(
                resource_type,
                query_pairs(query).ok_or_else(|| wrong(".url"))?,
            ),
            (Method::Get, Target::Type(resource_type)) => search(resource_type, Vec::new()),
            _ => {
                let what = "this server does not do this in a bundle";
                return Err(Error::invalid(
                    IssueCode::NotSupported,
                    "Bundle.entry.request",
                    what,
                ));
            }
        };
        let full_url = entry.full_url.map(ToOwned::to_owned);
        Ok(Self {
            index: entry.index,
            full_url,
            action,
        })
    }
}

fn search(resource_type: &str, pairs: Vec<(String, String)>) -> Action {
    Action::Search(Search {
        resource_type: resource_type.to_owned(),
        pairs,
    })
}

fn resource(entry: &Entry<'_>) -> Result<Resource, Error> {
    entry.resource.and_then(Resource::of_node).ok_or_else(|| {
        Error::invalid(
            IssueCode::Structure,
            "Bundle.entry.resource",
            "not a resource of R4",
        )
    })
}

fn key(resource_type: &str, id: &str) -> Result<ResourceKey, Error> {
    ResourceKey::new(resource_type, id).map_err(|_| wrong(".url"))
}

/// The version in an `ETag`: `W/"3"` (FHIR R4, http 3.1.0.1.2). `None` for anything else.
pub fn version_of_etag(etag: &str) -> Option<u64> {
    let quoted = etag.trim().trim_start_matches("W/");
    quoted.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

fn if_match(entry: &Entry<'_>) -> Result<Option<u64>, Error> {
    let parsed = entry
        .if_match
        .map(|etag| version_of_etag(etag).ok_or_else(|| wrong(".ifMatch")));
    parsed.transpose()
}

fn wrong(place: &str) -> Error {
    let place = format!("Bundle.entry.request{place}");
    Error::invalid(IssueCode::Value, place, "can't be read")
}

/// The same issues, with their places in the bundle: `Patient.name` of entry 3 is
/// `Bundle.entry[3].resource.name`.
pub(crate) fn within_entry(index: usize, issues: Vec<Issue>) -> impl Iterator<Item = Issue> {
    issues.into_iter().map(move |mut issue| {
        let rest = issue.expression.strip_prefix("Bundle.entry.");
        issue.expression = match (rest, issue.expression.split_once('.')) {
            (Some(rest), _) => format!("Bundle.entry[{index}].{rest}"),
            (None, Some((_, inner))) => format!("Bundle.entry[{index}].resource.{inner}"),
            (None, None) if issue.expression.is_empty() => format!("Bundle.entry[{index}]"),
            (None, None) => format!("Bundle.entry[{index}].resource"),
        };
        issue
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_etag_holds_a_version() {
        assert_eq!(version_of_etag("W/\"3\""), Some(3));
        assert_eq!(version_of_etag(" \"12\" "), Some(12));
        for bad in [
            "",
            "3",
            "W/3",
            "W/\"\"",
            "W/\"x\"",
            "\"-1\"",
            "*",
            "\"1\", \"2\"",
        ] {
            assert_eq!(version_of_etag(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_issue_names_its_place_in_the_bundle() {
        let place = |expression: &str| {
            let issue = Issue::error(IssueCode::Value, expression, "");
            within_entry(3, vec![issue]).next().unwrap().expression
        };
        assert_eq!(place("Patient.name[0]"), "Bundle.entry[3].resource.name[0]");
        assert_eq!(place("Patient"), "Bundle.entry[3].resource");
        assert_eq!(
            place("Bundle.entry.request.url"),
            "Bundle.entry[3].request.url"
        );
        assert_eq!(place(""), "Bundle.entry[3]");
    }
}
