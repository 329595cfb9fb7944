//! From the pairs of a URL or a form to a query, with all that is wrong with it at once.

mod control;
mod criterion;
mod pointer;
mod split;

use ward_core::limits;

use super::SearchQuery;
use crate::{Issue, IssueCode, resource_type::resource_type};

/// Reads a search of a resource type from its parameters, in order, already percent-decoded.
///
/// An unknown or unsupported parameter is an error, as `Prefer: handling=strict` asks: ignoring
/// one would return more people's data than was asked for.
///
/// # Errors
/// An issue for each thing wrong. Issues name parameters, never their values.
pub fn parse_query(
    resource_type: &str,
    pairs: &[(String, String)],
) -> Result<SearchQuery, Vec<Issue>> {
    parse_query_at("", resource_type, pairs)
}

/// The same for a server whose base URL is known: references written with it are its own.
///
/// # Errors
/// See [`parse_query`].
pub fn parse_query_at(
    base: &str,
    of_type: &str,
    pairs: &[(String, String)],
) -> Result<SearchQuery, Vec<Issue>> {
    let Some(of_type) = resource_type(of_type) else {
        return Err(vec![Issue::error(
            IssueCode::NotSupported,
            "",
            "R4 defines no such resource type",
        )]);
    };
    if pairs.len() > limits::SEARCH_PARAMETERS {
        return Err(vec![Issue::error(
            IssueCode::TooCostly,
            "",
            "too many search parameters",
        )]);
    }
    let mut reading = Reading {
        base,
        query: SearchQuery::new(of_type),
        issues: Vec::new(),
    };
    for (key, value) in pairs {
        let key = Key::of(key);
        let read = if value.len() > limits::SEARCH_VALUE_BYTES {
            Err(Refusal::too_long())
        } else {
            reading.parameter(&key, value)
        };
        reading
            .issues
            .extend(read.err().map(|refusal| refusal.issue(&key)));
    }
    if reading.issues.is_empty() {
        Ok(reading.query)
    } else {
        Err(reading.issues)
    }
}

struct Reading<'b> {
    base: &'b str,
    query: SearchQuery,
    issues: Vec<Issue>,
}

impl Reading<'_> {
    fn parameter(&mut self, key: &Key<'_>, value: &str) -> Result<(), Refusal> {
        if key.name == "_has" || key.whole.contains('.') {
            return Err(Refusal::unsupported("chained parameters are not supported"));
        }
        if self.control(key, value)? {
            return Ok(());
        }
        let clause = self.criterion(key, value)?;
        self.query.clauses.push(clause);
        Ok(())
    }
}

/// A parameter's name as it stands in the query: `name:modifier`.
struct Key<'k> {
    whole: &'k str,
    name: &'k str,
    modifier: Option<&'k str>,
}

impl<'k> Key<'k> {
    fn of(whole: &'k str) -> Self {
        match whole.split_once(':') {
            Some((name, modifier)) => Self {
                whole,
                name,
                modifier: Some(modifier),
            },
            None => Self {
                whole,
                name: whole,
                modifier: None,
            },
        }
    }

    /// The name to show. One that is none may be somebody's data in the wrong place.
    fn shown(&self) -> &str {
        let is_name = (1..=64).contains(&self.whole.len())
            && self
                .whole
                .bytes()
                .all(|b| b.is_ascii_alphabetic() || b"_-:.".contains(&b));
        if is_name {
            self.whole
        } else {
            "(a name that is none)"
        }
    }
}

/// Why one parameter is refused.
struct Refusal {
    code: IssueCode,
    why: &'static str,
}

impl Refusal {
    fn invalid(why: &'static str) -> Self {
        Self {
            code: IssueCode::Value,
            why,
        }
    }

    fn unsupported(why: &'static str) -> Self {
        Self {
            code: IssueCode::NotSupported,
            why,
        }
    }

    fn too_long() -> Self {
        Self {
            code: IssueCode::TooLong,
            why: "the value is too long",
        }
    }

    fn issue(&self, key: &Key<'_>) -> Issue {
        let diagnostics = format!("search parameter {}: {}", key.shown(), self.why);
        Issue::error(self.code, "", diagnostics)
    }
}

#[cfg(test)]
mod tests;
