//! Finding out from the log alone what a resource is found by.

use ward_core::{PatientId, ResourceKey, Timestamp};
use ward_crypto::{Salt, Token};
use ward_log::WriteMethod;

use crate::RelationRow;

/// Derives index rows from a sealed body, when the view catches up with the log or is rebuilt.
///
/// It must derive what [`crate::Write`] was given for the same version, or a rebuilt view answers
/// otherwise than the one before it.
pub trait Projector: Send + Sync {
    /// A number that changes whenever the same body would give other rows. A view that an other
    /// version made is rebuilt when it is opened.
    fn version(&self) -> u32;

    /// The rows of one version, never called for a delete. A body that can't be opened, because
    /// its patient's salt was destroyed, gives no rows.
    fn project(&self, write: &WriteEvent<'_>, salt: SaltOf<'_>) -> Projection;
}

/// Finds the salt of a patient by [`crate::subject`].
pub type SaltOf<'a> = &'a dyn Fn(&Token) -> Option<Salt>;

/// A write, as the log has it.
#[derive(Debug, Clone, Copy)]
pub struct WriteEvent<'a> {
    /// When it was written.
    pub time: Timestamp,
    /// Which resource.
    pub resource: &'a ResourceKey,
    /// Which version.
    pub version: u64,
    /// How it came to be.
    pub method: WriteMethod,
    /// The patients whose record it is part of.
    pub patients: &'a [PatientId],
    /// The sealed body.
    pub body: &'a [u8],
}

/// The index rows of one version.
#[derive(Debug, Clone, Default)]
pub struct Projection {
    /// What a query finds it by.
    pub tokens: Vec<Token>,
    /// The relationships that it makes.
    pub relations: Vec<RelationRow>,
}
