//! What a provider's words are worth: an exact map, made by its organisation.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer};
use ward_core::limits;
use ward_log::Factors;

/// Length of one value, in bytes.
const VALUE_BYTES: usize = 200;

/// What a provider vouches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assurance {
    /// Two factors of different kinds (NIST 800-63B AAL2).
    TwoFactors,
    /// Two factors, one of which can't be given to a false site (NIST 800-63B AAL3).
    PhishingResistant,
}

impl Assurance {
    const fn as_str(self) -> &'static str {
        match self {
            Self::TwoFactors => "two-factors",
            Self::PhishingResistant => "phishing-resistant",
        }
    }

    /// As sessions and the log know it.
    pub(crate) const fn factors(self) -> Factors {
        match self {
            Self::TwoFactors => Factors::FEDERATED,
            Self::PhishingResistant => Factors::FEDERATED.with(Factors::FEDERATED_KEY),
        }
    }
}

/// A claim of an ID token that a rule may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    Acr,
    Amr,
    AuthenticationAssuranceLevel,
    IdAssuranceLevel,
}

impl Claim {
    const ALL: [Self; 4] = [
        Self::Acr,
        Self::Amr,
        Self::AuthenticationAssuranceLevel,
        Self::IdAssuranceLevel,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Acr => "acr",
            Self::Amr => "amr",
            Self::AuthenticationAssuranceLevel => "authentication_assurance_level",
            Self::IdAssuranceLevel => "id_assurance_level",
        }
    }

    /// Whether the claim says how somebody was authenticated: no rule goes without one that does.
    const fn says_how(self) -> bool {
        matches!(self, Self::Acr | Self::AuthenticationAssuranceLevel)
    }

    /// Whether a value names less than two factors in its own words: no map makes more of it.
    /// `0`: OIDC Core 2; levels: NIST 800-63 and CIS2.
    fn is_too_little(self, value: &str) -> bool {
        match self {
            Self::Acr => {
                let folded = value.to_ascii_lowercase();
                ["0", "1", "aal0", "aal1"].contains(&&*folded) || folded.starts_with("aal1_")
            }
            Self::AuthenticationAssuranceLevel => {
                !value.parse::<u8>().is_ok_and(|level| level >= 2)
            }
            Self::Amr | Self::IdAssuranceLevel => false,
        }
    }
}

/// All conditions must hold, each word for word.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    conditions: Vec<(Claim, Box<str>)>,
    assurance: Assurance,
}

/// A provider's map, a rule a line: `acr=AAL3_ANY amr=FIDO2 => phishing-resistant`.
///
/// The first rule that fits counts; where none does, nothing is proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssuranceMap(Vec<Rule>);

/// A text that is no assurance map, or one that would make much of little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct InvalidMap {
    /// Which line, from 1; 0 where it is the whole.
    pub line: usize,
    /// What is wrong with it.
    pub why: &'static str,
}

/// What an ID token says of how somebody was authenticated. A level is a text or an integer:
/// providers send both.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Said {
    #[serde(default, deserialize_with = "maybe_word")]
    acr: Option<Box<str>>,
    #[serde(default, deserialize_with = "words")]
    amr: Vec<Box<str>>,
    #[serde(default, deserialize_with = "maybe_word")]
    authentication_assurance_level: Option<Box<str>>,
    #[serde(default, deserialize_with = "maybe_word")]
    id_assurance_level: Option<Box<str>>,
}

impl Said {
    fn says(&self, claim: Claim, value: &str) -> bool {
        let one = |said: &Option<Box<str>>| said.as_deref() == Some(value);
        match claim {
            Claim::Acr => one(&self.acr),
            Claim::Amr => self.amr.iter().any(|said| **said == *value),
            Claim::AuthenticationAssuranceLevel => one(&self.authentication_assurance_level),
            Claim::IdAssuranceLevel => one(&self.id_assurance_level),
        }
    }
}

impl AssuranceMap {
    /// What is proved by what was said. `None`: nothing.
    pub(crate) fn judge(&self, said: &Said) -> Option<Assurance> {
        let fits = |rule: &&Rule| {
            let mut conditions = rule.conditions.iter();
            conditions.all(|(claim, value)| said.says(*claim, value))
        };
        self.0.iter().find(fits).map(|rule| rule.assurance)
    }

    /// The values of `acr` that it knows, for asking: those that can't be phished alone, or all.
    pub(crate) fn acr_values(&self, phishing_resistant: bool) -> Vec<&str> {
        let mut values = Vec::new();
        for rule in &self.0 {
            let enough = !phishing_resistant || rule.assurance == Assurance::PhishingResistant;
            for (claim, value) in &rule.conditions {
                if enough && *claim == Claim::Acr && !values.contains(&&**value) {
                    values.push(value);
                }
            }
        }
        values
    }
}

impl FromStr for AssuranceMap {
    type Err = InvalidMap;

    fn from_str(text: &str) -> Result<Self, InvalidMap> {
        let lines = text.lines().enumerate();
        let told = lines.filter(|(_, line)| !line.trim().is_empty());
        let rules = told.map(|(number, line)| {
            let line_number = number + 1;
            rule(line).map_err(|why| InvalidMap {
                line: line_number,
                why,
            })
        });
        let rules = rules.collect::<Result<Vec<_>, _>>()?;
        if (1..=limits::ASSURANCE_RULES).contains(&rules.len()) {
            return Ok(Self(rules));
        }
        Err(InvalidMap {
            line: 0,
            why: "1 to 20 rules are asked for",
        })
    }
}

fn rule(line: &str) -> Result<Rule, &'static str> {
    let form = "write claim=value, for as many claims as must hold, then => and the assurance";
    let (conditions, assurance) = line.split_once("=>").ok_or(form)?;
    let known = [Assurance::TwoFactors, Assurance::PhishingResistant];
    let assurance = known
        .into_iter()
        .find(|known| known.as_str() == assurance.trim())
        .ok_or("the assurance is two-factors or phishing-resistant")?;
    let conditions = conditions.split_whitespace().map(condition);
    let conditions = conditions.collect::<Result<Vec<_>, _>>()?;
    if !conditions.iter().any(|(claim, _)| claim.says_how()) {
        return Err("a rule asks for acr or authentication_assurance_level");
    }
    Ok(Rule {
        conditions,
        assurance,
    })
}

fn condition(text: &str) -> Result<(Claim, Box<str>), &'static str> {
    let (claim, value) = text.split_once('=').ok_or("a condition is claim=value")?;
    let claim = Claim::ALL.into_iter().find(|known| known.as_str() == claim);
    let claim = claim
        .ok_or("the claims are acr, amr, authentication_assurance_level and id_assurance_level")?;
    let is_plain = value.bytes().all(|byte| byte.is_ascii_graphic());
    if !(1..=VALUE_BYTES).contains(&value.len()) || !is_plain {
        return Err("a value is 1 to 200 printable characters");
    }
    if claim.is_too_little(value) {
        return Err("this value stands for less than two factors");
    }
    Ok((claim, value.into()))
}

impl fmt::Display for AssuranceMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, rule) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            for (claim, value) in &rule.conditions {
                write!(f, "{}={value} ", claim.as_str())?;
            }
            write!(f, "=> {}", rule.assurance.as_str())?;
        }
        Ok(())
    }
}

/// A text, or an integer as its digits; anything else is not understood, and so refused.
#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Text(Box<str>),
    Integer(i64),
}

impl From<Word> for Box<str> {
    fn from(word: Word) -> Self {
        match word {
            Word::Text(text) => text,
            Word::Integer(number) => number.to_string().into(),
        }
    }
}

fn maybe_word<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Box<str>>, D::Error> {
    Ok(Option::<Word>::deserialize(from)?.map(Into::into))
}

fn words<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Box<str>>, D::Error> {
    let words = Option::<Vec<Word>>::deserialize(from)?.unwrap_or_default();
    Ok(words.into_iter().map(Into::into).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = "acr=AAL3_ANY => phishing-resistant\n\
                       acr=AAL2_OR_AAL3_ANY authentication_assurance_level=3 => phishing-resistant\n\
                       acr=AAL2_OR_AAL3_ANY amr=pwd amr=otp id_assurance_level=3 => two-factors\n\
                       authentication_assurance_level=2 => two-factors";

    fn judge(said: &str) -> Option<Assurance> {
        let map: AssuranceMap = MAP.parse().unwrap();
        map.judge(&serde_json::from_str(said).unwrap())
    }

    /// Class 23: a missing `acr` is not taken for a good one.
    #[test]
    fn what_is_absent_unknown_or_less_proves_nothing() {
        for nothing in [
            "{}",
            r#"{"acr":null}"#,
            r#"{"acr":""}"#,
            r#"{"acr":"AAL1_USERPASS"}"#,
            r#"{"acr":"AAL3_ANYTHING"}"#,
            r#"{"acr":"aal3_any"}"#,
            r#"{"acr":" AAL3_ANY"}"#,
            r#"{"acr":0}"#,
            r#"{"acr":3}"#,
            r#"{"amr":["AAL3_ANY"]}"#,
            r#"{"amr":["pwd","otp"]}"#,
            r#"{"acr":"AAL2_OR_AAL3_ANY"}"#,
            r#"{"acr":"AAL2_OR_AAL3_ANY","authentication_assurance_level":"1"}"#,
            r#"{"acr":"AAL2_OR_AAL3_ANY","amr":["pwd"],"id_assurance_level":3}"#,
            r#"{"authentication_assurance_level":1}"#,
            r#"{"authentication_assurance_level":-2}"#,
        ] {
            assert_eq!(judge(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn levels_are_texts_or_integers() {
        for (said, expected) in [
            (r#"{"acr":"AAL3_ANY"}"#, Assurance::PhishingResistant),
            (
                r#"{"acr":"AAL2_OR_AAL3_ANY","authentication_assurance_level":"3"}"#,
                Assurance::PhishingResistant,
            ),
            (
                r#"{"acr":"AAL2_OR_AAL3_ANY","authentication_assurance_level":3}"#,
                Assurance::PhishingResistant,
            ),
            (
                r#"{"acr":"AAL2_OR_AAL3_ANY","amr":["otp","pwd","x"],"id_assurance_level":3}"#,
                Assurance::TwoFactors,
            ),
            (
                r#"{"authentication_assurance_level":2}"#,
                Assurance::TwoFactors,
            ),
        ] {
            assert_eq!(judge(said), Some(expected), "{said}");
        }
    }

    #[test]
    fn what_is_no_word_is_not_understood() {
        for odd in [
            r#"{"acr":true}"#,
            r#"{"acr":["AAL3_ANY"]}"#,
            r#"{"acr":{}}"#,
            r#"{"amr":"pwd otp"}"#,
            r#"{"amr":[["otp"]]}"#,
            r#"{"authentication_assurance_level":2.5}"#,
            r#"{"acr":"AAL1","acr":"AAL3_ANY"}"#,
        ] {
            assert!(serde_json::from_str::<Said>(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_map_is_written_as_it_is_read() {
        let map: AssuranceMap = MAP.parse().unwrap();
        assert_eq!(map.to_string(), MAP);
        assert_eq!(map.acr_values(false), ["AAL3_ANY", "AAL2_OR_AAL3_ANY"]);
        let spaced = "\n  acr=a   amr=b   =>   two-factors  \n\n";
        assert_eq!(
            spaced.parse::<AssuranceMap>().unwrap().to_string(),
            "acr=a amr=b => two-factors"
        );
    }

    #[test]
    fn no_map_makes_much_of_little() {
        let many = "acr=a => two-factors\n".repeat(21);
        for bad in [
            "",
            "\n\n",
            "=> two-factors",
            "two-factors",
            "acr=a",
            "acr=a => anything",
            "acr=a => ",
            "acr= => two-factors",
            "acr => two-factors",
            "sub=a => two-factors",
            "email=a@b => phishing-resistant",
            "amr=otp => two-factors",
            "id_assurance_level=3 => phishing-resistant",
            "acr=0 => two-factors",
            "acr=1 => two-factors",
            "acr=AAL1 => two-factors",
            "acr=aal1_userpass => phishing-resistant",
            "authentication_assurance_level=1 => two-factors",
            "authentication_assurance_level=0 => two-factors",
            "authentication_assurance_level=low => two-factors",
            "acr=ä => two-factors",
            &many,
        ] {
            assert!(bad.parse::<AssuranceMap>().is_err(), "{bad:?}");
        }
    }
}
