//! Signed heads of the log (C2SP tlog-checkpoint).

use data_encoding::BASE64;
use ward_core::Timestamp;

use crate::{Hash, LogError, VerifierKey, note};

/// The head of a log at one moment.
///
/// As text: the origin, the size, the root in base64, and one extension line `time` with a FHIR
/// `instant`, each on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: `ward/` and the organisation's code.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the tree of that many leaves.
    pub root: Hash,
    /// When it was signed, to the millisecond; none in a checkpoint of another signer.
    pub time: Option<Timestamp>,
}

const TIME: &str = "time ";

impl Checkpoint {
    /// The checkpoint as a note signed by the key that `key` verifies.
    pub fn sign(&self, key: &VerifierKey, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> String {
        note::sign(&self.text(), key, sign)
    }

    /// Reads a note that one of `keys` signed. Other signatures and other extension lines are passed
    /// over.
    ///
    /// # Errors
    /// [`LogError`], where the note cannot be read, or none of the keys, or not rightly, signed it.
    pub fn verify(note: &str, keys: &[VerifierKey]) -> Result<Self, LogError> {
        Self::parse(note::open(note, keys)?).ok_or(LogError::Malformed("checkpoint"))
    }

    fn text(&self) -> String {
        let root = BASE64.encode(&self.root.0);
        let time = self
            .time
            .map(|time| format!("{TIME}{time}\n"))
            .unwrap_or_default();
        format!("{}\n{}\n{root}\n{time}", self.origin, self.size)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let origin = lines.next().filter(|origin| !origin.is_empty())?;
        let digits = lines.next()?;
        let size: u64 = digits.parse().ok()?;
        let root = BASE64
            .decode(lines.next()?.as_bytes())
            .ok()?
            .try_into()
            .ok()?;
        let mut time = None;
        for extension in lines {
            if extension.is_empty() {
                return None;
            }
            if let Some(instant) = extension.strip_prefix(TIME) {
                time = Some(instant.parse().ok()?);
            }
        }
        // One size has one spelling: no sign, no leading zero.
        (size.to_string() == digits).then(|| Self {
            origin: origin.into(),
            size,
            root: Hash(root),
            time,
        })
    }
}
