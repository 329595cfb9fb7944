//! One change: what is asked for, and what it meets.

use ward_access::{Action, Create, Delete, Refused, Update};
use ward_core::{PatientId, ResourceKey, Timestamp};
use ward_crypto::Token;
use ward_fhir::{Resource, patients_of};
use ward_log::{Basis, RefusalReason, WriteMethod};
use ward_store::{Expect, Located};

use super::Author;
use crate::{Error, Version, records::Organisation};

/// A change that is asked for.
pub(crate) struct Change {
    /// Its place in the bundle; 0 where it came alone.
    pub(crate) index: usize,
    pub(crate) key: ResourceKey,
    pub(crate) if_match: Option<u64>,
    pub(crate) kind: Kind,
}

pub(crate) enum Kind {
    /// Create or update, validated.
    Put {
        resource: Resource,
        again: Again,
    },
    Delete,
}

/// What a content does that was written before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// A new version.
    Write,
    /// Nothing, where it is the current one.
    Leave,
    /// Nothing, also where it was changed or deleted since: that stays as it is.
    Keep,
}

/// A change that may be made, at what the store holds now.
pub(crate) enum Ground {
    Write(Box<Draft>),
    /// The content is there already.
    Unchanged(Version),
    /// Deleted before; or changed since, and to be kept.
    Nothing,
}

/// A version about to be written.
pub(crate) struct Draft {
    pub(crate) key: ResourceKey,
    pub(crate) version: u64,
    pub(crate) expect: Expect,
    pub(crate) method: WriteMethod,
    /// With its id and meta; none of a delete.
    pub(crate) resource: Option<Resource>,
    pub(crate) patients: Vec<PatientId>,
    pub(crate) subjects: Vec<Token>,
    pub(crate) basis: Basis,
}

impl Ground {
    /// The patients under whose keys it will be sealed. A delete seals nothing: it must not give
    /// a patient who was erased a new salt.
    pub(crate) fn salted(&self) -> &[Token] {
        match self {
            Self::Write(draft) if draft.resource.is_some() => &draft.subjects,
            _ => &[],
        }
    }
}

impl Change {
    pub(crate) fn put(key: ResourceKey, resource: Resource, if_match: Option<u64>) -> Self {
        let kind = Kind::Put {
            resource,
            again: Again::Write,
        };
        Self {
            index: 0,
            key,
            if_match,
            kind,
        }
    }

    pub(crate) fn delete(key: ResourceKey, if_match: Option<u64>) -> Self {
        Self {
            index: 0,
            key,
            if_match,
            kind: Kind::Delete,
        }
    }

    /// Looks at what is there, and asks whether the change may be made to it.
    pub(crate) async fn ground(
        &self,
        author: &Author<'_>,
        now: Timestamp,
    ) -> Result<Ground, Error> {
        let located = author.own().store.locate(&self.key)?;
        match &self.kind {
            Kind::Put { resource, again } => {
                self.ground_put(author, now, located, resource, *again)
                    .await
            }
            Kind::Delete => self.ground_delete(author, located).await,
        }
    }

    async fn ground_put(
        &self,
        author: &Author<'_>,
        now: Timestamp,
        located: Option<Located>,
        resource: &Resource,
        again: Again,
    ) -> Result<Ground, Error> {
        let own = author.own();
        let live = located.as_ref().filter(|located| !located.deleted);
        let version = located.as_ref().map_or(0, |located| located.version) + 1;
        let resource = resource.with_meta(self.key.id(), version, now);
        let patients = patients(&resource);
        let subjects = own.subjects(&patients);
        // A record is not taken out of one patient's and put into another's without a right to both.
        let mut touched = subjects.clone();
        touched.extend(located.iter().flat_map(|located| &located.subjects));
        touched.sort_unstable();
        touched.dedup();
        let decision = match live {
            Some(_) => author.basis::<Update>(&self.key, &touched)?,
            None => author.basis::<Create>(&self.key, &touched)?,
        };
        let basis = match decision {
            Ok(basis) => basis,
            Err(Refused { reason }) if live.is_some() => {
                return self.refuse::<Update, _>(author, reason).await;
            }
            Err(Refused { reason }) => return self.refuse::<Create, _>(author, reason).await,
        };
        let passes = match live {
            Some(live) => {
                author.lets_through::<Update>(&subjects, &resource)
                    && author.lets_change::<Update>(live)?
            }
            None => author.lets_through::<Create>(&subjects, &resource),
        };
        if !passes {
            let reason = RefusalReason::OutsideScopes;
            return match live {
                Some(_) => self.refuse::<Update, _>(author, reason).await,
                None => self.refuse::<Create, _>(author, reason).await,
            };
        }
        self.check_version::<Update>(author, live.map(|located| located.version))
            .await?;
        if let Some(live) = live.filter(|_| again != Again::Write)
            && let Some(same) = own.same_at(live.seq, &resource)?
        {
            return Ok(Ground::Unchanged(same));
        }
        if again == Again::Keep && located.is_some() && own.was_before(&self.key, &resource)? {
            return Ok(Ground::Nothing);
        }
        let (expect, method) = match live {
            Some(live) => (Expect::Version(live.version), WriteMethod::Update),
            None => (Expect::Absent, WriteMethod::Create),
        };
        let (key, resource) = (self.key.clone(), Some(resource));
        let draft = Draft {
            key,
            version,
            expect,
            method,
            resource,
            patients,
            subjects,
            basis,
        };
        Ok(Ground::Write(Box::new(draft)))
    }

    async fn ground_delete(
        &self,
        author: &Author<'_>,
        located: Option<Located>,
    ) -> Result<Ground, Error> {
        let own = author.own();
        let nobody = [own.keys.token("nobody", &[])];
        let subjects = located
            .as_ref()
            .map_or(&nobody[..], |located| &located.subjects);
        let decision = author.basis::<Delete>(&self.key, subjects)?;
        let (located, basis) = match (located, decision) {
            (None, _) => return self.hide(author, RefusalReason::Unknown).await,
            (Some(_), Err(Refused { reason })) => return self.hide(author, reason).await,
            (Some(located), Ok(basis)) => (located, basis),
        };
        if !located.deleted && !author.lets_change::<Delete>(&located)? {
            return self.hide(author, RefusalReason::OutsideScopes).await;
        }
        if located.deleted {
            self.note::<Delete>(author, RefusalReason::Unknown).await?;
            return Ok(Ground::Nothing);
        }
        self.check_version::<Delete>(author, Some(located.version))
            .await?;
        // The entry names the patients whose record it changes, as every other does.
        let patients = own.patients_at(located.seq)?;
        Ok(Ground::Write(Box::new(Draft {
            key: self.key.clone(),
            version: located.version + 1,
            expect: Expect::Version(located.version),
            method: WriteMethod::Delete,
            resource: None,
            patients,
            subjects: located.subjects,
            basis,
        })))
    }

    /// That a resource is at another version tells that there is one: it is written down.
    async fn check_version<A: Action>(
        &self,
        author: &Author<'_>,
        current: Option<u64>,
    ) -> Result<(), Error> {
        match self.if_match {
            Some(wanted) if current != Some(wanted) => {
                self.note::<A>(author, RefusalReason::OtherVersion).await?;
                Err(Error::PreconditionFailed)
            }
            _ => Ok(()),
        }
    }

    async fn note<A: Action>(
        &self,
        author: &Author<'_>,
        reason: RefusalReason,
    ) -> Result<(), Error> {
        match author {
            Author::Account(door) => {
                door.note_refusal(A::VERB.as_str(), Some(self.key.clone()), reason)
                    .await
            }
            Author::Operator { .. } => Ok(()),
        }
    }

    /// Whatever there is under the id, this account may not write so: it learns no more.
    async fn refuse<A: Action, T>(
        &self,
        author: &Author<'_>,
        reason: RefusalReason,
    ) -> Result<T, Error> {
        match author {
            Author::Account(door) => {
                door.refuse(A::VERB.as_str(), Some(self.key.clone()), reason)
                    .await
            }
            Author::Operator { .. } => Err(Error::Refused),
        }
    }

    async fn hide<T>(&self, author: &Author<'_>, reason: RefusalReason) -> Result<T, Error> {
        match author {
            Author::Account(door) => door.hide::<_, Delete>(&self.key, reason).await,
            Author::Operator { .. } => Err(Error::NotFound),
        }
    }
}

/// The patients whose record a resource is part of.
fn patients(resource: &Resource) -> Vec<PatientId> {
    patients_of(resource)
        .iter()
        .filter_map(|id| PatientId::new(id).ok())
        .collect()
}

impl Organisation {
    /// The version at a row, where it holds the same but for its version and time.
    fn same_at(&self, row: u64, new: &Resource) -> Result<Option<Version>, Error> {
        let mut same = None;
        let sealed = self.store.read(row)?;
        let compare = |sealed| {
            let stored = self.open(sealed).ok()?;
            let expected = new.with_meta(stored.key.id(), stored.version, stored.last_updated);
            same = (stored.body == expected.json().as_bytes()).then_some(stored);
            None::<()>
        };
        // The writer has just sent this content: nothing is shown that it doesn't have.
        drop(sealed.sift(&self.keys, compare));
        Ok(same)
    }

    /// Whether any version holds the same.
    fn was_before(&self, key: &ResourceKey, new: &Resource) -> Result<bool, Error> {
        for (_, row) in self.store.versions(key)? {
            if self.same_at(row, new)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn patients_at(&self, row: u64) -> Result<Vec<PatientId>, Error> {
        let mut patients = Vec::new();
        drop(self.store.read(row)?.sift(&self.keys, |sealed| {
            patients = sealed.patients;
            None::<()>
        }));
        Ok(patients)
    }
}
