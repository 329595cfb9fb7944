//! What a person of an organisation states, signed with the key of its log: a report that others
//! can hold the organisation to.

use ward_core::{AccountId, Timestamp};

use crate::{LogError, VerifierKey, note};

/// The first line. No checkpoint begins so: its first line is the log's name, its second a number.
const HEADING: &str = "ward statement v1";

/// A statement, as a signed note of six lines: the heading, the origin of the log, what it is
/// about, who states it, when, and a text of one line.
///
/// The signature says that this account stated it there and then, with its proof; not that it is
/// so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Which log's key signs: `ward/` and the organisation's code.
    pub origin: String,
    /// What it is about, in one word or two.
    pub about: String,
    /// Who states it.
    pub by: AccountId,
    /// When, to the millisecond.
    pub at: Timestamp,
    /// What is stated: one line.
    pub text: String,
}

impl Statement {
    /// The statement as a note signed by the key that `key` verifies.
    ///
    /// # Errors
    /// [`LogError::Malformed`], where a line of it would be two.
    pub fn sign(
        &self,
        key: &VerifierKey,
        sign: impl FnOnce(&[u8]) -> [u8; 64],
    ) -> Result<String, LogError> {
        let lines = [&self.origin, &self.about, &self.text];
        if lines
            .iter()
            .any(|line| line.is_empty() || line.chars().any(char::is_control))
        {
            return Err(LogError::Malformed("statement"));
        }
        let Self {
            origin,
            about,
            by,
            at,
            text,
        } = self;
        let text = format!("{HEADING}\n{origin}\n{about}\n{by}\n{at}\n{text}\n");
        Ok(note::sign(&text, key, sign))
    }

    /// Reads a note that one of `keys` signed.
    ///
    /// # Errors
    /// [`LogError`], where the note is no statement of that log, or none of the keys, or not
    /// rightly, signed it.
    pub fn verify(note: &str, keys: &[VerifierKey]) -> Result<Self, LogError> {
        let statement = Self::parse(note::open(note, keys)?);
        statement
            .filter(|one| keys.iter().any(|key| key.name() == one.origin))
            .ok_or(LogError::Malformed("statement"))
    }

    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.strip_suffix('\n')?.split('\n').collect();
        let [HEADING, origin, about, by, at, text] = lines.as_slice() else {
            return None;
        };
        Some(Self {
            origin: (*origin).to_owned(),
            about: (*about).to_owned(),
            by: by.parse().ok()?,
            at: at.parse().ok()?,
            text: (*text).to_owned(),
        })
    }
}
