//! What R4 defines to search by.

use std::fmt;

/// A type of search parameter (FHIR R4 search 3.1.1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParameterKind {
    /// A number, with a precision.
    Number,
    /// A date or time, with a precision.
    Date,
    /// A string, compared from its start.
    String,
    /// A code or identifier, perhaps of a system.
    Token,
    /// A reference to another resource.
    Reference,
    /// Several parameters of one element at once: not supported.
    Composite,
    /// A number with a unit.
    Quantity,
    /// A URI, compared as a whole.
    Uri,
    /// Defined by its own text (`near`): not supported.
    Special,
}

impl ParameterKind {
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "number" => Self::Number,
            "date" => Self::Date,
            "string" => Self::String,
            "token" => Self::Token,
            "reference" => Self::Reference,
            "composite" => Self::Composite,
            "quantity" => Self::Quantity,
            "uri" => Self::Uri,
            "special" => Self::Special,
            _ => return None,
        })
    }

    /// The code of R4's value set `search-param-type`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::String => "string",
            Self::Token => "token",
            Self::Reference => "reference",
            Self::Composite => "composite",
            Self::Quantity => "quantity",
            Self::Uri => "uri",
            Self::Special => "special",
        }
    }
}

/// A search parameter of one resource type.
pub struct Parameter {
    /// The name in a query, such as `birthdate`.
    pub name: &'static str,
    /// How its values are compared.
    pub kind: ParameterKind,
    /// What it finds, in R4's words.
    pub documentation: &'static str,
    /// The types that a reference may lead to; all of R4's where the definition sets no limit.
    pub targets: &'static [&'static str],
    pub(super) resource_type: &'static str,
    pub(super) definition: &'static str,
    /// Whether it has paths to values: composite ones and `_text` have none.
    pub(super) supported: bool,
    /// At most one value of it is in a resource.
    pub(super) once: bool,
    /// Some value may be without a start or an end.
    pub(super) open: bool,
    /// Where its terms are: a parameter that takes in all its values. `None` where it has none,
    /// because they would tell too much.
    pub(super) index: Option<&'static str>,
}

impl Parameter {
    /// The canonical URL of the definition.
    pub fn definition(&self) -> String {
        format!("http://hl7.org/fhir/SearchParameter/{}", self.definition)
    }

    /// The resource type that it is a parameter of here.
    pub fn resource_type(&self) -> &'static str {
        self.resource_type
    }

    /// Whether this server searches by it.
    pub fn is_supported(&self) -> bool {
        self.supported
    }
}

impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.resource_type, self.name)
    }
}
