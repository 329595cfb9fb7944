//! read, vread and history of one resource (FHIR R4, http 3.1.0.1, 3.1.0.2, 3.1.0.13).

use ward_access::{Action, Grant, History as HistoryAction, Read, Refused, Relationship, Target};
use ward_core::ResourceKey;
use ward_crypto::{Binding, Token};
use ward_log::{Interaction, RefusalReason, WriteMethod};
use ward_store::{Located, SealedVersion, Undisclosed};

use crate::{Door, Error, Search, Version, Versions, limits, records::Organisation, search::Place};

/// What a link of [`Door::history`] has for a type: no resource type, so that it pages nothing else.
const VERSIONS: &str = "$versions";

fn versions_of(key: &ResourceKey) -> Search {
    Search {
        resource_type: VERSIONS.to_owned(),
        pairs: vec![(key.resource_type().to_owned(), key.id().to_owned())],
    }
}

impl Door<'_> {
    /// The current version of a resource.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none, or the account may not read it; [`Error::Gone`].
    pub async fn read(&self, key: &ResourceKey) -> Result<Version, Error> {
        let (grant, located) = self.granted::<Read>(key).await?;
        let version = self.fetch(&grant, located.seq)?;
        let Some(version) = self.lets_through_version::<Read>(&located.subjects, version)? else {
            return self
                .hide::<_, Read>(key, RefusalReason::OutsideScopes)
                .await;
        };
        let version = self.disclose(grant, Interaction::Read, version).await?;
        version.unless_deleted()
    }

    /// A version of a resource.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none, or the account may not read it, as it was or as it
    /// is; [`Error::Gone`] for a version that is a delete.
    pub async fn vread(&self, key: &ResourceKey, version: u64) -> Result<Version, Error> {
        let (grant, _) = self.granted::<Read>(key).await?;
        let Some(sealed) = self.own.store.read_version(key, version)? else {
            return self.hide::<_, Read>(key, RefusalReason::Unknown).await;
        };
        let Some(found) = self.sift::<Read>(sealed)? else {
            return self
                .hide::<_, Read>(key, RefusalReason::NoRelationship)
                .await;
        };
        let version = self.disclose(grant, Interaction::Vread, found).await?;
        version.unless_deleted()
    }

    /// The versions of a resource, newest first, deletes included. Versions that were in the record
    /// of a patient with whom the account has no relationship are left out. With `link`, those after
    /// the page that gave it as [`Versions::next`]; `count` at most.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none, or the account may not read it; [`Error::BadLink`].
    pub async fn history(
        &self,
        key: &ResourceKey,
        link: Option<&str>,
        count: usize,
    ) -> Result<Versions, Error> {
        let before = link
            .map(|link| self.open_history_link(key, link))
            .transpose()?;
        let (grant, _) = self.granted::<HistoryAction>(key).await?;
        let rows = self.own.store.versions(key)?;
        let older = rows
            .into_iter()
            .rev()
            .filter(|(version, _)| before.is_none_or(|before| *version < before));
        let (mut versions, mut bytes, mut last, mut next) = (Vec::new(), 0, None, None);
        for (place, (version, row)) in older.enumerate() {
            if place == count.min(limits::HISTORY) || bytes > limits::PAGE_BYTES {
                next = last.map(|last| self.history_link(key, last));
                break;
            }
            last = Some(version);
            let version = self.sift::<HistoryAction>(self.own.store.read(row)?)?;
            versions.extend(version.map(|version| {
                version.open(&self.own.keys, |version| {
                    bytes += version.body.len();
                    version
                })
            }));
        }
        let versions = Undisclosed::gather(versions).open(&self.own.keys, |versions| Versions {
            total: (before.is_none() && next.is_none()).then_some(versions.len()),
            versions,
            next,
        });
        self.disclose(grant, Interaction::History, versions).await
    }

    fn history_link(&self, key: &ResourceKey, last: u64) -> String {
        self.seal_link(&versions_of(key), Place::After(last))
    }

    fn open_history_link(&self, key: &ResourceKey, link: &str) -> Result<u64, Error> {
        let link = self.open_link(link)?;
        match link.place {
            Place::After(last) if link.search == versions_of(key) => Ok(last),
            _ => Err(Error::BadLink),
        }
    }

    /// Locates a resource and asks for the grant; for what is unknown, it asks all the same, so
    /// that both answers cost alike.
    pub(crate) async fn granted<A: Action>(
        &self,
        key: &ResourceKey,
    ) -> Result<(Grant<A>, Located), Error> {
        let located = self.own.store.locate(key)?;
        let nobody = [self.own.keys.token("nobody", &[])];
        let subjects = located
            .as_ref()
            .map_or(&nobody[..], |located| &located.subjects);
        let decision = self.decide_about::<A>(key, subjects)?;
        match (located, decision) {
            (None, _) => self.hide::<_, A>(key, RefusalReason::Unknown).await,
            (Some(_), Err(Refused { reason })) => self.hide::<_, A>(key, reason).await,
            (Some(located), Ok(grant)) => Ok((grant, located)),
        }
    }

    /// Asks for a grant on a resource that is in the records of these patients.
    pub(crate) fn decide_about<A: Action>(
        &self,
        key: &ResourceKey,
        subjects: &[Token],
    ) -> Result<Result<Grant<A>, Refused>, Error> {
        let relationships: Vec<Option<Relationship>> = self.relationships(subjects)?;
        let target = Target::resource(self.own.keys.ods(), key).about(&relationships);
        let decision = self.decide::<A>(&target);
        Ok(decision.and_then(|grant| {
            self.check_subjects::<A>(key.resource_type(), subjects)?;
            Ok(grant)
        }))
    }

    /// Reads and opens the version at a row.
    pub(crate) fn fetch<A: Action>(
        &self,
        grant: &Grant<A>,
        row: u64,
    ) -> Result<Undisclosed<Version>, Error> {
        debug_assert_eq!(grant.organisation(), self.own.keys.ods());
        let version = self.own.store.read(row)?;
        version.try_open(&self.own.keys, |sealed| {
            let version = self.own.open(sealed)?;
            self.budget.give(version.body.len())?;
            Ok(version)
        })
    }

    /// Opens a version if the account may have it, by the patients whom this version names: those
    /// of another version may be others.
    fn sift<A: Action>(
        &self,
        sealed: Undisclosed<SealedVersion>,
    ) -> Result<Option<Undisclosed<Version>>, Error> {
        let mut failed = Ok(());
        let mut subjects = Vec::new();
        let found = sealed.sift(&self.own.keys, |sealed| {
            subjects = self.own.subjects(&sealed.patients);
            let opened = self
                .decide_about::<A>(&sealed.resource, &subjects)
                .and_then(|decision| decision.ok().map(|_| self.own.open(sealed)).transpose())
                .and_then(|version| {
                    let bytes = version.as_ref().map_or(0, |version| version.body.len());
                    self.budget.give(bytes).map(|()| version)
                });
            opened.unwrap_or_else(|error| {
                failed = Err(error);
                None
            })
        });
        failed?;
        found.map_or(Ok(None), |found| {
            self.lets_through_version::<A>(&subjects, found)
        })
    }
}

impl Organisation {
    /// Opens a sealed version with its patient's key.
    pub(crate) fn open(&self, sealed: SealedVersion) -> Result<Version, Error> {
        let SealedVersion {
            resource: key,
            version,
            time,
            method,
            patients,
            body,
        } = sealed;
        let body = if method == WriteMethod::Delete {
            body
        } else {
            let subject = self.subject_key(&patients)?.ok_or(Error::Unreadable)?;
            let binding = Binding {
                resource: &key,
                version,
            };
            self.keys
                .open_body(&subject, &binding, &body)
                .map_err(|_| Error::Unreadable)?
        };
        Ok(Version {
            key,
            version,
            last_updated: time,
            method,
            body,
        })
    }
}
