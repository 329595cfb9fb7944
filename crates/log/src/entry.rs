//! One entry, and its bytes.

use minicbor::{Decode, Encode};
use ward_core::{RequestId, Timestamp};

use crate::{Actor, Event, LogError, codec};

/// Something that happened, at its place in the log. It is stored sealed.
///
/// Bytes: `format (1) | CBOR array of the fields by number`. Within format 1, fields and variants
/// are only ever added: an older entry lacks them, and an older reader skips fields it doesn't know.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Entry {
    /// Its place, from 0: the index of its leaf in the tree.
    #[n(0)]
    pub seq: u64,
    /// When it was committed.
    #[cbor(n(1), with = "codec::one")]
    pub time: Timestamp,
    /// In which request.
    #[cbor(n(2), with = "codec::maybe", has_nil)]
    pub request: Option<RequestId>,
    /// By whom; none, where nobody was signed in, or the server did it itself.
    #[n(3)]
    pub actor: Option<Actor>,
    /// What.
    #[n(4)]
    pub event: Event,
}

const FORMAT: u8 = 1;

impl Entry {
    /// Its bytes, to be sealed.
    #[expect(clippy::missing_panics_doc, reason = "a vector takes every byte")]
    #[expect(clippy::expect_used, reason = "a vector takes every byte")]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.size_hint());
        bytes.push(FORMAT);
        minicbor::encode(self, &mut bytes).expect("a vector takes every byte");
        bytes
    }

    /// Reads what [`Entry::encode`] wrote, in this or an earlier version of Ward.
    ///
    /// # Errors
    /// [`LogError`], whatever the bytes; it never panics, and takes memory by what is there, not by
    /// what is announced.
    pub fn decode(bytes: &[u8]) -> Result<Self, LogError> {
        let (format, rest) = bytes.split_first().ok_or(LogError::Malformed("entry"))?;
        if *format != FORMAT {
            return Err(LogError::UnknownFormat(*format));
        }
        let mut decoder = minicbor::Decoder::new(rest);
        let entry = decoder.decode().map_err(|_| LogError::Malformed("entry"))?;
        if decoder.position() == rest.len() {
            Ok(entry)
        } else {
            Err(LogError::Malformed("entry"))
        }
    }

    fn size_hint(&self) -> usize {
        let content = match &self.event {
            Event::Write { body, patients, .. } => body.len() + 64 * patients.len(),
            Event::Disclosure { items, .. } => 128 * items.len(),
            Event::State { value, .. } => value.as_ref().map_or(0, Vec::len),
            _ => 0,
        };
        content + 256
    }
}
