//! From a draft to what the store is given.

use ward_core::{PatientId, Random, Timestamp};
use ward_crypto::{Binding, SubjectKey, Token};
use ward_log::WriteMethod;
use ward_store::{Write, limits as store};

use super::change::{Draft, Ground};
use crate::{Error, Version, Written, marks, records::Organisation, relate};

impl Ground {
    /// Seals a draft. The salts of its patients have to be there.
    pub(crate) fn seal(
        self,
        own: &Organisation,
        random: &dyn Random,
        now: Timestamp,
    ) -> Result<(Option<Write>, Option<Written>), Error> {
        match self {
            Self::Nothing => Ok((None, None)),
            Self::Unchanged(version) => Ok((
                None,
                Some(Written {
                    version,
                    created: false,
                    unchanged: true,
                }),
            )),
            Self::Write(draft) => {
                let (write, written) = draft.seal(own, random, now)?;
                Ok((Some(write), Some(written)))
            }
        }
    }
}

impl Draft {
    fn seal(
        self,
        own: &Organisation,
        random: &dyn Random,
        now: Timestamp,
    ) -> Result<(Write, Written), Error> {
        let Self {
            key,
            version,
            expect,
            method,
            resource,
            patients,
            subjects,
            basis,
        } = self;
        let (mut sealed, mut tokens, mut relations, mut body) = Default::default();
        if let Some(resource) = resource {
            let subject = own.subject_key(&patients)?.ok_or(Error::Unreadable)?;
            let binding = Binding {
                resource: &key,
                version,
            };
            tokens = marks::of_resource(&own.keys, &resource, &subjects);
            relations = relate::rows(&own.keys, &resource, &key, &subjects, now);
            // The store would refuse the whole batch.
            if tokens.len() > store::TOKENS
                || relations.len() > store::RELATIONS
                || patients.len() > store::PATIENTS
            {
                return Err(Error::TooLarge);
            }
            sealed = own
                .keys
                .seal_body(&subject, &binding, resource.json().as_bytes(), random);
            body = resource.into_bytes();
        }
        let resource = key.clone();
        let write = Write {
            resource,
            expect,
            version,
            method,
            patients,
            body: sealed,
            tokens,
            relations,
            basis,
        };
        let version = Version {
            key,
            version,
            last_updated: now,
            method,
            body,
        };
        Ok((write, Written::new(version, method == WriteMethod::Create)))
    }
}

impl Organisation {
    /// The tokens of some patients, in their order.
    pub(crate) fn subjects(&self, patients: &[PatientId]) -> Vec<Token> {
        patients
            .iter()
            .map(|patient| self.store.subject(patient))
            .collect()
    }

    /// The tokens of the patients of some ids, those that are no ids left out.
    pub(crate) fn subjects_of_ids(&self, ids: &[&str]) -> Vec<Token> {
        let patients: Vec<_> = ids
            .iter()
            .filter_map(|id| PatientId::new(id).ok())
            .collect();
        self.subjects(&patients)
    }

    /// The key of a body in the record of these patients: that of the first. `None` where its salt
    /// was destroyed, and with it everything that was sealed.
    pub(crate) fn subject_key(&self, patients: &[PatientId]) -> Result<Option<SubjectKey>, Error> {
        let Some(first) = patients.first() else {
            return Ok(Some(self.keys.subject(None)));
        };
        let salt = self.store.salt(&self.store.subject(first))?;
        Ok(salt.map(|salt| self.keys.subject(Some(&salt))))
    }
}
