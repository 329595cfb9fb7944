//! A query that was understood.

use std::fmt;

use ward_core::{ResourceKey, limits};

use super::{
    Parameter, ParameterKind, SearchValues, Value,
    date::Interval,
    decimal::{Decimal, Written},
};

/// A search of one resource type. Debug shows the parameters, never what is looked for.
#[derive(Clone)]
pub struct SearchQuery {
    pub(super) resource_type: &'static str,
    /// All must hold.
    pub(super) clauses: Vec<Clause>,
    pub(super) count: Option<usize>,
    pub(super) sort: Vec<Sort>,
    pub(super) includes: Vec<Include>,
    pub(super) total: Option<Total>,
}

impl SearchQuery {
    pub(super) fn new(resource_type: &'static str) -> Self {
        Self {
            resource_type,
            clauses: Vec::new(),
            count: None,
            sort: Vec::new(),
            includes: Vec::new(),
            total: None,
        }
    }

    /// The type of the resources looked for.
    pub fn resource_type(&self) -> &'static str {
        self.resource_type
    }

    /// Whether anything is asked of a resource but its type.
    pub fn has_criteria(&self) -> bool {
        !self.clauses.is_empty()
    }

    /// The parameters asked about, one for each criterion, in the order of the query.
    pub fn parameters(&self) -> impl Iterator<Item = &'static Parameter> {
        self.clauses.iter().map(|clause| clause.parameter)
    }

    /// Results wanted on a page; 0 asks for the total alone (R4 search 3.1.1.5.4).
    pub fn page_size(&self) -> usize {
        self.count
            .unwrap_or(limits::PAGE_DEFAULT)
            .min(limits::PAGE_MAX)
    }

    /// The order wanted; empty where it is left to the server.
    pub fn sort(&self) -> &[Sort] {
        &self.sort
    }

    /// What else to return beside the matches.
    pub fn includes(&self) -> &[Include] {
        &self.includes
    }

    /// How well the total must be known, if the caller says.
    pub fn total(&self) -> Option<Total> {
        self.total
    }

    /// The ids of the patients that every match is about, where the query names them: by `_id` of
    /// a Patient, or by a reference such as `patient` or `subject`. `None` where it names nobody.
    pub fn patients(&self) -> Option<Vec<&str>> {
        self.clauses.iter().find_map(|clause| match &clause.test {
            Test::Any(conditions) => conditions.iter().map(|c| self.patient(clause, c)).collect(),
            _ => None,
        })
    }

    fn patient<'q>(&self, clause: &Clause, condition: &'q Condition) -> Option<&'q str> {
        match condition {
            Condition::Token {
                code: Some(code), ..
            } if self.resource_type == "Patient" && clause.parameter.name == "_id" => Some(code),
            Condition::Reference(Pointer {
                local: Some((types, id)),
                ..
            }) => {
                let is_subject = matches!(clause.parameter.name, "patient" | "subject");
                (is_subject && *types == ["Patient"]).then_some(id.as_str())
            }
            _ => None,
        }
    }

    /// The resources that this one leads to by the query's `_include`s, each once.
    pub fn include_targets(&self, values: &SearchValues<'_>) -> Vec<ResourceKey> {
        let mut keys = Vec::new();
        for include in &self.includes {
            for value in values.of(include.parameter) {
                let Value::Local { resource_type, id } = value else {
                    continue;
                };
                if include.target.is_none_or(|target| target == *resource_type) {
                    keys.extend(ResourceKey::new(resource_type, id));
                }
            }
        }
        keys.sort();
        keys.dedup();
        keys
    }
}

impl fmt::Debug for SearchQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.parameters().map(|parameter| parameter.name).collect();
        write!(f, "SearchQuery({}?{})", self.resource_type, names.join("&"))
    }
}

/// One `_sort` key: a date parameter.
#[derive(Debug, Clone, Copy)]
pub struct Sort {
    /// What to sort by.
    pub parameter: &'static Parameter,
    /// Latest first.
    pub descending: bool,
}

/// One `_include` (R4 search 3.1.1.5.5).
#[derive(Debug, Clone, Copy)]
pub struct Include {
    /// The reference to follow.
    pub parameter: &'static Parameter,
    /// Only to resources of this type.
    pub target: Option<&'static str>,
}

/// `_total` (R4 search 3.1.1.5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// Not wanted.
    None,
    /// Roughly.
    Estimate,
    /// Exactly.
    Accurate,
}

/// One parameter of a query with its value.
#[derive(Clone)]
pub(super) struct Clause {
    pub(super) parameter: &'static Parameter,
    pub(super) test: Test,
}

#[derive(Clone)]
pub(super) enum Test {
    /// `:missing=true` asks that there be no value.
    Missing(bool),
    /// Some value meets some condition.
    Any(Vec<Condition>),
    /// `:not`: no value meets any.
    NoneOf(Vec<Condition>),
}

/// What a value must be.
#[derive(Clone)]
pub(super) enum Condition {
    String {
        compare: StringTest,
        raw: String,
        normal: String,
    },
    Token {
        system: SystemTest,
        code: Option<String>,
    },
    /// `:text`, normalised
    TokenText(String),
    Date {
        prefix: Prefix,
        interval: Interval,
    },
    Number(NumberTest),
    Quantity {
        number: NumberTest,
        unit: Option<UnitTest>,
    },
    Reference(Pointer),
    /// `:identifier`
    Identifier {
        system: SystemTest,
        code: Option<String>,
    },
    Uri {
        compare: UriTest,
        uri: String,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StringTest {
    Starts,
    Exact,
    Contains,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum UriTest {
    Whole,
    /// The value is the query's or lies beneath it.
    Below,
    /// The query's is the value's or lies beneath it.
    Above,
}

/// `code`, `|code`, `system|code`
#[derive(Clone, PartialEq, Eq)]
pub(super) enum SystemTest {
    Any,
    None,
    Is(String),
}

/// A number to compare with, and what its precision and `ap` take in.
#[derive(Clone, Copy)]
pub(super) struct NumberTest {
    pub(super) prefix: Prefix,
    pub(super) value: Decimal,
    pub(super) low: Decimal,
    pub(super) high: Decimal,
}

impl NumberTest {
    pub(super) fn new(prefix: Prefix, written: &Written) -> Self {
        let (low, high) = if prefix == Prefix::Ap {
            written.about()
        } else {
            written.precision()
        };
        Self {
            prefix,
            value: written.value(),
            low,
            high,
        }
    }
}

#[derive(Clone)]
pub(super) struct UnitTest {
    pub(super) system: Option<String>,
    pub(super) code: Option<String>,
}

/// A reference to look for.
#[derive(Clone)]
pub(super) struct Pointer {
    /// The types that it may be of, and the id.
    pub(super) local: Option<(&'static [&'static str], String)>,
    /// As written: what a canonical or another server's URL is compared with.
    pub(super) url: String,
}

/// A prefix of an ordered value (R4 search 3.1.1.4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefix {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    /// Starts after.
    Sa,
    /// Ends before.
    Eb,
    /// Approximately.
    Ap,
}

impl Prefix {
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "eq" => Self::Eq,
            "ne" => Self::Ne,
            "gt" => Self::Gt,
            "lt" => Self::Lt,
            "ge" => Self::Ge,
            "le" => Self::Le,
            "sa" => Self::Sa,
            "eb" => Self::Eb,
            "ap" => Self::Ap,
            _ => return None,
        })
    }
}

impl Parameter {
    /// Whether results can be sorted by it.
    pub fn is_sortable(&self) -> bool {
        self.supported && self.kind == ParameterKind::Date
    }
}
