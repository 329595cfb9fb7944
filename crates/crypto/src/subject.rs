//! Patients' keys, and what a sealed body is bound to.

use aws_lc_rs::aead::LessSafeKey;
use ward_core::{KeyId, Ods, Random, ResourceKey, Secret};

use crate::derive::fresh;

/// A patient's salt, kept outside the log. Destroying it erases that patient everywhere: bodies in
/// logs, streams and backups open no more.
#[derive(Clone)]
pub struct Salt(Secret<[u8; 32]>);

impl Salt {
    /// A new patient's salt.
    pub fn random(random: &dyn Random) -> Self {
        Self(Secret::new(*fresh(random)))
    }

    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 32] {
        self.0.expose()
    }
}

/// The key of one patient's bodies, or of those that are no patient's. Derived once, good for many.
pub struct SubjectKey(pub(crate) Subject);

pub(crate) enum Subject {
    /// Resources of no patient.
    Nobody,
    /// One patient: the salt, and the key that the organisation's current key makes of it.
    Patient {
        salt: Salt,
        organisation: Ods,
        id: KeyId,
        key: LessSafeKey,
    },
}

/// The one place where a sealed body opens.
#[derive(Clone, Copy)]
pub struct Binding<'a> {
    /// Of which resource.
    pub resource: &'a ResourceKey,
    /// Which version of it.
    pub version: u64,
}
