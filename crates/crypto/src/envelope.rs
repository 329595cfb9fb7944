//! The one form of everything sealed.
//!
//! ```text
//! format (1) | key id (4, big-endian) | nonce (12) | ciphertext | tag (16)
//! ```
//!
//! AES-256-GCM-SIV (RFC 8452): a restored backup or a rolled-back machine may repeat its randomness,
//! and a repeated nonce then tells only whether two plaintexts are equal. The associated data is
//! `format | key id | parts of the place`, each part after its length.

use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};
use ward_core::{KeyId, Random};

use crate::{CryptoError, bytes::join, derive::certain};

const FORMAT: u8 = 1;
const HEADER: usize = 1 + 4;
const NONCE: usize = 12;
const TAG: usize = 16;

/// Seals `plain` so that it opens only with the same key, key id and place.
pub(crate) fn seal(
    key: &LessSafeKey,
    id: KeyId,
    place: &[&[u8]],
    plain: &[u8],
    random: &dyn Random,
) -> Vec<u8> {
    let mut nonce = [0; NONCE];
    random.fill(&mut nonce);
    let [a, b, c, d] = id.0.to_be_bytes();
    let header = [FORMAT, a, b, c, d];
    let mut bytes = Vec::with_capacity(HEADER + NONCE + plain.len() + TAG);
    bytes.extend_from_slice(&header);
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(plain);
    let (_, text) = bytes.split_at_mut(HEADER + NONCE);
    let aad = Aad::from(associated(header, place));
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = certain(key.seal_in_place_separate_tag(nonce, aad, text));
    bytes.extend_from_slice(tag.as_ref());
    bytes
}

/// An envelope, read but not opened.
pub(crate) struct Envelope<'a> {
    header: [u8; HEADER],
    nonce: [u8; NONCE],
    text: &'a [u8],
    tag: &'a [u8; TAG],
}

impl<'a> Envelope<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, CryptoError> {
        match bytes.first() {
            Some(&FORMAT) => Self::split(bytes).ok_or(CryptoError::Refused),
            Some(&other) => Err(CryptoError::UnknownFormat(other)),
            None => Err(CryptoError::Refused),
        }
    }

    fn split(bytes: &'a [u8]) -> Option<Self> {
        let (header, rest) = bytes.split_first_chunk()?;
        let (nonce, rest) = rest.split_first_chunk()?;
        let (text, tag) = rest.split_last_chunk()?;
        Some(Self {
            header: *header,
            nonce: *nonce,
            text,
            tag,
        })
    }

    /// The key that it says sealed it.
    pub(crate) const fn key_id(&self) -> KeyId {
        let [_, id @ ..] = self.header;
        KeyId(u32::from_be_bytes(id))
    }

    pub(crate) fn open(&self, key: &LessSafeKey, place: &[&[u8]]) -> Result<Vec<u8>, CryptoError> {
        let mut plain = vec![0; self.text.len()];
        let aad = Aad::from(associated(self.header, place));
        let nonce = Nonce::assume_unique_for_key(self.nonce);
        key.open_separate_gather(nonce, aad, self.text, self.tag, &mut plain)
            .map_err(|_| CryptoError::Refused)?;
        Ok(plain)
    }
}

fn associated(header: [u8; HEADER], place: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    bytes.extend_from_slice(&header);
    join(&mut bytes, place);
    bytes
}
