//! The exact check of a query against a resource's values.

use super::{
    Prefix, SearchQuery, SearchValues, Value,
    convert::split_reference,
    query::{
        Clause, Condition, NumberTest, Pointer, StringTest, SystemTest, Test, UnitTest, UriTest,
    },
    text::{later_words, normalise, same_code},
    value::{Span, Token, Unit},
};

impl SearchQuery {
    /// Whether a resource of these values is what the query looks for.
    pub fn matches(&self, values: &SearchValues<'_>) -> bool {
        values.resource_type == self.resource_type
            && self.clauses.iter().all(|clause| clause.holds(values))
    }
}

impl Clause {
    fn holds(&self, values: &SearchValues<'_>) -> bool {
        let mut values = values.of(self.parameter);
        match &self.test {
            Test::Missing(missing) => values.next().is_none() == *missing,
            Test::Any(any) => values.any(|value| any.iter().any(|one| one.holds(value))),
            Test::NoneOf(none) => !values.any(|value| none.iter().any(|one| one.holds(value))),
        }
    }
}

impl Condition {
    fn holds(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (
                Self::String {
                    compare,
                    raw,
                    normal,
                },
                Value::String { text, words },
            ) => string(*compare, raw, normal, text, *words),
            (Self::Token { system, code }, Value::Token(token))
            | (Self::Identifier { system, code }, Value::Identifier(token)) => {
                token_holds(system, code.as_deref(), token)
            }
            (Self::TokenText(normal), Value::Token(token)) => token
                .text
                .is_some_and(|text| string(StringTest::Starts, "", normal, text, true)),
            (Self::Date { prefix, interval }, Value::Date(date)) => {
                let query = if *prefix == Prefix::Ap {
                    interval.about()
                } else {
                    *interval
                };
                date.fits(*prefix, query)
            }
            (Self::Number(test), Value::Number(span)) => span.fits(test),
            (Self::Quantity { number, unit }, Value::Quantity { span, unit: own }) => {
                span.fits(number) && unit.as_ref().is_none_or(|unit| unit.holds(own))
            }
            (Self::Reference(pointer), value) => pointer.holds(value),
            (Self::Uri { compare, uri }, Value::Uri(own)) => match compare {
                UriTest::Whole => uri == own,
                UriTest::Below => is_beneath(own, uri),
                UriTest::Above => is_beneath(uri, own),
            },
            _ => false,
        }
    }
}

fn string(compare: StringTest, raw: &str, normal: &str, text: &str, words: bool) -> bool {
    match compare {
        StringTest::Exact => raw == text,
        StringTest::Contains => normalise(text).contains(normal),
        StringTest::Starts => {
            let own = normalise(text);
            own.starts_with(normal)
                || (words && later_words(&own).any(|rest| rest.starts_with(normal)))
        }
    }
}

fn token_holds(system: &SystemTest, code: Option<&str>, token: &Token<'_>) -> bool {
    let system_holds = match system {
        SystemTest::Any => true,
        SystemTest::None => token.system.is_none() || token.implied,
        SystemTest::Is(wanted) => token.system == Some(wanted),
    };
    let code_holds = match (code, token.code) {
        (Some(wanted), Some(own)) if token.exact => wanted == own,
        (Some(wanted), Some(own)) => same_code(wanted, own),
        (Some(_), None) => false,
        (None, _) => true,
    };
    system_holds && code_holds
}

impl Span {
    fn fits(&self, test: &NumberTest) -> bool {
        let NumberTest {
            value, low, high, ..
        } = *test;
        let contained =
            self.low.is_some_and(|own| own >= low) && self.high.is_some_and(|own| own < high);
        match test.prefix {
            Prefix::Eq => contained,
            Prefix::Ne => !contained,
            Prefix::Gt => self.high.is_none_or(|own| own > value),
            Prefix::Ge => self.high.is_none_or(|own| own >= value),
            Prefix::Lt => self.low.is_none_or(|own| own < value),
            Prefix::Le => self.low.is_none_or(|own| own <= value),
            Prefix::Sa => self.low.is_some_and(|own| own >= high),
            Prefix::Eb => self.high.is_some_and(|own| own < low),
            Prefix::Ap => {
                self.low.is_none_or(|own| own <= high) && self.high.is_none_or(|own| own >= low)
            }
        }
    }
}

impl UnitTest {
    fn holds(&self, own: &Unit<'_>) -> bool {
        let Some(code) = &self.code else {
            return self.system.as_deref() == own.system;
        };
        match &self.system {
            Some(system) => own.system == Some(system) && own.code == Some(code),
            None => own.code == Some(code) || own.text == Some(code),
        }
    }
}

impl Pointer {
    fn holds(&self, value: &Value<'_>) -> bool {
        match value {
            Value::Local { resource_type, id } => self
                .local
                .as_ref()
                .is_some_and(|(types, own)| own == id && types.contains(resource_type)),
            Value::Url(url) => self.url == *url || self.url == without_version(url),
            _ => false,
        }
    }
}

/// A canonical without its business version, a reference without its history version.
pub(super) fn without_version(url: &str) -> &str {
    if split_reference(url).1.is_some()
        && let Some((before, _)) = url.split_once("/_history/")
    {
        return before;
    }
    url.split_once('|').map_or(url, |(before, _)| before)
}

/// Whether a URI is another or lies beneath it, by whole parts of its path.
fn is_beneath(uri: &str, top: &str) -> bool {
    uri.strip_prefix(top)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || top.ends_with('/'))
}
