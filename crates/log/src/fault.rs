//! What is wrong with a log, and where it begins.

/// The first entry found not to be as it was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("entry {seq}: {fault}; all before entry {signed} are as they were signed")]
pub struct FirstBad {
    /// Which entry.
    pub seq: u64,
    /// What is wrong with it.
    pub fault: Fault,
    /// Every entry before this one is as it was signed: a checkpoint that fits speaks for them.
    /// Those from here up to `seq` show nothing wrong, but somebody who rewrites an entry together
    /// with its leaf leaves nothing to show before the next checkpoint.
    pub signed: u64,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is not there, though what follows it, or a checkpoint, is.
    #[error("missing")]
    Missing,
    /// Its bytes are not those of its leaf, or it stands in another's place.
    #[error("edited or moved")]
    Edited,
    /// It comes again, after what follows it.
    #[error("out of order")]
    OutOfOrder,
    /// It, or another one before `until`, was rewritten together with its leaf: a signed checkpoint
    /// of the first `until` entries does not fit them. Which one can't be told.
    #[error("it, or another before {until}, was rewritten, removed or put in")]
    Rewritten {
        /// The size of the checkpoint that does not fit.
        until: u64,
    },
    /// The checkpoint that should stand after the first `until` entries is not one that this log's
    /// key signed for this place; so nothing signed speaks for the entries since the one before.
    #[error("the checkpoint after {until} is forged")]
    CheckpointForged {
        /// Where the checkpoint was found.
        until: u64,
    },
    /// No checkpoint follows it: it was put in, or the checkpoint was removed.
    #[error("no checkpoint follows it")]
    Unsigned,
    /// The log ends before it, though it was seen to hold `remembered` entries.
    #[error("the log ends here, but held {remembered} entries")]
    Truncated {
        /// The number of entries that it was seen to hold.
        remembered: u64,
    },
}

/// Why a checkpoint seen before was not found in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotHeld {
    /// It was not compared: the check is past it.
    #[error(
        "a checkpoint of {size} entries can't be compared by a check that is at entry {at}: begin at entry 0"
    )]
    Passed {
        /// The entries that the checkpoint speaks for.
        size: u64,
        /// Where the check is.
        at: u64,
    },
    /// It does not fit the log.
    #[error(transparent)]
    Bad(#[from] FirstBad),
}
