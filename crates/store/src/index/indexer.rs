//! From entries to changes of the view.

use std::collections::HashMap;

use ward_core::{Random, Timestamp};
use ward_crypto::{OrganisationKeys, Token};

use super::{
    key,
    value::{self, Head, Indexed},
};
use crate::{
    RelationRow, StoreError, tokens,
    view::{Changes, Snapshot, View},
};

/// Gathers the changes of consecutive entries. It sees its own changes: an entry finds what the
/// one before it made, though neither is in the view yet.
pub(crate) struct Indexer<'a> {
    keys: &'a OrganisationKeys,
    random: &'a dyn Random,
    view: &'a dyn View,
    /// Taken when it is first needed: disclosures need none.
    snapshot: Option<Box<dyn Snapshot + 'a>>,
    resources: HashMap<Token, Resource>,
    /// Counts of failed sign-ins, as they are with these changes.
    failures: HashMap<Vec<u8>, u64>,
    changes: Changes,
}

/// What is known of one resource.
#[derive(Default)]
struct Resource {
    head: Option<Head>,
    indexed: Indexed,
}

/// A write, as the view keeps it.
pub(crate) struct WriteRow<'a> {
    pub(crate) row: u64,
    pub(crate) resource: Token,
    pub(crate) version: u64,
    pub(crate) time: Timestamp,
    pub(crate) deleted: bool,
    pub(crate) subjects: Vec<Token>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) relations: &'a [RelationRow],
}

impl<'a> Indexer<'a> {
    pub(crate) fn new(
        keys: &'a OrganisationKeys,
        random: &'a dyn Random,
        view: &'a dyn View,
    ) -> Self {
        Self {
            keys,
            random,
            view,
            snapshot: None,
            resources: HashMap::new(),
            failures: HashMap::new(),
            changes: Changes::default(),
        }
    }

    /// The newest version of a resource; afterwards it can be written.
    pub(crate) fn load(&mut self, resource: &Token) -> Result<Option<&Head>, StoreError> {
        if !self.resources.contains_key(resource) {
            let snapshot = match self.snapshot.take() {
                Some(snapshot) => snapshot,
                None => self.view.snapshot()?,
            };
            let loaded = stored(&*snapshot, resource)?;
            self.snapshot = Some(snapshot);
            self.resources.insert(*resource, loaded);
        }
        Ok(self
            .resources
            .get(resource)
            .and_then(|loaded| loaded.head.as_ref()))
    }

    /// A new version takes the place of the one before it in every index.
    pub(crate) fn write(&mut self, mut write: WriteRow<'_>) {
        write.tokens.sort_unstable();
        write.tokens.dedup();
        let old = self.resources.remove(&write.resource).unwrap_or_default();
        self.forget(&old);
        for token in &write.tokens {
            self.changes.put(key::posting(token, write.row), Vec::new());
        }
        let relations = self.relate(write.relations);
        let indexed = Indexed {
            tokens: write.tokens,
            relations,
        };
        if !write.deleted {
            self.changes
                .put(key::indexed(&write.resource), indexed.to_bytes());
        } else if old.head.is_some() {
            self.changes.delete(key::indexed(&write.resource));
        }
        let row = write.row.to_be_bytes().to_vec();
        self.changes
            .put(key::version(&write.resource, write.version), row);
        let head = Head {
            row: write.row,
            version: write.version,
            time: write.time,
            deleted: write.deleted,
            subjects: write.subjects,
        };
        self.changes
            .put(key::head(&write.resource), head.to_bytes());
        self.resources.insert(
            write.resource,
            Resource {
                head: Some(head),
                indexed,
            },
        );
    }

    fn forget(&mut self, old: &Resource) {
        let Some(head) = &old.head else { return };
        for token in &old.indexed.tokens {
            self.changes.delete(key::posting(token, head.row));
        }
        for [member, subject, mark] in &old.indexed.relations {
            self.changes.delete(key::relation(member, subject, mark));
            self.changes
                .delete(key::relation_of_subject(subject, member, mark));
        }
    }

    fn relate(&mut self, relations: &[RelationRow]) -> Vec<[Token; 3]> {
        let mut related = Vec::with_capacity(relations.len());
        for (index, relation) in relations.iter().enumerate() {
            let RelationRow {
                member,
                subject,
                source,
                ..
            } = relation;
            let mark = tokens::relation(self.keys, source, index);
            let plain = value::relation_to_bytes(relation);
            let sealed = self.keys.seal_state(RELATION, &plain, self.random);
            self.changes
                .put(key::relation(member, subject, &mark), sealed);
            self.changes
                .put(key::relation_of_subject(subject, member, &mark), Vec::new());
            related.push([*member, *subject, mark]);
        }
        related
    }

    pub(crate) fn state(&mut self, kind: &Token, state: &Token, row: Option<u64>) {
        let key = key::state(kind, state);
        match row {
            Some(row) => self.changes.put(key, row.to_be_bytes().to_vec()),
            None => self.changes.delete(key),
        }
    }

    pub(crate) fn disclosure(&mut self, row: u64, account: Option<&Token>, subjects: &[Token]) {
        if let Some(account) = account {
            self.changes.put(key::by_account(account, row), Vec::new());
        }
        for subject in subjects {
            self.changes.put(key::by_subject(subject, row), Vec::new());
        }
    }

    /// How many sign-ins failed for a reason in an hour; afterwards one more can be counted. What
    /// was counted before must be in the view, or in these changes.
    pub(crate) fn load_failures(&mut self, at: Timestamp, reason: u8) -> Result<(), StoreError> {
        let key = key::failures(hour(at), reason);
        if !self.failures.contains_key(&key) {
            let before = self.view.snapshot()?.get(&key)?;
            let before = count_from_bytes(before.as_deref())?;
            self.failures.insert(key, before);
        }
        Ok(())
    }

    pub(crate) fn failure(&mut self, at: Timestamp, reason: u8) {
        let key = key::failures(hour(at), reason);
        *self.failures.entry(key).or_default() += 1;
    }

    pub(crate) fn into_changes(mut self) -> Changes {
        for (key, count) in self.failures.into_iter().filter(|(_, count)| *count > 0) {
            self.changes.put(key, count.to_be_bytes().to_vec());
        }
        self.changes
    }
}

/// Hours since 1970.
pub(crate) fn hour(time: Timestamp) -> u64 {
    u64::try_from(time.as_seconds().div_euclid(3600)).unwrap_or(0)
}

/// A count of the view; none counts as 0.
pub(crate) fn count_from_bytes(bytes: Option<&[u8]>) -> Result<u64, StoreError> {
    let count = bytes.map_or(Ok([0; 8]), TryInto::try_into);
    count
        .map(u64::from_be_bytes)
        .map_err(|_| StoreError::Corrupt("a count of the view is no number"))
}

fn stored(snapshot: &dyn Snapshot, resource: &Token) -> Result<Resource, StoreError> {
    let Some(head) = snapshot.get(&key::head(resource))? else {
        return Ok(Resource::default());
    };
    let head = Head::from_bytes(&head)?;
    let mut indexed = Indexed::default();
    if !head.deleted {
        let bytes = snapshot.get(&key::indexed(resource))?;
        indexed = Indexed::from_bytes(&bytes.unwrap_or_default())?;
    }
    Ok(Resource {
        head: Some(head),
        indexed,
    })
}

/// Sealed relationships are bound to this name.
pub(crate) const RELATION: &str = "view/relation";
