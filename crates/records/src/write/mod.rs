//! create, update, delete (FHIR R4, http 3.1.0.4 to 3.1.0.8).

mod author;
mod change;
mod seal;
mod turns;

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use ward_core::{Random, ResourceKey, Timestamp};
use ward_crypto::Token;
use ward_fhir::{Issue, IssueCode, Resource, Severity, rewrite_references, validate};
use ward_store::{Batch, Operation, StoreError};

pub(crate) use author::Author;
pub(crate) use change::{Again, Change, Ground, Kind};
pub(crate) use turns::Turns;

use crate::{Door, Error, Version, Written, limits, search::Condition};

impl Door<'_> {
    /// Creates a resource under an id of the server's choice. With `if_none_exist`, the parameters
    /// of a search, it is created only where nothing matches; what matches is returned instead
    /// (FHIR R4, http 3.1.0.8.1).
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::TooLarge`], [`Error::Refused`]; [`Error::MultipleMatches`]
    /// where more than one resource matches.
    pub async fn create(
        &self,
        resource: Resource,
        if_none_exist: Option<&[(String, String)]>,
    ) -> Result<Written, Error> {
        let author = Author::Account(self);
        let resource = author.accept(resource)?;
        let Some(pairs) = if_none_exist else {
            return self.create_new(resource).await;
        };
        let condition = author.condition(resource.resource_type(), pairs)?;
        self.create_where(resource, &condition).await
    }

    pub(crate) async fn create_where(
        &self,
        resource: Resource,
        condition: &Condition,
    ) -> Result<Written, Error> {
        let _held = self.own.conditions.hold([condition.mark]).await;
        let met = Author::Account(self).met(condition).await?;
        match met.and_then(|met| met.version) {
            Some(version) => Ok(Written {
                version,
                created: false,
                unchanged: true,
            }),
            None => self.create_new(resource).await,
        }
    }

    async fn create_new(&self, resource: Resource) -> Result<Written, Error> {
        let key = new_key(&*self.records.random, resource.resource_type())?;
        self.write_one(Change::put(key, resource, None))
            .await?
            .ok_or(Error::Conflict)
    }

    /// Gives a resource a new version, or creates it under the client's id. `if_match` is the
    /// version that has to be the current one.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::TooLarge`], [`Error::Refused`], [`Error::PreconditionFailed`].
    pub async fn update(
        &self,
        key: &ResourceKey,
        resource: Resource,
        if_match: Option<u64>,
    ) -> Result<Written, Error> {
        fits(key, &resource)?;
        let resource = Author::Account(self).accept(resource)?;
        let change = Change::put(key.clone(), resource, if_match);
        self.write_one(change).await?.ok_or(Error::Conflict)
    }

    /// Ends a resource: its versions stay in its history. The version that says so; none where it
    /// was ended before.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none, or the account may not end it;
    /// [`Error::PreconditionFailed`].
    pub async fn delete(
        &self,
        key: &ResourceKey,
        if_match: Option<u64>,
    ) -> Result<Option<u64>, Error> {
        let written = self
            .write_one(Change::delete(key.clone(), if_match))
            .await?;
        Ok(written.map(|written| written.version.version))
    }

    async fn write_one(&self, change: Change) -> Result<Option<Written>, Error> {
        let mut written = Author::Account(self).write(&[change]).await;
        if let Err(Error::Entry { error, .. }) = written {
            written = Err(*error);
        }
        Ok(written?.pop().flatten())
    }
}

/// What becomes of the others where one change can't be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Together {
    /// None is made.
    All,
    /// They are made all the same.
    Each,
}

/// What became of one change: what was written, or nothing for a delete of what is deleted.
pub(crate) type Outcome = Result<Option<Written>, Error>;

impl Author<'_> {
    /// Makes all changes in one commit, or none. An error of one change is an [`Error::Entry`] with
    /// its [`Change::index`].
    pub(crate) async fn write(&self, changes: &[Change]) -> Result<Vec<Option<Written>>, Error> {
        self.commit(changes, Together::All)
            .await?
            .into_iter()
            .collect()
    }

    /// Makes each change that can be made, all of them in one commit.
    pub(crate) async fn write_each(&self, changes: &[Change]) -> Result<Vec<Outcome>, Error> {
        self.commit(changes, Together::Each).await
    }

    async fn commit(&self, changes: &[Change], together: Together) -> Result<Vec<Outcome>, Error> {
        let mut turn = None;
        for _ in 0..limits::RETRIES {
            let now = whole_milliseconds(self.records().clock.now());
            let mut grounds = Vec::with_capacity(changes.len());
            for (place, change) in changes.iter().enumerate() {
                if place % limits::AT_A_TIME == limits::AT_A_TIME - 1 {
                    tokio::task::yield_now().await;
                }
                match change.ground(self, now).await {
                    Err(error) if together == Together::All => return Err(error.at(change.index)),
                    ground => grounds.push(ground),
                }
            }
            let (operations, mut outcomes) = self.seal(grounds, now).await?;
            if together == Together::All
                && let Some(place) = outcomes.iter().position(Result::is_err)
            {
                let index = changes.get(place).map_or(0, |change| change.index);
                outcomes
                    .swap_remove(place)
                    .map_err(|error| error.at(index))?;
            }
            if operations.is_empty() {
                return Ok(outcomes);
            }
            let (request, actor) = (self.request(), self.actor());
            let batch = Batch {
                request,
                actor,
                time: Some(now),
                operations,
            };
            match self.own().store.commit(batch).await {
                Ok(_) => return Ok(outcomes),
                // Somebody was quicker: everything is looked at again, the right to do it included,
                // and in turn with others who met the same.
                Err(StoreError::Conflict { .. }) => {
                    if turn.is_none() {
                        turn = Some(self.own().contended.hold(self.marks(changes)).await);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Conflict)
    }

    /// What names the resources that are changed, where several change them at once.
    fn marks(&self, changes: &[Change]) -> Vec<Token> {
        let keys = &self.own().keys;
        let mark = |change: &Change| {
            let (of_type, id) = (change.key.resource_type(), change.key.id());
            keys.token("contended", &[of_type.as_bytes(), id.as_bytes()])
        };
        changes.iter().map(mark).collect()
    }

    async fn seal(
        &self,
        grounds: Vec<Result<Ground, Error>>,
        now: Timestamp,
    ) -> Result<(Vec<Operation>, Vec<Outcome>), Error> {
        let subjects: BTreeSet<_> = grounds.iter().flatten().flat_map(Ground::salted).collect();
        let subjects: Vec<_> = subjects.into_iter().copied().collect();
        self.own().store.ensure_salts(&subjects).await?;
        let (mut operations, mut outcomes) = (Vec::new(), Vec::with_capacity(grounds.len()));
        for ground in grounds {
            let outcome = ground.and_then(|ground| {
                let (write, written) = ground.seal(self.own(), &*self.records().random, now)?;
                operations.extend(write.map(Operation::Write));
                Ok(written)
            });
            outcomes.push(outcome);
        }
        Ok((operations, outcomes))
    }
}

impl Written {
    pub(crate) fn new(version: Version, created: bool) -> Self {
        Self {
            version,
            created,
            unchanged: false,
        }
    }
}

/// Refuses what may not be stored, with all that is wrong with it.
fn check(resource: &Resource) -> Result<(), Error> {
    if resource.json().len() > ward_core::limits::RESOURCE_BYTES {
        return Err(Error::TooLarge);
    }
    let issues = validate(resource);
    if issues.iter().any(is_error) {
        Err(Error::Invalid(issues))
    } else {
        Ok(())
    }
}

impl Author<'_> {
    /// A resource as it may be stored: valid, and with the references that name this server by its
    /// URL made relative, so that they say whose record it is.
    pub(crate) fn accept(&self, resource: Resource) -> Result<Resource, Error> {
        let base = self.records().base_of(self.own().keys.ods());
        let resource = if resource.json().contains(&base) {
            rewrite_references(&resource, |link| {
                link.strip_prefix(&base)?
                    .strip_prefix('/')
                    .map(ToOwned::to_owned)
            })
        } else {
            resource
        };
        check(&resource)?;
        Ok(resource)
    }
}

fn is_error(issue: &Issue) -> bool {
    matches!(issue.severity, Severity::Fatal | Severity::Error)
}

/// Refuses a body that names another resource than the URL does.
pub(crate) fn fits(key: &ResourceKey, resource: &Resource) -> Result<(), Error> {
    let resource_type = resource.resource_type();
    if resource_type != key.resource_type() {
        let what = "the resource is of another type than the URL names";
        return Err(Error::invalid(IssueCode::Invariant, "resourceType", what));
    }
    if resource.id() != Some(key.id()) {
        let what = "the resource must have the id that the URL names";
        return Err(Error::invalid(
            IssueCode::Invariant,
            format!("{resource_type}.id"),
            what,
        ));
    }
    Ok(())
}

/// A key of the server's choice: 128 random bits, as a UUID of version 4.
pub(crate) fn new_key(random: &dyn Random, resource_type: &str) -> Result<ResourceKey, Error> {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut id = HEXLOWER.encode(&bytes);
    for place in [20, 16, 12, 8] {
        id.insert(place, '-');
    }
    ResourceKey::new(resource_type, &id)
        .map_err(|_| Error::invalid(IssueCode::NotSupported, "resourceType", "no such type"))
}

/// `meta.lastUpdated` has milliseconds; the entry in the log says the same time.
fn whole_milliseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_micros(time.as_micros().div_euclid(1_000) * 1_000)
}
