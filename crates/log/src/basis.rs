//! Why something was done.

use minicbor::{Decode, Encode};

/// What for (as HL7 v3 `PurposeOfUse`: TREAT, HOPERAT, HSYSADMIN, ETREAT).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Purpose {
    /// Care of the patient.
    #[n(0)]
    DirectCare,
    /// Bookings, registration, running the service.
    #[n(1)]
    Administration,
    /// Looking at who looked.
    #[n(2)]
    Audit,
    /// Care that cannot wait for a relationship.
    #[n(3)]
    Emergency,
}

/// What joins an account and a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum RelationshipKind {
    /// The account is of the patient's care team.
    #[n(0)]
    CareTeam,
    /// The account works on an open case of the patient.
    #[n(1)]
    OpenCase,
    /// The patient has arrived, or is about to.
    #[n(2)]
    Arrival,
    /// The account visits the patient at home.
    #[n(3)]
    Visit,
    /// The account broke the glass, and said why.
    #[n(4)]
    BreakGlass,
}

/// Why something was allowed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Basis {
    /// What for.
    #[n(0)]
    pub purpose: Purpose,
    /// The relationship that it rests on, where it needs one.
    #[n(1)]
    pub relationship: Option<RelationshipKind>,
    /// What says so: the resource that makes the relationship, such as `CareTeam/7`.
    #[n(2)]
    pub source: Option<String>,
}
