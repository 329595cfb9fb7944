//! The shares of a quorum: what each operator keeps.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE32_NOPAD;
use ward_core::Secret;
use zeroize::Zeroizing;

use crate::{
    CryptoError,
    derive::{KeyBytes, first},
};

/// One operator's share of a root key. Fewer than the quorum tell nothing of the key.
pub struct Share {
    /// Of which quorum.
    pub(crate) quorum: [u8; 4],
    /// How many are needed.
    pub(crate) needed: u8,
    /// Its place on the polynomials (Shamir 1979): from 1.
    pub(crate) index: u8,
    /// The value of each byte's polynomial there.
    pub(crate) value: KeyBytes,
}

const FORMAT: u8 = 1;
const PREFIX: &str = "WARD";
const CHECK: usize = 3;
/// Groups of five letters are read aloud and typed with few mistakes.
const GROUP: usize = 5;

impl Share {
    /// Which of the shares it is, from 1.
    pub const fn index(&self) -> u8 {
        self.index
    }

    /// How many are needed.
    pub const fn needed(&self) -> u8 {
        self.needed
    }

    /// The share as one line to print or keep: `WARD-` and base32 in groups of five, with a checksum.
    pub fn to_text(&self) -> Secret<String> {
        let head = [
            &[FORMAT],
            self.quorum.as_slice(),
            &[self.needed, self.index],
        ]
        .concat();
        let bytes = Zeroizing::new([head.as_slice(), self.value.as_slice()].concat());
        let whole = Zeroizing::new([bytes.as_slice(), &checksum(&bytes)].concat());
        let letters = Zeroizing::new(BASE32_NOPAD.encode(&whole));
        let mut text = String::with_capacity(letters.len() * 2);
        text.push_str(PREFIX);
        for (place, letter) in letters.chars().enumerate() {
            if place % GROUP == 0 {
                text.push('-');
            }
            text.push(letter);
        }
        Secret::new(text)
    }

    /// Reads [`Share::to_text`]. Case, spaces and dashes don't matter.
    ///
    /// # Errors
    /// [`CryptoError::Malformed`], where a letter is wrong or missing.
    pub fn parse(text: &str) -> Result<Self, CryptoError> {
        Self::read(text).ok_or(CryptoError::Malformed("share"))
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() > 1024 {
            return None;
        }
        let letters = text
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '-');
        let letters: Zeroizing<String> =
            Zeroizing::new(letters.map(|letter| letter.to_ascii_uppercase()).collect());
        let letters = letters.strip_prefix(PREFIX)?;
        let whole = Zeroizing::new(BASE32_NOPAD.decode(letters.as_bytes()).ok()?);
        let (bytes, check) = whole.split_last_chunk::<CHECK>()?;
        let ([FORMAT, a, b, c, d, needed, index], value) = bytes.split_first_chunk()? else {
            return None;
        };
        let value = Zeroizing::new(value.try_into().ok()?);
        let fits = *check == checksum(bytes) && *index > 0;
        fits.then_some(Self {
            quorum: [*a, *b, *c, *d],
            needed: *needed,
            index: *index,
            value,
        })
    }
}

fn checksum(bytes: &[u8]) -> [u8; CHECK] {
    first(digest(&SHA256, bytes).as_ref())
}
