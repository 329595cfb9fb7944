//! Signed notes (C2SP signed-note v1): a text, and who signed it.

use std::{fmt, str::FromStr};

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use data_encoding::{BASE64, HEXLOWER};

use crate::{Hash, LogError};

const ED25519_TYPE: u8 = 1;
const SIGNATURE_MARK: &str = "\u{2014} ";
/// A checkpoint is 200 bytes and a cosignature 150: this leaves room for a hundred witnesses.
const NOTE_BYTES: usize = 64 * 1024;

/// A public key that verifies notes, and the name it signs under. Written as a C2SP `vkey`:
/// `name+key id+key`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    public: [u8; 32],
}

impl VerifierKey {
    /// The Ed25519 key of a signer.
    ///
    /// # Errors
    /// [`LogError::Malformed`], where the name is empty, or has a space, a control character or `+`.
    pub fn new(name: &str, public: [u8; 32]) -> Result<Self, LogError> {
        let fits = |part: char| !part.is_whitespace() && !part.is_control() && part != '+';
        if name.is_empty() || !name.chars().all(fits) {
            return Err(LogError::Malformed("key name"));
        }
        let named = [name.as_bytes(), b"\n", &[ED25519_TYPE], &public].concat();
        let [a, b, c, d, ..] = Hash::of(&named).0;
        Ok(Self {
            name: name.into(),
            id: [a, b, c, d],
            public,
        })
    }

    /// The name it signs under.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn fits(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public)
            .verify(text.as_bytes(), signature)
            .is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519_TYPE], self.public.as_slice()].concat();
        write!(
            f,
            "{}+{}+{}",
            self.name,
            HEXLOWER.encode(&self.id),
            BASE64.encode(&key)
        )
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifierKey {
    type Err = LogError;

    fn from_str(text: &str) -> Result<Self, LogError> {
        const MALFORMED: LogError = LogError::Malformed("verifier key");
        let mut parts = text.splitn(3, '+');
        let mut next = || parts.next().ok_or(MALFORMED);
        let (name, id, key) = (next()?, next()?, next()?);
        let key = BASE64.decode(key.as_bytes()).map_err(|_| MALFORMED)?;
        let [ED25519_TYPE, public @ ..] = key.as_slice() else {
            return Err(MALFORMED);
        };
        let key = Self::new(name, public.try_into().map_err(|_| MALFORMED)?)?;
        if HEXLOWER.encode(&key.id) == id {
            Ok(key)
        } else {
            Err(MALFORMED)
        }
    }
}

/// Signs a text, which ends in a newline, under the name of `key`.
pub(crate) fn sign(text: &str, key: &VerifierKey, sign: impl FnOnce(&[u8]) -> [u8; 64]) -> String {
    let signature = [key.id.as_slice(), &sign(text.as_bytes())].concat();
    format!(
        "{text}\n{SIGNATURE_MARK}{} {}\n",
        key.name,
        BASE64.encode(&signature)
    )
}

/// The text of a note that at least one of `keys` signed. A signature of another key is passed over:
/// witnesses add theirs.
pub(crate) fn open<'a>(note: &'a str, keys: &[VerifierKey]) -> Result<&'a str, LogError> {
    const MALFORMED: LogError = LogError::Malformed("note");
    if note.len() > NOTE_BYTES || note.contains(|c: char| c.is_ascii_control() && c != '\n') {
        return Err(MALFORMED);
    }
    let end = note.rfind("\n\n").ok_or(MALFORMED)?;
    let (text, signatures) = note.split_at_checked(end + 1).ok_or(MALFORMED)?;
    let lines = signatures
        .strip_prefix('\n')
        .and_then(|it| it.strip_suffix('\n'));
    let mut signed = false;
    for line in lines.ok_or(MALFORMED)?.split('\n') {
        let line = line.strip_prefix(SIGNATURE_MARK).ok_or(MALFORMED)?;
        let (name, signature) = line.split_once(' ').ok_or(MALFORMED)?;
        let signature = BASE64.decode(signature.as_bytes()).map_err(|_| MALFORMED)?;
        let (id, signature) = signature.split_first_chunk().ok_or(MALFORMED)?;
        if let Some(key) = keys.iter().find(|key| key.name == name && key.id == *id) {
            if !key.fits(text, signature) {
                return Err(LogError::BadSignature);
            }
            signed = true;
        }
    }
    if signed {
        Ok(text)
    } else {
        Err(LogError::Unsigned)
    }
}
