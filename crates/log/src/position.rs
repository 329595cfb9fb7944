//! How far a log has been verified.

use crate::{LogError, Tree};

/// A checkpoint that was verified, and enough of the tree to go on from there. Whoever verifies keeps
/// it, apart from the log: it is what finds a log that was cut short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedPosition {
    pub(crate) origin: String,
    pub(crate) tree: Tree,
}

const FORMAT: u8 = 1;

impl VerifiedPosition {
    /// Which log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The tree of the entries verified.
    pub const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// `format (1) | length of origin (1) | origin | tree`.
    ///
    /// # Errors
    /// [`LogError::Malformed`], where the origin is longer than 255 bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LogError> {
        let length = u8::try_from(self.origin.len()).map_err(|_| LogError::Malformed("origin"))?;
        Ok([
            &[FORMAT, length],
            self.origin.as_bytes(),
            &self.tree.to_bytes(),
        ]
        .concat())
    }

    /// Reads what [`VerifiedPosition::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`LogError`], whatever the bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LogError> {
        const MALFORMED: LogError = LogError::Malformed("verified position");
        let ([format, length], rest) = bytes.split_first_chunk().ok_or(MALFORMED)?;
        if *format != FORMAT {
            return Err(LogError::UnknownFormat(*format));
        }
        let (origin, tree) = rest
            .split_at_checked(usize::from(*length))
            .ok_or(MALFORMED)?;
        let origin = str::from_utf8(origin).map_err(|_| MALFORMED)?.into();
        Ok(Self {
            origin,
            tree: Tree::from_bytes(tree)?,
        })
    }
}
