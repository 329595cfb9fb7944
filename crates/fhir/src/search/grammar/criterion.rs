//! Parameters that a resource must meet: kind by kind, with their modifiers and prefixes.

use ward_core::limits;

use super::{
    Key, Reading, Refusal,
    split::{split, unescape},
};
use crate::{
    resource_type::resource_type,
    search::{
        Parameter, ParameterKind, Prefix,
        date::Interval,
        decimal::Written,
        parameter,
        query::{Clause, Condition, NumberTest, StringTest, SystemTest, Test, UnitTest, UriTest},
        text::normalise,
    },
};

impl Reading<'_> {
    pub(super) fn criterion(&self, key: &Key<'_>, value: &str) -> Result<Clause, Refusal> {
        let parameter = parameter(self.query.resource_type, key.name).ok_or(
            Refusal::unsupported("this resource type has no such parameter"),
        )?;
        if !parameter.supported {
            return Err(Refusal::unsupported("this parameter is not supported"));
        }
        if key.modifier == Some("missing") {
            let missing = match value {
                "true" => true,
                "false" => false,
                _ => return Err(Refusal::invalid("true or false is expected")),
            };
            return Ok(Clause {
                parameter,
                test: Test::Missing(missing),
            });
        }
        let alternatives = split(value, ',');
        if alternatives.len() > limits::SEARCH_ALTERNATIVES {
            return Err(Refusal::invalid("it has too many alternatives"));
        }
        let read = |alternative: &&str| {
            if alternative.trim().is_empty() {
                return Err(Refusal::invalid("a value is expected"));
            }
            self.condition(parameter, key.modifier, alternative)
        };
        let conditions = alternatives.iter().map(read).collect::<Result<_, _>>()?;
        let is_not = key.modifier == Some("not");
        let test = if is_not {
            Test::NoneOf(conditions)
        } else {
            Test::Any(conditions)
        };
        Ok(Clause { parameter, test })
    }

    fn condition(
        &self,
        parameter: &'static Parameter,
        modifier: Option<&str>,
        value: &str,
    ) -> Result<Condition, Refusal> {
        let refused = || Refusal::unsupported("the parameter does not take this modifier");
        match (parameter.kind, modifier) {
            (ParameterKind::String, None) => string(StringTest::Starts, value),
            (ParameterKind::String, Some("exact")) => string(StringTest::Exact, value),
            (ParameterKind::String, Some("contains")) => string(StringTest::Contains, value),
            (ParameterKind::Token, None | Some("not")) => {
                let (system, code) = token(value)?;
                Ok(Condition::Token { system, code })
            }
            (ParameterKind::Token, Some("text")) => {
                Ok(Condition::TokenText(normalise(&unescape(value)?)))
            }
            (ParameterKind::Reference, Some("identifier")) => {
                let (system, code) = token(value)?;
                Ok(Condition::Identifier { system, code })
            }
            (ParameterKind::Reference, None) => self.pointer(parameter, None, value),
            (ParameterKind::Reference, Some(named)) => {
                let target = resource_type(named)
                    .filter(|named| parameter.targets.contains(named))
                    .ok_or_else(refused)?;
                self.pointer(parameter, Some(target), value)
            }
            (ParameterKind::Date, None) => date(value),
            (ParameterKind::Number, None) => number(value).map(Condition::Number),
            (ParameterKind::Quantity, None) => quantity(value),
            (ParameterKind::Uri, None) => uri(UriTest::Whole, value),
            (ParameterKind::Uri, Some("below")) => uri(UriTest::Below, value),
            (ParameterKind::Uri, Some("above")) => uri(UriTest::Above, value),
            _ => Err(refused()),
        }
    }
}

fn string(compare: StringTest, value: &str) -> Result<Condition, Refusal> {
    let raw = unescape(value)?;
    let normal = normalise(&raw);
    Ok(Condition::String {
        compare,
        raw,
        normal,
    })
}

/// `code`, `|code`, `system|code`, `system|` (R4 search 3.1.1.4.10).
fn token(value: &str) -> Result<(SystemTest, Option<String>), Refusal> {
    let some = |text: &str| unescape(text).map(|text| (!text.is_empty()).then_some(text));
    match split(value, '|').as_slice() {
        [code] => Ok((SystemTest::Any, Some(unescape(code)?))),
        ["", code] if !code.is_empty() => Ok((SystemTest::None, Some(unescape(code)?))),
        [system, code] if !system.is_empty() => {
            Ok((SystemTest::Is(unescape(system)?), some(code)?))
        }
        _ => Err(Refusal::invalid(
            "code, |code, system|code or system| is expected",
        )),
    }
}

/// Takes a prefix off; there is none where the value does not start with two letters.
fn prefix(value: &str) -> Result<(Prefix, &str), Refusal> {
    match value.split_at_checked(2) {
        Some((code, rest)) if code.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            let prefix = Prefix::from_code(code);
            prefix
                .map(|prefix| (prefix, rest))
                .ok_or(Refusal::invalid("the prefix is not known"))
        }
        _ => Ok((Prefix::Eq, value)),
    }
}

fn date(value: &str) -> Result<Condition, Refusal> {
    let (prefix, text) = prefix(value)?;
    let interval = Interval::parse(text).ok_or(Refusal::invalid(
        "a date or time is expected, such as 2024, 2024-05, 2024-05-31 or 2024-05-31T09:30:00Z",
    ))?;
    Ok(Condition::Date { prefix, interval })
}

fn number(value: &str) -> Result<NumberTest, Refusal> {
    let (prefix, text) = prefix(value)?;
    let written = Written::parse(text).ok_or(Refusal::invalid("a number is expected"))?;
    if written.cut {
        return Err(Refusal::too_long());
    }
    Ok(NumberTest::new(prefix, &written))
}

/// `number`, `number|system|code`, `number||code` (R4 search 3.1.1.4.12).
fn quantity(value: &str) -> Result<Condition, Refusal> {
    let some = |text: &str| unescape(text).map(|text| (!text.is_empty()).then_some(text));
    match split(value, '|').as_slice() {
        [text] => Ok(Condition::Quantity {
            number: number(text)?,
            unit: None,
        }),
        [text, system, code] => {
            let unit = UnitTest {
                system: some(system)?,
                code: some(code)?,
            };
            if unit.system.is_none() && unit.code.is_none() {
                return Err(Refusal::invalid("a unit is expected after ||"));
            }
            Ok(Condition::Quantity {
                number: number(text)?,
                unit: Some(unit),
            })
        }
        _ => Err(Refusal::invalid(
            "number, number|system|code or number||code is expected",
        )),
    }
}

fn uri(compare: UriTest, value: &str) -> Result<Condition, Refusal> {
    Ok(Condition::Uri {
        compare,
        uri: unescape(value)?,
    })
}
