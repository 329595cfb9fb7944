//! The writer's thread.

use std::{
    collections::VecDeque,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use super::{
    Answer, Commit, Message,
    group::{Group, Parts},
    queue::Taken,
};
use crate::{
    Committed, Rebuilt, StoreError, catch_up, compare,
    index::{Indexer, key, value::Position},
    limits,
    log_file::Appender,
    shared::{LogHead, Shared},
    view::Changes,
};

/// Index rows of disclosures wait this long at most, to be applied together.
const PATIENCE: Duration = Duration::from_millis(100);

/// Everything that changes the log and the view of one organisation.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    log: Appender,
    /// Changes of durable entries that nobody waits to see in the view.
    waiting: Changes,
    /// A commit of the log failed.
    refusing: bool,
}

impl Writer {
    pub(crate) fn new(shared: Arc<Shared>, log: Appender) -> Self {
        Self {
            shared,
            log,
            waiting: Changes::default(),
            refusing: false,
        }
    }

    /// Serves until the queue is closed.
    pub(crate) fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        // However the thread ends, nobody is left waiting for it.
        let _ended = Ended(&shared);
        loop {
            let patience = (!self.waiting.is_empty()).then_some(PATIENCE);
            match shared.queue.take(patience) {
                Taken::Some(messages) => self.serve(messages),
                Taken::Nothing => self.flush(),
                Taken::Closed => break,
            }
        }
        self.flush();
        // The last connection copies the write-ahead log into the file, if it may write: the log
        // of a closed organisation is one file.
        shared.log.close();
    }

    fn serve(&mut self, messages: VecDeque<Message>) {
        let mut commits = VecDeque::with_capacity(messages.len());
        let (mut salts, mut others) = (Vec::new(), Vec::new());
        for message in messages {
            match message {
                Message::Commit(commit) => commits.push_back(commit),
                Message::Salts { subjects, answer } => salts.push((subjects, answer)),
                other => others.push(other),
            }
        }
        self.make_salts(salts);
        while !commits.is_empty() {
            self.commit(&mut commits);
        }
        for other in others {
            match other {
                Message::Flush { answer } => {
                    self.flush();
                    let _ = answer.send(Ok(()));
                }
                Message::Rebuild {
                    mut progress,
                    answer,
                } => {
                    let _ = answer.send(self.rebuild(&mut *progress));
                }
                Message::Repair => {
                    self.mend();
                }
                Message::Commit(_) | Message::Salts { .. } => {}
            }
        }
    }

    fn make_salts(&self, asked: Vec<(Vec<ward_crypto::Token>, Answer<()>)>) {
        if asked.is_empty() {
            return;
        }
        let all: Vec<_> = asked
            .iter()
            .flat_map(|(subjects, _)| subjects)
            .copied()
            .collect();
        let made = self.shared.salts.ensure(&all, &*self.shared.random);
        if let Err(error) = &made {
            self.report(error, "salts could not be made");
        }
        for (_, answer) in asked {
            // The cause is in the server's log, once.
            let result = if made.is_ok() {
                Ok(())
            } else {
                Err(StoreError::Salts(
                    "the cause is in the log of the server".into(),
                ))
            };
            let _ = answer.send(result);
        }
    }

    /// Commits as many batches as fit a group.
    fn commit(&mut self, commits: &mut VecDeque<Commit>) {
        if self.refusing {
            return refuse(commits, || StoreError::Refusing);
        }
        if !self.mend() {
            return refuse(commits, || StoreError::Rebuilding);
        }
        let shared = Arc::clone(&self.shared);
        let Ok(generation) = shared.generation() else {
            return;
        };
        let Ok(view) = generation.view() else { return };
        let indexer = Indexer::new(&shared.keys, &*shared.random, view);
        let mut group = Group::new(&shared, indexer, self.log.size());
        if let Err(error) = fill(&mut group, commits) {
            // Nothing of the batch at the front is done: it comes again when the view is mended.
            shared.report_broken(&error);
        }
        if group.entries.is_empty() {
            return tell(group.refused);
        }
        if let Err(error) = self.log.append(&group.entries, group.time) {
            self.report(
                &error,
                "a commit of the log failed: no more is written until it is reopened",
            );
            self.refusing = true;
            for (answer, _) in group.waiting {
                let _ = answer.send(Err(StoreError::Refusing));
            }
            return tell(group.refused);
        }
        self.publish(group.into_parts());
    }

    /// The entries are durable: shows them in the view, where somebody waits for that, and answers.
    fn publish(&mut self, parts: Parts) {
        let note = self.log.note().map(Arc::from);
        *self.shared.head.write() = LogHead {
            size: self.log.size(),
            note,
        };
        self.waiting.append(parts.changes);
        if parts.serves {
            self.flush();
        }
        for (answer, committed) in parts.waiting {
            let _ = answer.send(Ok(committed));
        }
        tell(parts.refused);
        if self.waiting.len() > limits::WAITING_ROWS {
            self.flush();
        }
    }

    /// Applies to the view what waits. Where that fails the view is broken; reads are refused
    /// before anybody is answered, so that nobody reads what was true before their write.
    fn flush(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let mut changes = std::mem::take(&mut self.waiting);
        changes.put(key::position(), self.position().to_bytes());
        let applied = self
            .shared
            .generation()
            .and_then(|generation| generation.view().and_then(|view| view.apply(changes)));
        if let Err(error) = applied {
            self.shared.report_broken(&error);
        }
    }

    /// Builds a broken view anew; whether there is a whole one now.
    fn mend(&mut self) -> bool {
        if !self.shared.broken.load(Ordering::Acquire) {
            return true;
        }
        self.waiting = Changes::default();
        match catch_up::build(&self.shared, self.position(), &mut |_, _| {}) {
            Ok(whole) => {
                self.replace(whole);
                true
            }
            Err(error) => {
                self.report(&error, "the view could not be built");
                false
            }
        }
    }

    fn rebuild(&mut self, progress: catch_up::Progress<'_>) -> Result<Rebuilt, StoreError> {
        self.flush();
        let build = catch_up::build(&self.shared, self.position(), progress)?;
        // Reads of a broken view are refused, and so it is not compared.
        let old = self.shared.generation().ok();
        let same = match &old {
            Some(old) => compare::same(&self.shared.keys, old.view()?, build.view()?).ok(),
            None => None,
        };
        self.replace(build);
        Ok(Rebuilt {
            entries: self.log.size(),
            same,
        })
    }

    fn replace(&self, build: Arc<crate::generation::Generation>) {
        let old = self.shared.view.write().replace(build);
        self.shared.broken.store(false, Ordering::Release);
        if let Some(old) = old {
            old.retire();
        }
    }

    fn position(&self) -> Position {
        match self.log.leaf() {
            Some(leaf) => Position {
                applied: self.log.size(),
                leaf,
            },
            None => Position::START,
        }
    }

    fn report(&self, error: &StoreError, what: &str) {
        let error = error as &dyn std::error::Error;
        tracing::error!(organisation = %self.shared.keys.ods(), error, "{what}");
    }
}

/// Takes batches until the group is full. One that does not fit does not hold up the others; it is
/// answered after them, so that who looks again sees what it did not fit on. An error is of the
/// view, and the batch that met it is at the front again.
fn fill(group: &mut Group<'_>, commits: &mut VecDeque<Commit>) -> Result<(), StoreError> {
    while group.waiting.len() < limits::GROUP_BATCHES && group.bytes < limits::GROUP_BYTES {
        let Some(commit) = commits.pop_front() else {
            break;
        };
        match group.check(&commit.prepared) {
            Ok(()) => group.add(commit),
            Err(error @ (StoreError::View(_) | StoreError::Corrupt(_))) => {
                commits.push_front(commit);
                return Err(error);
            }
            Err(error) => group.refused.push((commit.answer, error)),
        }
    }
    Ok(())
}

fn tell(refused: Vec<(Answer<Committed>, StoreError)>) {
    for (answer, error) in refused {
        let _ = answer.send(Err(error));
    }
}

fn refuse(commits: &mut VecDeque<Commit>, error: impl Fn() -> StoreError) {
    for commit in commits.drain(..) {
        let _ = commit.answer.send(Err(error()));
    }
}

/// Closes the queue when the writer's thread ends, even by a panic.
struct Ended<'a>(&'a Shared);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.queue.close();
        self.0.queue.clear();
    }
}
