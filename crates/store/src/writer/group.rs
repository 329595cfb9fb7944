//! The batches of one commit.

use ward_core::Timestamp;
use ward_crypto::Token;
use ward_log::{Entry, Event, WriteMethod};

use super::{
    Answer, Commit, Prepared,
    prepared::{PreparedOperation, Rows, WriteRows},
};
use crate::{
    Committed, Expect, StoreError,
    index::{Indexer, WriteRow},
    log_file::Sealed,
    shared::Shared,
};

/// Entries sealed for the next places of the log, and who waits for them.
pub(super) struct Group<'a> {
    shared: &'a Shared,
    indexer: Indexer<'a>,
    next: u64,
    pub(super) time: Timestamp,
    pub(super) bytes: usize,
    pub(super) entries: Vec<Sealed>,
    pub(super) waiting: Vec<(Answer<Committed>, Committed)>,
    /// Batches that did not fit on top of those before them.
    pub(super) refused: Vec<(Answer<Committed>, StoreError)>,
    /// Whether somebody waits for the view to hold something.
    pub(super) serves: bool,
}

impl<'a> Group<'a> {
    pub(super) fn new(shared: &'a Shared, indexer: Indexer<'a>, next: u64) -> Self {
        Self {
            shared,
            indexer,
            next,
            time: shared.clock.now(),
            bytes: 0,
            entries: Vec::new(),
            waiting: Vec::new(),
            refused: Vec::new(),
            serves: false,
        }
    }

    /// Whether the batch can be written on top of those before it. Nothing is changed.
    pub(super) fn check(&mut self, prepared: &Prepared) -> Result<(), StoreError> {
        let time = prepared.time.unwrap_or(self.time);
        for operation in &prepared.operations {
            if let Rows::Failure { reason } = &operation.rows {
                self.indexer.load_failures(time, *reason)?;
            }
            let (
                Rows::Write(rows),
                Event::Write {
                    resource,
                    version,
                    method,
                    ..
                },
            ) = (&operation.rows, &operation.event)
            else {
                continue;
            };
            let head = self.indexer.load(&rows.resource)?;
            let current = head.map(|head| head.version);
            let live = head.filter(|head| !head.deleted).map(|head| head.version);
            let expected = match rows.expect {
                Expect::Absent => live.is_none(),
                Expect::Version(version) => live == Some(version),
                Expect::Any => true,
            };
            let fits = expected
                && current.unwrap_or(0).checked_add(1) == Some(*version)
                && (*method != WriteMethod::Delete || live.is_some());
            if !fits {
                return Err(StoreError::Conflict {
                    resource: resource.clone(),
                    current,
                });
            }
        }
        Ok(())
    }

    /// Takes a batch that was checked.
    pub(super) fn add(&mut self, commit: Commit) {
        let Commit {
            prepared,
            answer,
            room,
        } = commit;
        let first_seq = self.next;
        let time = prepared.time.unwrap_or(self.time);
        self.bytes += prepared.bytes;
        for operation in prepared.operations {
            let PreparedOperation { event, rows } = operation;
            self.index(&event, rows, prepared.account.as_ref(), time);
            let (request, actor) = (prepared.request, prepared.actor.clone());
            self.seal(&Entry {
                seq: self.next,
                time,
                request,
                actor,
                event,
            });
        }
        self.waiting.push((answer, Committed { first_seq, time }));
        // The group's own limits bound what is held from here on.
        drop(room);
    }

    fn seal(&mut self, entry: &Entry) {
        let sealed = self
            .shared
            .keys
            .seal_entry(&entry.encode(), &*self.shared.random);
        self.entries.push(Sealed::new(entry.seq, sealed));
        self.next += 1;
    }

    fn index(&mut self, event: &Event, rows: Rows, account: Option<&Token>, time: Timestamp) {
        let row = self.next;
        match (rows, event) {
            (
                Rows::Write(rows),
                Event::Write {
                    version, method, ..
                },
            ) => {
                let WriteRows {
                    resource,
                    subjects,
                    tokens,
                    relations,
                    ..
                } = *rows;
                self.serves = true;
                self.indexer.write(WriteRow {
                    row,
                    resource,
                    version: *version,
                    time,
                    deleted: *method == WriteMethod::Delete,
                    subjects,
                    tokens,
                    relations: &relations,
                });
            }
            (Rows::Disclosure { subjects }, _) => {
                self.indexer.disclosure(row, account, &subjects);
            }
            (
                Rows::State {
                    kind,
                    state,
                    removed,
                },
                _,
            ) => {
                self.serves = true;
                self.indexer.state(&kind, &state, (!removed).then_some(row));
            }
            (Rows::Failure { reason }, _) => {
                // What is counted next looks in the view for what was counted before.
                self.serves = true;
                self.indexer.failure(time, reason);
            }
            (Rows::None | Rows::Write(_), _) => {}
        }
    }

    pub(super) fn into_parts(self) -> Parts {
        Parts {
            changes: self.indexer.into_changes(),
            waiting: self.waiting,
            refused: self.refused,
            serves: self.serves,
        }
    }
}

/// What is left to do when the entries are durable.
pub(super) struct Parts {
    pub(super) changes: crate::view::Changes,
    pub(super) waiting: Vec<(Answer<Committed>, Committed)>,
    pub(super) refused: Vec<(Answer<Committed>, StoreError)>,
    pub(super) serves: bool,
}
