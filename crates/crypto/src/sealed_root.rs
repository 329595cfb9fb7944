//! The root key at rest.

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::LessSafeKey;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use ward_core::{KeyId, Random};
use zeroize::Zeroizing;

use crate::{
    CryptoError, RootKey, Share,
    base64::Base64,
    derive::{KeyBytes, sealing_key},
    envelope::{self, Envelope},
    quorum,
};

/// The root key as it is kept: the content of `root.key`.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedRoot(Form);

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Form {
    Unsealed { key: Base64 },
    Passphrase(ByPassphrase),
    Quorum(ByQuorum),
}

#[derive(Clone, Serialize, Deserialize)]
struct ByPassphrase {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: Base64,
    sealed: Base64,
}

#[derive(Clone, Serialize, Deserialize)]
struct ByQuorum {
    needed: u8,
    shares: u8,
    id: Base64,
    sealed: Base64,
}

/// What opens a root key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnlockedBy {
    /// Nothing: it lies open. For demonstrations.
    Nothing,
    /// A passphrase.
    Passphrase,
    /// Enough operators' shares.
    Quorum {
        /// How many shares open it.
        needed: u8,
        /// How many there are.
        shares: u8,
    },
}

/// What somebody gives to open a root key.
#[derive(Clone, Copy)]
pub enum Unlock<'a> {
    /// Nothing.
    Nothing,
    /// A passphrase.
    Passphrase(&'a str),
    /// Shares, in any order; more than needed do no harm.
    Shares(&'a [Share]),
}

const NO_ID: KeyId = KeyId(0);
const PASSPHRASE_CHARACTERS: usize = 16;
/// RFC 9106 4, second recommended option: 64 MiB, 3 passes, 4 lanes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;
/// A hostile file can't make opening it take more than 1 GiB.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 16;

impl SealedRoot {
    /// Not sealed at all: whoever reads the file has the key. For demonstrations; say so.
    pub fn unsealed(root: &RootKey) -> Self {
        Self(Form::Unsealed {
            key: Base64::new(*root.as_bytes()),
        })
    }

    /// Sealed under a passphrase (Argon2id, RFC 9106).
    ///
    /// # Errors
    /// [`CryptoError::PassphraseTooShort`].
    pub fn with_passphrase(
        root: &RootKey,
        passphrase: &str,
        random: &dyn Random,
    ) -> Result<Self, CryptoError> {
        if passphrase.chars().count() < PASSPHRASE_CHARACTERS {
            return Err(CryptoError::PassphraseTooShort);
        }
        let mut salt = [0; 16];
        random.fill(&mut salt);
        let mut form = ByPassphrase {
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt: Base64::new(salt),
            sealed: Base64::new([]),
        };
        let key = form.key(passphrase)?;
        let sealed =
            form.in_place(|place| envelope::seal(&key, NO_ID, place, root.as_bytes(), random));
        form.sealed = Base64::new(sealed);
        Ok(Self(Form::Passphrase(form)))
    }

    /// Sealed so that any `needed` of `shares` operators open it (Shamir 1979).
    ///
    /// # Errors
    /// [`CryptoError::BadQuorum`].
    pub fn quorum(
        root: &RootKey,
        needed: u8,
        shares: u8,
        random: &dyn Random,
    ) -> Result<(Self, Vec<Share>), CryptoError> {
        let (key, id, dealt) = quorum::deal(needed, shares, random)?;
        let id = Base64::new(id);
        let mut form = ByQuorum {
            needed,
            shares,
            id,
            sealed: Base64::new([]),
        };
        let sealed = form.in_place(|place| {
            envelope::seal(&sealing_key(&key), NO_ID, place, root.as_bytes(), random)
        });
        form.sealed = Base64::new(sealed);
        Ok((Self(Form::Quorum(form)), dealt))
    }

    /// What opens it.
    pub const fn unlocked_by(&self) -> UnlockedBy {
        match &self.0 {
            Form::Unsealed { .. } => UnlockedBy::Nothing,
            Form::Passphrase(_) => UnlockedBy::Passphrase,
            Form::Quorum(ByQuorum { needed, shares, .. }) => UnlockedBy::Quorum {
                needed: *needed,
                shares: *shares,
            },
        }
    }

    /// Opens it.
    ///
    /// # Errors
    /// [`CryptoError`], where what is given is not what opens it, or the file was altered.
    pub fn open(&self, unlock: Unlock<'_>) -> Result<RootKey, CryptoError> {
        match (&self.0, unlock) {
            (Form::Unsealed { key }, Unlock::Nothing) => RootKey::from_bytes(&key.0),
            (Form::Passphrase(form), Unlock::Passphrase(passphrase)) => {
                let key = form.key(passphrase)?;
                let opened =
                    form.in_place(|place| Envelope::read(&form.sealed.0)?.open(&key, place));
                root(opened.map_err(|_| CryptoError::WrongPassphrase)?)
            }
            (Form::Quorum(form), Unlock::Shares(shares)) => {
                let key = quorum::recover(form.needed, &form.id.0, shares)?;
                let key = sealing_key(&key);
                root(form.in_place(|place| Envelope::read(&form.sealed.0)?.open(&key, place))?)
            }
            _ => Err(CryptoError::WrongUnlock),
        }
    }
}

fn root(opened: Vec<u8>) -> Result<RootKey, CryptoError> {
    RootKey::from_bytes(&Zeroizing::new(opened))
}

impl ByPassphrase {
    /// The cost and the salt are sealed in: a file with a lower cost does not open.
    fn in_place<R>(&self, with: impl FnOnce(&[&[u8]]) -> R) -> R {
        let [memory, passes, lanes] =
            [self.memory_kib, self.passes, self.lanes].map(u32::to_be_bytes);
        with(&[
            b"root by passphrase",
            &memory,
            &passes,
            &lanes,
            &self.salt.0,
        ])
    }

    fn key(&self, passphrase: &str) -> Result<LessSafeKey, CryptoError> {
        const MALFORMED: CryptoError = CryptoError::Malformed("root key");
        let bounded = self.memory_kib <= MOST_MEMORY_KIB
            && self.passes <= MOST_PASSES
            && self.lanes <= MOST_LANES;
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32));
        let params = params.ok().filter(|_| bounded).ok_or(MALFORMED)?;
        // One passphrase has several spellings in Unicode, and keyboards differ in which they send.
        let passphrase: Zeroizing<String> = Zeroizing::new(passphrase.nfkc().collect());
        let mut key: KeyBytes = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &self.salt.0, key.as_mut_slice())
            .map_err(|_| MALFORMED)?;
        Ok(sealing_key(&key))
    }
}

impl ByQuorum {
    fn in_place<R>(&self, with: impl FnOnce(&[&[u8]]) -> R) -> R {
        with(&[b"root by quorum", &[self.needed, self.shares], &self.id.0])
    }
}
