//! What is written together.

use ward_core::{PatientId, RequestId, ResourceKey, Timestamp};
use ward_crypto::Token;
use ward_log::{Actor, Basis, Event, WriteMethod};

/// Operations that are written all or none, as consecutive entries of the log.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The request that asked for them.
    pub request: Option<RequestId>,
    /// Who asked.
    pub actor: Option<Actor>,
    /// When; the time of the commit where none is given. A caller who puts the time into a body
    /// before it seals it gives it here, so that both are the same.
    pub time: Option<Timestamp>,
    /// At least one, at most [`crate::limits::BATCH_OPERATIONS`].
    pub operations: Vec<Operation>,
}

/// One operation: one entry of the log.
#[derive(Debug, Clone)]
pub enum Operation {
    /// A new version of a resource.
    Write(Write),
    /// An event that is only written down: a disclosure, a refusal, a sign-in. Writes and states
    /// have operations of their own.
    Record(Event),
    /// A durable fact of an account, credential, session or service; none removes it.
    State {
        /// Its name, `kind/rest`. Found again by [`crate::OrganisationStore::states`].
        key: String,
        /// The value, sealed by the caller.
        value: Option<Vec<u8>>,
    },
}

/// A new version of a resource, with what finds it again.
#[derive(Debug, Clone)]
pub struct Write {
    /// Which resource.
    pub resource: ResourceKey,
    /// What must be so for the batch to be written.
    pub expect: Expect,
    /// The new version: one more than the newest, 1 where there is none. Anything else is a
    /// conflict, because the body is sealed to its version.
    pub version: u64,
    /// How it came to be. A delete has no body, tokens or relations.
    pub method: WriteMethod,
    /// The patients whose record it is part of.
    pub patients: Vec<PatientId>,
    /// The resource, sealed under its patient's key.
    pub body: Vec<u8>,
    /// What a query finds it by. The order means nothing, and repetitions are dropped.
    pub tokens: Vec<Token>,
    /// The relationships that it makes, for as long as it is the current version.
    pub relations: Vec<RelationRow>,
    /// Why it was allowed.
    pub basis: Basis,
}

/// The state that a write expects its resource in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// It never existed, or is deleted.
    Absent,
    /// It exists at this version (`If-Match`).
    Version(u64),
    /// Nothing but that [`Write::version`] is the next one.
    Any,
}

/// A relationship that a resource makes between a member and a patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationRow {
    /// The account, or the person or team that it acts as.
    pub member: Token,
    /// The patient: [`crate::subject`].
    pub subject: Token,
    /// The kind, as the records floor numbers them.
    pub kind: u8,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends, where that is known.
    pub end: Option<Timestamp>,
    /// The resource that makes it.
    pub source: ResourceKey,
}

/// A batch that is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The entry of the first operation; the others follow it.
    pub first_seq: u64,
    /// The time that its entries carry.
    pub time: Timestamp,
}
