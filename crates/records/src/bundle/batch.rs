//! A batch: each entry by itself (FHIR R4, http 3.1.0.11.1).

use std::collections::HashSet;

use ward_core::ResourceKey;
use ward_fhir::Bundle;

use super::{
    links::dangling,
    step::{Action, Step, within_entry},
};
use crate::{
    Door, EntryOutcome, Error,
    write::{Author, Change, fits, new_key},
};

/// A batch as it is worked off.
struct Work<'d> {
    door: &'d Door<'d>,
    outcomes: Vec<Option<EntryOutcome>>,
    /// Changes that are committed together: no two of the same resource.
    changes: Vec<Change>,
    keys: HashSet<ResourceKey>,
}

impl Door<'_> {
    pub(super) async fn batch(&self, bundle: Bundle<'_>) -> Vec<EntryOutcome> {
        let author = Author::Account(self);
        let outcomes = bundle.entries.iter().map(|_| None).collect();
        let mut work = Work {
            door: self,
            outcomes,
            changes: Vec::new(),
            keys: HashSet::new(),
        };
        let mut reads = Vec::new();
        for (index, entry) in bundle.entries.into_iter().enumerate() {
            let step = entry
                .map_err(|issue| Error::Invalid(vec![issue]))
                .and_then(|entry| Step::of(&author, &entry).map_err(|error| error.within(index)));
            match step {
                Err(error) => work.put(index, EntryOutcome::Failed(error)),
                Ok(Step {
                    action: action @ (Action::Read { .. } | Action::Search(_)),
                    ..
                }) => {
                    reads.push((index, action));
                }
                Ok(Step { action, .. }) => {
                    if let Err(error) = work.change(index, action).await {
                        work.put(index, EntryOutcome::Failed(error.within(index)));
                    }
                }
            }
        }
        work.commit().await;
        for (index, action) in reads {
            let outcome = self.read_entry(action).await;
            work.put(index, outcome.unwrap_or_else(EntryOutcome::Failed));
        }
        let missing = || EntryOutcome::Failed(Error::Conflict);
        work.outcomes
            .into_iter()
            .map(|outcome| outcome.unwrap_or_else(missing))
            .collect()
    }

    async fn read_entry(&self, action: Action) -> Result<EntryOutcome, Error> {
        Ok(match action {
            Action::Read { key, version: None } => EntryOutcome::Read(self.read(&key).await?),
            Action::Read {
                key,
                version: Some(version),
            } => EntryOutcome::Read(self.vread(&key, version).await?),
            Action::Search(search) => EntryOutcome::Searched(self.search(&search).await?),
            _ => return Err(Error::Conflict),
        })
    }
}

impl Work<'_> {
    fn put(&mut self, index: usize, outcome: EntryOutcome) {
        if let Some(place) = self.outcomes.get_mut(index) {
            *place = Some(outcome);
        }
    }

    async fn change(&mut self, index: usize, action: Action) -> Result<(), Error> {
        let author = Author::Account(self.door);
        let change = match action {
            Action::Create {
                resource,
                condition: None,
            } => {
                let key = new_key(&*self.door.records.random, resource.resource_type())?;
                Change::put(key, accepted(&author, resource)?, None)
            }
            Action::Create {
                resource,
                condition: Some(condition),
            } => {
                let resource = accepted(&author, resource)?;
                let written = self.door.create_where(resource, &condition).await?;
                self.put(index, EntryOutcome::Written(written));
                return Ok(());
            }
            Action::Update {
                key,
                resource,
                if_match,
            } => {
                fits(&key, &resource)?;
                Change::put(key, accepted(&author, resource)?, if_match)
            }
            Action::Delete { key, if_match } => Change::delete(key, if_match),
            Action::Read { .. } | Action::Search(_) => return Ok(()),
        };
        if !self.keys.insert(change.key.clone()) {
            self.commit().await;
            self.keys.insert(change.key.clone());
        }
        self.changes.push(Change { index, ..change });
        Ok(())
    }

    /// Commits what has gathered.
    async fn commit(&mut self) {
        let changes = std::mem::take(&mut self.changes);
        self.keys.clear();
        match Author::Account(self.door).write_each(&changes).await {
            Ok(outcomes) => {
                for (change, outcome) in changes.iter().zip(outcomes) {
                    let outcome = outcome.map(|written| change.outcome(written));
                    self.put(change.index, outcome.unwrap_or_else(EntryOutcome::Failed));
                }
            }
            Err(error) => self.fail(&changes, error),
        }
    }

    /// None of them was written, for a reason that is nobody's own: it is told once in full.
    fn fail(&mut self, changes: &[Change], error: Error) {
        let mut error = Some(error);
        for change in changes {
            let error = error.take().unwrap_or(Error::Conflict);
            self.put(change.index, EntryOutcome::Failed(error));
        }
    }
}

fn accepted(
    author: &Author<'_>,
    resource: ward_fhir::Resource,
) -> Result<ward_fhir::Resource, Error> {
    let issues = dangling(&resource);
    if issues.is_empty() {
        author.accept(resource)
    } else {
        Err(Error::Invalid(issues))
    }
}

impl Error {
    /// The same, its issues with their places in the bundle.
    fn within(self, index: usize) -> Self {
        match self {
            Self::Invalid(issues) => Self::Invalid(within_entry(index, issues).collect()),
            other => other,
        }
    }
}
