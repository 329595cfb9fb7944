//! The root key, which wraps every organisation's keys.

use aws_lc_rs::{aead::LessSafeKey, hkdf::Prk, hmac};
use ward_core::{KeyId, Ods, Random, Secret};
use zeroize::Zeroizing;

use crate::{
    CryptoError, OrganisationKeys, WrappedOrganisationKeys,
    base64::Base64,
    bytes::{join, joined},
    derive::{KeyBytes, expand, extract, fresh, sealing_key},
    envelope::{self, Envelope},
    organisation::KeySet,
    wrapped::{MAX_KEYS, WrappedKey},
};

/// The key above all others. It is at rest only as a [`SealedRoot`](crate::SealedRoot).
pub struct RootKey(Secret<[u8; 32]>);

/// The root key has no id: it wraps, and what it wraps names its own.
const NO_ID: KeyId = KeyId(0);

impl RootKey {
    /// A new one.
    pub fn generate(random: &dyn Random) -> Self {
        Self(Secret::new(*fresh(random)))
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, CryptoError> {
        let bytes = bytes
            .try_into()
            .map_err(|_| CryptoError::Malformed("root key"))?;
        Ok(Self(Secret::new(bytes)))
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// The first key of a new organisation, wrapped.
    pub fn new_organisation(&self, ods: &Ods, random: &dyn Random) -> WrappedOrganisationKeys {
        let first = KeyId(1);
        let keys = vec![self.wrap(ods, first, &fresh(random), random)];
        self.checked(ods, first, first, keys)
    }

    /// An organisation's keys, ready for use.
    ///
    /// # Errors
    /// [`CryptoError::ForeignKeys`], where another root key wrapped them, or anything was altered.
    pub fn unwrap(
        &self,
        wrapped: &WrappedOrganisationKeys,
    ) -> Result<OrganisationKeys, CryptoError> {
        self.check(wrapped)?;
        let keys = wrapped.keys.iter();
        let sets = keys.map(|key| {
            let bytes = self.open(wrapped, key)?;
            KeySet::new(&wrapped.ods, key.id, &bytes)
        });
        let sets = sets.collect::<Result<_, _>>()?;
        OrganisationKeys::new(&wrapped.ods, sets, wrapped.current, wrapped.tokens)
            .ok_or(CryptoError::ForeignKeys)
    }

    /// The same keys with a new one added, which seals from now on. What the earlier ones sealed
    /// still opens, and tokens stay what they are.
    ///
    /// # Errors
    /// [`CryptoError::ForeignKeys`]; [`CryptoError::TooManyKeys`].
    pub fn add_key(
        &self,
        wrapped: &WrappedOrganisationKeys,
        random: &dyn Random,
    ) -> Result<WrappedOrganisationKeys, CryptoError> {
        self.check(wrapped)?;
        let mut keys = wrapped.keys.clone();
        let last = keys.last().map_or(0, |key| key.id.0);
        let id = last
            .checked_add(1)
            .map(KeyId)
            .filter(|_| keys.len() < MAX_KEYS);
        let id = id.ok_or(CryptoError::TooManyKeys(MAX_KEYS))?;
        keys.push(self.wrap(&wrapped.ods, id, &fresh(random), random));
        Ok(self.checked(&wrapped.ods, id, wrapped.tokens, keys))
    }

    /// The same keys, wrapped by another root key: nothing that they sealed changes.
    ///
    /// # Errors
    /// [`CryptoError::ForeignKeys`], where this is not the root key that wraps them now.
    pub fn rewrap(
        &self,
        wrapped: &WrappedOrganisationKeys,
        new: &Self,
        random: &dyn Random,
    ) -> Result<WrappedOrganisationKeys, CryptoError> {
        self.check(wrapped)?;
        let ods = &wrapped.ods;
        let keys = wrapped.keys.iter().map(|key| {
            let bytes = self.open(wrapped, key)?;
            Ok(new.wrap(ods, key.id, &bytes, random))
        });
        let keys = keys.collect::<Result<_, CryptoError>>()?;
        Ok(new.checked(ods, wrapped.current, wrapped.tokens, keys))
    }

    fn wrap(&self, ods: &Ods, id: KeyId, key: &[u8; 32], random: &dyn Random) -> WrappedKey {
        let id_bytes = id.0.to_be_bytes();
        let place = place(ods, &id_bytes);
        let sealed = envelope::seal(&self.wrapping_key(), NO_ID, &place, key, random);
        WrappedKey {
            id,
            wrapped: Base64::new(sealed),
        }
    }

    fn open(
        &self,
        wrapped: &WrappedOrganisationKeys,
        key: &WrappedKey,
    ) -> Result<KeyBytes, CryptoError> {
        let id = key.id.0.to_be_bytes();
        let place = place(&wrapped.ods, &id);
        let opened = Envelope::read(&key.wrapped.0)
            .and_then(|envelope| envelope.open(&self.wrapping_key(), &place));
        let opened = opened
            .map(Zeroizing::new)
            .map_err(|_| CryptoError::ForeignKeys)?;
        let bytes = opened
            .as_slice()
            .try_into()
            .map_err(|_| CryptoError::ForeignKeys)?;
        Ok(Zeroizing::new(bytes))
    }

    fn checked(
        &self,
        ods: &Ods,
        current: KeyId,
        tokens: KeyId,
        keys: Vec<WrappedKey>,
    ) -> WrappedOrganisationKeys {
        let check = Base64::new([]);
        let mut wrapped = WrappedOrganisationKeys {
            ods: ods.clone(),
            current,
            tokens,
            check,
            keys,
        };
        let tag = hmac::sign(&self.checking_key(), &checked_bytes(&wrapped));
        wrapped.check = Base64::new(tag.as_ref());
        wrapped
    }

    fn check(&self, wrapped: &WrappedOrganisationKeys) -> Result<(), CryptoError> {
        if wrapped.keys.len() > MAX_KEYS {
            return Err(CryptoError::TooManyKeys(MAX_KEYS));
        }
        hmac::verify(
            &self.checking_key(),
            &checked_bytes(wrapped),
            &wrapped.check.0,
        )
        .map_err(|_| CryptoError::ForeignKeys)
    }

    fn derived(&self) -> Prk {
        extract(b"ward root key 1", self.as_bytes())
    }

    fn wrapping_key(&self) -> LessSafeKey {
        sealing_key(&expand(&self.derived(), &[b"wrap"]))
    }

    fn checking_key(&self) -> hmac::Key {
        hmac::Key::new(
            hmac::HMAC_SHA256,
            expand(&self.derived(), &[b"check"]).as_slice(),
        )
    }
}

fn place<'a>(ods: &'a Ods, id: &'a [u8; 4]) -> [&'a [u8]; 3] {
    [b"organisation key", ods.as_str().as_bytes(), id]
}

fn checked_bytes(wrapped: &WrappedOrganisationKeys) -> Vec<u8> {
    let WrappedOrganisationKeys {
        ods,
        current,
        tokens,
        check: _,
        keys,
    } = wrapped;
    let (current, tokens) = (current.0.to_be_bytes(), tokens.0.to_be_bytes());
    let mut bytes = joined(&[
        b"organisation keys",
        ods.as_str().as_bytes(),
        &current,
        &tokens,
    ]);
    for key in keys {
        join(&mut bytes, &[&key.id.0.to_be_bytes(), &key.wrapped.0]);
    }
    bytes
}
