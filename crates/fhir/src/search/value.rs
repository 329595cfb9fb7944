//! The values that a resource is found by.

use std::fmt;

use super::{Parameter, date::Interval, decimal::Decimal};

/// One value of one parameter, borrowed from its resource. Debug shows the parameter alone.
pub struct SearchValue<'r> {
    /// The parameter.
    pub parameter: &'static Parameter,
    pub(crate) value: Value<'r>,
}

impl fmt::Debug for SearchValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parameter.fmt(f)
    }
}

/// All values of a resource, in the order of its members.
#[derive(Debug)]
pub struct SearchValues<'r> {
    /// The resource's type.
    pub resource_type: &'static str,
    pub(crate) values: Vec<SearchValue<'r>>,
}

impl<'r> SearchValues<'r> {
    /// The values one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, SearchValue<'r>> {
        self.values.iter()
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The values of one parameter.
    pub(crate) fn of<'s>(
        &'s self,
        parameter: &'static Parameter,
    ) -> impl Iterator<Item = &'s Value<'r>> + use<'s, 'r> {
        self.values
            .iter()
            .filter(move |value| std::ptr::eq(value.parameter, parameter))
            .map(|value| &value.value)
    }
}

impl<'s, 'r> IntoIterator for &'s SearchValues<'r> {
    type Item = &'s SearchValue<'r>;
    type IntoIter = std::slice::Iter<'s, SearchValue<'r>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A value, by the type of its parameter.
pub(crate) enum Value<'r> {
    /// A string; one of a name or an address is also found by its later words.
    String { text: &'r str, words: bool },
    /// A code or identifier.
    Token(Token<'r>),
    /// A stretch of time.
    Date(Interval),
    /// A number, or all from a low one to a high one.
    Number(Span),
    /// A number with a unit.
    Quantity { span: Span, unit: Unit<'r> },
    /// A reference to a resource by its type and id.
    Local { resource_type: &'r str, id: &'r str },
    /// A reference by anything else: another server's URL, a URN, a canonical, a fragment.
    Url(&'r str),
    /// A reference by a business identifier.
    Identifier(Token<'r>),
    /// A URI.
    Uri(&'r str),
}

/// A code or identifier.
#[derive(Default, Clone, Copy)]
pub(crate) struct Token<'r> {
    pub(crate) system: Option<&'r str>,
    /// The system is not written but follows from the element: it need not be in the query.
    pub(crate) implied: bool,
    pub(crate) code: Option<&'r str>,
    /// The case of the code matters: it is a resource's id.
    pub(crate) exact: bool,
    /// What a person reads: the display, or the text of the concept.
    pub(crate) text: Option<&'r str>,
}

/// From a low number to a high one, both included; open where there is none.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub(crate) low: Option<Decimal>,
    pub(crate) high: Option<Decimal>,
}

/// A unit: of a code system, or only as people write it.
#[derive(Default, Clone, Copy)]
pub(crate) struct Unit<'r> {
    pub(crate) system: Option<&'r str>,
    pub(crate) code: Option<&'r str>,
    pub(crate) text: Option<&'r str>,
}
