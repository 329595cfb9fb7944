//! The keys of one organisation, ready for use.

use std::sync::Arc;

use aws_lc_rs::{
    aead::LessSafeKey,
    hkdf::Prk,
    hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use ward_core::{KeyId, Ods, Random};

use crate::{
    Binding, CheckpointSigner, CryptoError, Salt, SubjectKey, Token,
    derive::{expand, extract, first, sealing_key},
    envelope::{self, Envelope},
    subject::Subject,
};

/// The keys of one organisation. Clones share them; the last one dropped wipes them.
///
/// New things are sealed with the current key; what an earlier one sealed still opens. Tokens are all
/// made with one key id, so that they stay the same when a key is added.
#[derive(Clone)]
pub struct OrganisationKeys(Arc<Inner>);

struct Inner {
    ods: Ods,
    sets: Vec<Arc<KeySet>>,
    current: Arc<KeySet>,
    tokens: Arc<KeySet>,
}

impl OrganisationKeys {
    /// From all key sets, the id of the current one, and of the one that tokens are made with.
    pub(crate) fn new(ods: &Ods, sets: Vec<KeySet>, current: KeyId, tokens: KeyId) -> Option<Self> {
        let sets: Vec<_> = sets.into_iter().map(Arc::new).collect();
        let find = |id| sets.iter().find(|set| set.id == id).cloned();
        let (current, tokens) = (find(current)?, find(tokens)?);
        Some(Self(Arc::new(Inner {
            ods: ods.clone(),
            sets,
            current,
            tokens,
        })))
    }

    /// Whose keys they are.
    pub fn ods(&self) -> &Ods {
        &self.0.ods
    }

    /// The key that seals now.
    pub fn current_key(&self) -> KeyId {
        self.0.current.id
    }

    /// Seals an entry of the log.
    pub fn seal_entry(&self, plain: &[u8], random: &dyn Random) -> Vec<u8> {
        self.seal(&[b"entry", self.organisation()], plain, random)
    }

    /// Opens an entry of the log.
    ///
    /// # Errors
    /// [`CryptoError`], where it is not one that these keys sealed.
    pub fn open_entry(&self, sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.open(&[b"entry", self.organisation()], sealed)
    }

    /// Seals a value of the state `key`.
    pub fn seal_state(&self, key: &str, plain: &[u8], random: &dyn Random) -> Vec<u8> {
        self.seal(
            &[b"state", self.organisation(), key.as_bytes()],
            plain,
            random,
        )
    }

    /// Opens a value of the state `key`.
    ///
    /// # Errors
    /// [`CryptoError`], where it is not one that these keys sealed for that key.
    pub fn open_state(&self, key: &str, sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.open(&[b"state", self.organisation(), key.as_bytes()], sealed)
    }

    /// Seals the salt of the patient of a token.
    pub fn seal_salt(&self, patient: &Token, salt: &Salt, random: &dyn Random) -> Vec<u8> {
        self.seal(
            &[b"salt", self.organisation(), &patient.0],
            salt.as_bytes(),
            random,
        )
    }

    /// Opens the salt of the patient of a token.
    ///
    /// # Errors
    /// [`CryptoError`], where it is not one that these keys sealed for that patient.
    pub fn open_salt(&self, patient: &Token, sealed: &[u8]) -> Result<Salt, CryptoError> {
        let salt = self.open(&[b"salt", self.organisation(), &patient.0], sealed)?;
        let salt = zeroize::Zeroizing::new(salt);
        salt.as_slice()
            .try_into()
            .map(Salt::from_bytes)
            .map_err(|_| CryptoError::Refused)
    }

    /// Seals a paging link. Text form is the caller's.
    pub fn seal_link(&self, plain: &[u8], random: &dyn Random) -> Vec<u8> {
        self.seal(&[b"link", self.organisation()], plain, random)
    }

    /// Opens a paging link.
    ///
    /// # Errors
    /// [`CryptoError`], where it is not one that these keys sealed.
    pub fn open_link(&self, sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
        self.open(&[b"link", self.organisation()], sealed)
    }

    /// The blind token of a thing: its kind, and the parts that make it up.
    pub fn token(&self, domain: &str, parts: &[&[u8]]) -> Token {
        Token::of(&self.0.tokens.token, domain, parts)
    }

    /// The key of the patient with a salt, or of resources of no patient.
    pub fn subject(&self, salt: Option<&Salt>) -> SubjectKey {
        SubjectKey(salt.map_or(Subject::Nobody, |salt| Subject::Patient {
            salt: salt.clone(),
            organisation: self.ods().clone(),
            id: self.0.current.id,
            key: self.0.current.patient(salt),
        }))
    }

    /// Seals a version of a resource under its patient's key.
    pub fn seal_body(
        &self,
        subject: &SubjectKey,
        binding: &Binding<'_>,
        plain: &[u8],
        random: &dyn Random,
    ) -> Vec<u8> {
        let set = &self.0.current;
        let version = binding.version.to_be_bytes();
        let place = self.body_place(binding, &version);
        self.under(set, subject, |key| {
            envelope::seal(key, set.id, &place, plain, random)
        })
    }

    /// Opens a version of a resource, with the patient's key of whichever organisation key sealed it.
    ///
    /// # Errors
    /// [`CryptoError`], where it was not sealed for this patient, resource and version.
    pub fn open_body(
        &self,
        subject: &SubjectKey,
        binding: &Binding<'_>,
        sealed: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        let envelope = Envelope::read(sealed)?;
        let set = self.set(envelope.key_id())?;
        let version = binding.version.to_be_bytes();
        let place = self.body_place(binding, &version);
        self.under(set, subject, |key| envelope.open(key, &place))
    }

    /// Who signs this organisation's checkpoints.
    pub fn checkpoint_signer(&self) -> CheckpointSigner {
        CheckpointSigner::new(self)
    }

    /// The Ed25519 keys that verify its checkpoints, of all its keys: earlier ones signed the
    /// checkpoints of their time.
    pub fn checkpoint_public_keys(&self) -> Vec<[u8; 32]> {
        self.0.sets.iter().map(|set| set.public_key()).collect()
    }

    pub(crate) fn current(&self) -> &KeySet {
        &self.0.current
    }

    fn organisation(&self) -> &[u8] {
        self.0.ods.as_str().as_bytes()
    }

    fn body_place<'a>(&'a self, binding: &Binding<'a>, version: &'a [u8; 8]) -> [&'a [u8]; 4] {
        [
            b"body",
            self.organisation(),
            binding.resource.as_str().as_bytes(),
            version,
        ]
    }

    fn seal(&self, place: &[&[u8]], plain: &[u8], random: &dyn Random) -> Vec<u8> {
        let set = &self.0.current;
        envelope::seal(&set.data, set.id, place, plain, random)
    }

    fn open(&self, place: &[&[u8]], sealed: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let envelope = Envelope::read(sealed)?;
        envelope.open(&self.set(envelope.key_id())?.data, place)
    }

    fn set(&self, id: KeyId) -> Result<&KeySet, CryptoError> {
        let set = self.0.sets.iter().rev().find(|set| set.id == id);
        set.map(Arc::as_ref).ok_or(CryptoError::UnknownKey(id))
    }

    /// Uses the subject's key under one key set: the one at hand if it is of this set and
    /// organisation, else derived anew.
    fn under<R>(
        &self,
        set: &KeySet,
        subject: &SubjectKey,
        using: impl FnOnce(&LessSafeKey) -> R,
    ) -> R {
        match &subject.0 {
            Subject::Nobody => using(&set.nobody),
            Subject::Patient {
                organisation,
                id,
                key,
                ..
            } if *id == set.id && organisation == self.ods() => using(key),
            Subject::Patient { salt, .. } => using(&set.patient(salt)),
        }
    }
}

/// What is derived from one organisation key.
pub(crate) struct KeySet {
    id: KeyId,
    data: LessSafeKey,
    token: hmac::Key,
    patients: Prk,
    nobody: LessSafeKey,
    signer: Ed25519KeyPair,
}

impl KeySet {
    pub(crate) fn new(ods: &Ods, id: KeyId, key: &[u8; 32]) -> Result<Self, CryptoError> {
        let root = extract(b"ward organisation key 1", key);
        let named = |name: &[u8]| expand(&root, &[name, ods.as_str().as_bytes()]);
        let seed = named(b"checkpoint");
        let signer = Ed25519KeyPair::from_seed_unchecked(seed.as_slice());
        Ok(Self {
            id,
            data: sealing_key(&named(b"data")),
            token: hmac::Key::new(hmac::HMAC_SHA256, named(b"token").as_slice()),
            patients: extract(b"ward patients 1", &named(b"seal")),
            nobody: sealing_key(&named(b"nobody")),
            signer: signer.map_err(|_| CryptoError::Malformed("checkpoint key"))?,
        })
    }

    fn patient(&self, salt: &Salt) -> LessSafeKey {
        sealing_key(&expand(&self.patients, &[b"patient", salt.as_bytes()]))
    }

    pub(crate) fn public_key(&self) -> [u8; 32] {
        first(self.signer.public_key().as_ref())
    }

    pub(crate) fn sign(&self, text: &[u8]) -> [u8; 64] {
        first(self.signer.sign(text).as_ref())
    }
}
