//! What names a resource inside one organisation.

use std::{fmt, str::FromStr, sync::Arc};

use crate::InvalidId;

/// A resource's type and logical id, written `Type/id` (FHIR R4, references 2.3.0.1).
///
/// The type is a name of 2 to 64 letters starting with an upper-case one; whether R4 defines it is
/// for `ward-fhir` to say. The id is 1 to 64 of `A-Z a-z 0-9 - .` (FHIR R4, datatypes: id).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceKey {
    text: Arc<str>,
    slash: usize,
}

impl ResourceKey {
    /// The key of a type and an id.
    pub fn new(resource_type: &str, id: &str) -> Result<Self, InvalidId> {
        let is_type = (2..=64).contains(&resource_type.len())
            && resource_type.bytes().all(|byte| byte.is_ascii_alphabetic())
            && resource_type.starts_with(|first: char| first.is_ascii_uppercase());
        if !is_type {
            return Err(InvalidId("resource type"));
        }
        if !is_id(id) {
            return Err(InvalidId("resource id"));
        }
        Ok(Self {
            text: format!("{resource_type}/{id}").into(),
            slash: resource_type.len(),
        })
    }

    /// The resource type, such as `Patient`.
    pub fn resource_type(&self) -> &str {
        self.text.get(..self.slash).unwrap_or_default()
    }

    /// The logical id.
    pub fn id(&self) -> &str {
        self.text.get(self.slash + 1..).unwrap_or_default()
    }

    /// `Type/id`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The patient that this names, where the type is Patient.
    pub fn as_patient(&self) -> Option<PatientId> {
        (self.resource_type() == "Patient").then(|| PatientId(self.id().into()))
    }
}

fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
}

impl FromStr for ResourceKey {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let (resource_type, id) = text.split_once('/').ok_or(InvalidId("resource key"))?;
        Self::new(resource_type, id)
    }
}

impl fmt::Display for ResourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for ResourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The logical id of a Patient resource of one organisation.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PatientId(Arc<str>);

impl PatientId {
    /// The patient of a logical id.
    pub fn new(id: &str) -> Result<Self, InvalidId> {
        if is_id(id) {
            Ok(Self(id.into()))
        } else {
            Err(InvalidId("patient id"))
        }
    }

    /// The logical id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of the Patient resource.
    pub fn key(&self) -> ResourceKey {
        ResourceKey {
            text: format!("Patient/{}", self.0).into(),
            slash: "Patient".len(),
        }
    }
}

impl fmt::Display for PatientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PatientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_splits_into_type_and_id() {
        let key: ResourceKey = "Patient/a-1.B".parse().unwrap();
        assert_eq!((key.resource_type(), key.id()), ("Patient", "a-1.B"));
        assert_eq!(key.as_patient().unwrap().key(), key);
        assert_eq!(
            "Observation/1".parse::<ResourceKey>().unwrap().as_patient(),
            None
        );
    }

    #[test]
    fn path_tricks_are_no_ids() {
        for bad in [
            "Patient",
            "Patient/",
            "Patient/../x",
            "Patient/a/b",
            "patient/a",
            "P/a",
            "Patient/a%2e",
            "Patient/a b",
            "Patient/å",
            "Patient/a\0",
        ] {
            assert!(bad.parse::<ResourceKey>().is_err(), "{bad}");
        }
        assert!(ResourceKey::new("Patient", &"a".repeat(65)).is_err());
    }
}
