//! SMART v2 scopes: `system/Patient.rs` (SMART App Launch 2.2, scopes for requesting FHIR
//! resources).

use std::fmt;

use serde::{Deserialize, Serialize};

/// Scopes in one request, at most.
const SCOPES: usize = 100;
/// Length of one scope in bytes, at most.
const SCOPE_BYTES: usize = 300;
/// The letters of the permissions, in the only order that SMART allows.
const LETTERS: &str = "cruds";

/// Something that a scope permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// `c`: create.
    Create,
    /// `r`: read, vread, history of one resource.
    Read,
    /// `u`: update, patch.
    Update,
    /// `d`: delete.
    Delete,
    /// `s`: search, history of a type.
    Search,
}

impl Permission {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Create,
        Self::Read,
        Self::Update,
        Self::Delete,
        Self::Search,
    ];

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Whose data a scope reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// `system/`: what the service itself may reach.
    System,
    /// `user/`: what the person using the app may reach.
    User,
    /// `patient/`: one patient.
    Patient,
}

impl Level {
    const ALL: [Self; 3] = [Self::System, Self::User, Self::Patient];

    const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Patient => "patient",
        }
    }
}

/// One scope. It keeps its text: `system/Patient.rs`, `patient/Observation.rs?category=vital-signs`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    text: Box<str>,
    level: Level,
    /// Where the resource type stands in the text.
    type_end: usize,
    permissions: u8,
    /// Where its condition begins in the text, after the `?`.
    condition: Option<usize>,
}

/// A text that is no SMART v2 scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a SMART v2 scope")]
pub struct InvalidScope;

impl Scope {
    fn new(level: Level, resource_type: &str, permissions: u8, condition: &str) -> Self {
        let letters: String = LETTERS
            .chars()
            .enumerate()
            .filter(|(place, _)| permissions & (1 << place) != 0)
            .map(|(_, letter)| letter)
            .collect();
        let plain = format!("{}/{resource_type}.{letters}", level.as_str());
        let (text, condition) = if condition.is_empty() {
            (plain, None)
        } else {
            let start = plain.len() + 1;
            (format!("{plain}?{condition}"), Some(start))
        };
        Self {
            text: text.into(),
            level,
            type_end: level.as_str().len() + 1 + resource_type.len(),
            permissions,
            condition,
        }
    }

    /// Reads one scope. A v1 scope is refused: half understood it would permit more than it says.
    /// Whether a condition is a search that Ward knows is seen where it is applied; one that is
    /// not lets nothing through.
    pub fn parse(text: &str) -> Result<Self, InvalidScope> {
        if text.len() > SCOPE_BYTES {
            return Err(InvalidScope);
        }
        let (level, rest) = text.split_once('/').ok_or(InvalidScope)?;
        let (resource_type, rest) = rest.split_once('.').ok_or(InvalidScope)?;
        let (letters, condition) = match rest.split_once('?') {
            Some((letters, condition)) if is_condition(condition) && resource_type != "*" => {
                (letters, condition)
            }
            Some(_) => return Err(InvalidScope),
            None => (rest, ""),
        };
        let level = Level::ALL.into_iter().find(|known| known.as_str() == level);
        let is_type = resource_type == "*"
            || (resource_type.starts_with(|first: char| first.is_ascii_uppercase())
                && resource_type.bytes().all(|byte| byte.is_ascii_alphabetic()));
        if !is_type {
            return Err(InvalidScope);
        }
        Ok(Self::new(
            level.ok_or(InvalidScope)?,
            resource_type,
            permissions(letters)?,
            condition,
        ))
    }

    /// Whose data it reaches.
    pub const fn level(&self) -> Level {
        self.level
    }

    /// The resource type, or `*` for all.
    pub fn resource_type(&self) -> &str {
        self.text
            .get(self.level.as_str().len() + 1..self.type_end)
            .unwrap_or_default()
    }

    /// The search that a resource must match, percent-encoded: `category=vital-signs`.
    pub fn condition(&self) -> Option<&str> {
        self.condition.and_then(|start| self.text.get(start..))
    }

    /// Each thing that it permits.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> {
        let bits = self.permissions;
        Permission::ALL
            .into_iter()
            .filter(move |one| bits & one.bit() != 0)
    }

    /// Whether it permits this on a resource of the type; one that meets its
    /// [condition](Scope::condition).
    pub fn allows(&self, resource_type: &str, permission: Permission) -> bool {
        let own = self.resource_type();
        (own == "*" || own == resource_type) && self.permissions & permission.bit() != 0
    }

    /// What both permit.
    fn intersection(&self, other: &Self) -> Option<Self> {
        let (one, two) = (self.resource_type(), other.resource_type());
        let resource_type = match (one, two) {
            ("*", narrower) | (narrower, "*") => narrower,
            (same, two) if same == two => same,
            _ => return None,
        };
        let permissions = self.permissions & other.permissions;
        let (one, two) = (self.condition(), other.condition());
        let condition = match (one, two) {
            (Some(one), Some(two)) if one != two => format!("{one}&{two}"),
            (one, two) => one.or(two).unwrap_or_default().to_owned(),
        };
        (permissions != 0 && self.level == other.level)
            .then(|| Self::new(self.level, resource_type, permissions, &condition))
            .filter(|both| both.text.len() <= SCOPE_BYTES)
    }
}

/// `name=value` pairs of characters that a scope may hold (RFC 6749 3.3).
fn is_condition(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b'?');
    text.bytes().all(is_plain)
        && text.split('&').all(|pair| {
            pair.split_once('=')
                .is_some_and(|(name, value)| !name.is_empty() && !value.is_empty())
        })
}

fn permissions(letters: &str) -> Result<u8, InvalidScope> {
    let mut rest = LETTERS.chars().enumerate();
    let mut permissions = 0;
    for letter in letters.chars() {
        let (place, _) = rest
            .find(|(_, known)| *known == letter)
            .ok_or(InvalidScope)?;
        permissions |= 1 << place;
    }
    if permissions == 0 {
        Err(InvalidScope)
    } else {
        Ok(permissions)
    }
}

impl AsRef<str> for Scope {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

/// A list of scopes, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Reads scopes that stand apart by blanks (RFC 6749 3.3).
    pub fn parse(text: &str) -> Result<Self, InvalidScope> {
        let mut scopes = Vec::new();
        for one in text.split(' ').filter(|one| !one.is_empty()) {
            let scope = Scope::parse(one)?;
            if !scopes.contains(&scope) {
                scopes.push(scope);
            }
            if scopes.len() > SCOPES {
                return Err(InvalidScope);
            }
        }
        Ok(Self(scopes))
    }

    /// Each scope.
    pub fn iter(&self) -> std::slice::Iter<'_, Scope> {
        self.0.iter()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them permits this on a resource of the type that meets its condition.
    pub fn allow(&self, resource_type: &str, permission: Permission) -> bool {
        self.0
            .iter()
            .any(|scope| scope.allows(resource_type, permission))
    }

    /// What both lists permit: what is asked for, as far as it is registered.
    #[must_use]
    pub fn granted_by(&self, registered: &Self) -> Self {
        let mut granted: Vec<Scope> = Vec::new();
        for scope in self.iter().flat_map(|asked| {
            registered
                .iter()
                .filter_map(|registered| asked.intersection(registered))
        }) {
            if !granted.contains(&scope) && granted.len() < SCOPES {
                granted.push(scope);
            }
        }
        Self(granted)
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().take(SCOPES).collect())
    }
}

impl<'a> IntoIterator for &'a Scopes {
    type Item = &'a Scope;
    type IntoIter = std::slice::Iter<'a, Scope>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, scope) in self.0.iter().enumerate() {
            write!(f, "{}{}", if place == 0 { "" } else { " " }, scope.text)?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Scopes {
    type Error = InvalidScope;

    fn try_from(text: String) -> Result<Self, InvalidScope> {
        Self::parse(&text)
    }
}

impl From<Scopes> for String {
    fn from(scopes: Scopes) -> Self {
        scopes.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(text: &str) -> Scopes {
        Scopes::parse(text).unwrap()
    }

    #[test]
    fn a_scope_permits_what_it_says() {
        let scope = Scope::parse("system/Patient.rs").unwrap();
        assert!(scope.allows("Patient", Permission::Read));
        assert!(scope.allows("Patient", Permission::Search));
        assert!(!scope.allows("Patient", Permission::Create));
        assert!(!scope.allows("Observation", Permission::Read));
        assert!(
            Scope::parse("system/*.d")
                .unwrap()
                .allows("Observation", Permission::Delete)
        );
    }

    #[test]
    fn what_is_half_understood_is_refused() {
        for bad in [
            "",
            "system/Patient",
            "system/Patient.",
            "system/.r",
            "system/Patient.sr",
            "system/Patient.rr",
            "system/Patient.read",
            "system/Patient.*",
            "system/patient.r",
            "System/Patient.r",
            "system/Patient.r?",
            "system/Patient.r?gender",
            "system/Patient.r?gender=",
            "system/Patient.r?=male",
            "system/Patient.r?gender=male?x=1",
            "system/Patient.r?gender=\"",
            "system/*.r?_id=1",
            "openid",
            "launch/patient",
            "system/*/Patient.r",
            "system/Pa tient.r",
            "other/Patient.r",
        ] {
            assert_eq!(Scope::parse(bad), Err(InvalidScope), "{bad}");
        }
        let many: Vec<String> = (0..101)
            .map(|n| format!("system/{}.r", "A".repeat(n % 80 + 1)))
            .collect();
        assert!(
            Scopes::parse(&many.join(" ")).is_ok(),
            "the same scope counts once"
        );
    }

    #[test]
    fn what_is_granted_is_asked_for_and_registered() {
        for (asked, registered, granted) in [
            (
                "system/Patient.rs",
                "system/Patient.rs",
                "system/Patient.rs",
            ),
            ("system/*.cruds", "system/Patient.rs", "system/Patient.rs"),
            ("system/Patient.cruds", "system/*.rs", "system/Patient.rs"),
            ("system/Patient.r", "system/Observation.r", ""),
            ("system/Patient.c", "system/Patient.rs", ""),
            ("user/Patient.r", "system/Patient.r", ""),
            (
                "system/Patient.r system/Patient.s",
                "system/*.rs",
                "system/Patient.r system/Patient.s",
            ),
            ("", "system/*.cruds", ""),
            (
                "user/Observation.rs?category=laboratory",
                "user/*.r",
                "user/Observation.r?category=laboratory",
            ),
            (
                "user/Observation.rs",
                "user/Observation.rs?category=laboratory",
                "user/Observation.rs?category=laboratory",
            ),
            (
                "user/Observation.r?code=1",
                "user/Observation.r?category=laboratory",
                "user/Observation.r?code=1&category=laboratory",
            ),
        ] {
            assert_eq!(
                scopes(asked).granted_by(&scopes(registered)).to_string(),
                granted
            );
        }
    }
}
