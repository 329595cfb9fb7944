//! The one writer of an organisation: group commit, then the view, then the answers.

mod group;
mod prepared;
mod queue;
mod run;

use tokio::sync::oneshot;
use ward_crypto::Token;

use crate::{Committed, Rebuilt, StoreError};

pub(crate) use prepared::Prepared;
pub(crate) use queue::{Queue, Room};
pub(crate) use run::Writer;

/// Where an answer goes. Nobody may be waiting for it any more.
pub(crate) type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What the writer is asked for.
pub(crate) enum Message {
    /// To write a batch.
    Commit(Commit),
    /// To make salts.
    Salts {
        subjects: Vec<Token>,
        answer: Answer<()>,
    },
    /// To apply to the view what still waits.
    Flush { answer: Answer<()> },
    /// To build the view anew.
    Rebuild {
        progress: Box<dyn FnMut(u64, u64) + Send>,
        answer: Answer<Rebuilt>,
    },
    /// To build the view anew because it is broken.
    Repair,
}

/// A batch that waits to be written.
pub(crate) struct Commit {
    pub(crate) prepared: Prepared,
    pub(crate) answer: Answer<Committed>,
    /// Held until a group takes the batch, so that what waits stays bounded.
    pub(crate) room: Room,
}
