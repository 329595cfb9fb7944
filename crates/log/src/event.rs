//! What happened.

use std::{fmt, net::IpAddr};

use minicbor::{Decode, Encode};
use ward_core::{AccountId, PatientId, ResourceKey, SessionId};

use crate::{Basis, codec};

/// What happened. Variants and fields are only ever added, under new numbers.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub enum Event {
    /// A version of a resource was written. The log is where it lives.
    #[n(0)]
    Write {
        /// Of which resource.
        #[cbor(n(0), with = "codec::one")]
        resource: ResourceKey,
        /// The new version, from 1.
        #[n(1)]
        version: u64,
        /// How.
        #[n(2)]
        method: WriteMethod,
        /// Whose record it is part of.
        #[cbor(n(3), with = "codec::many")]
        patients: Vec<PatientId>,
        /// The resource, sealed under its patient's key. Empty for a delete.
        #[cbor(n(4), with = "minicbor::bytes")]
        body: Vec<u8>,
        /// Why it was allowed.
        #[n(5)]
        basis: Basis,
    },
    /// Records, or parts of them, left the server.
    #[n(1)]
    Disclosure {
        /// By which way.
        #[n(0)]
        interaction: Interaction,
        /// What left. Empty, where a search found nothing.
        #[n(1)]
        items: Vec<Item>,
        /// Why it was allowed.
        #[n(2)]
        basis: Basis,
    },
    /// Something was refused.
    #[n(2)]
    Refusal {
        /// What was asked for: an action's name.
        #[n(0)]
        action: String,
        /// Of which resource.
        #[cbor(n(1), with = "codec::maybe", has_nil)]
        resource: Option<ResourceKey>,
        /// Why.
        #[n(2)]
        reason: RefusalReason,
    },
    /// A session began: the entry's actor says whose, with which factors, from where.
    #[n(3)]
    SignIn,
    /// Somebody could not sign in.
    #[n(4)]
    SignInFailed {
        /// To which account, where there is one of that name.
        #[cbor(n(0), with = "codec::maybe", has_nil)]
        account: Option<AccountId>,
        /// From where.
        #[cbor(n(1), with = "codec::maybe", has_nil)]
        address: Option<IpAddr>,
        /// Why.
        #[n(2)]
        reason: SignInFailure,
    },
    /// A session ended.
    #[n(5)]
    SignOut {
        /// Which.
        #[cbor(n(0), with = "codec::one")]
        session: SessionId,
        /// Why.
        #[n(1)]
        cause: SignOutCause,
    },
    /// A fact of the accounts, credentials, sessions or services was set or removed.
    #[n(6)]
    State {
        /// Which.
        #[n(0)]
        key: String,
        /// Its new value, sealed; none removes it.
        #[cbor(n(1), with = "minicbor::bytes")]
        value: Option<Vec<u8>>,
    },
}

impl Event {
    /// Its kind, for reports.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Write { .. } => "write",
            Self::Disclosure { .. } => "disclosure",
            Self::Refusal { .. } => "refusal",
            Self::SignIn => "sign-in",
            Self::SignInFailed { .. } => "sign-in-failed",
            Self::SignOut { .. } => "sign-out",
            Self::State { .. } => "state",
        }
    }
}

impl fmt::Debug for Event {
    /// The kind alone: everything else is somebody's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event({})", self.name())
    }
}

/// How a version came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum WriteMethod {
    /// The first version, or the first since a delete.
    #[n(0)]
    Create,
    /// A later one.
    #[n(1)]
    Update,
    /// The end of it; earlier versions stay.
    #[n(2)]
    Delete,
}

/// The way by which records left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Interaction {
    /// The current version of one resource.
    #[n(0)]
    Read,
    /// A version of one resource.
    #[n(1)]
    Vread,
    /// The versions of one resource.
    #[n(2)]
    History,
    /// A page of a search.
    #[n(3)]
    Search,
    /// A patient's page.
    #[n(4)]
    Summary,
    /// The list of who looked at a patient.
    #[n(5)]
    WhoLooked,
    /// The list of why an account may see a patient.
    #[n(6)]
    Because,
    /// A line of an export.
    #[n(7)]
    Export,
    /// A print.
    #[n(8)]
    Print,
    /// An answer to a write that showed what was stored.
    #[n(9)]
    Write,
    /// The security page: accounts and how they are secured. No patients, but for the list of
    /// broken glass.
    #[n(10)]
    Security,
    /// A record was opened in an emergency.
    #[n(11)]
    BreakGlass,
}

impl Interaction {
    /// Its name, for pages and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Vread => "vread",
            Self::History => "history",
            Self::Search => "search",
            Self::Summary => "summary",
            Self::WhoLooked => "who-looked",
            Self::Because => "because",
            Self::Export => "export",
            Self::Print => "print",
            Self::Write => "write",
            Self::Security => "security",
            Self::BreakGlass => "break-glass",
        }
    }
}

/// One resource that left.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct Item {
    /// Which.
    #[cbor(n(0), with = "codec::one")]
    pub resource: ResourceKey,
    /// Which version of it.
    #[n(1)]
    pub version: u64,
    /// Whose record it is part of.
    #[cbor(n(2), with = "codec::many")]
    pub patients: Vec<PatientId>,
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Item({}/_, {})",
            self.resource.resource_type(),
            self.version
        )
    }
}

/// Why something was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum RefusalReason {
    /// The policies gave no answer.
    #[n(0)]
    Unanswerable,
    /// The account or its organisation is suspended.
    #[n(1)]
    Suspended,
    /// Fewer factors than two.
    #[n(2)]
    Factors,
    /// A record of another organisation.
    #[n(3)]
    OtherOrganisation,
    /// How to get into a home.
    #[n(4)]
    Sealed,
    /// A service outside its scopes.
    #[n(5)]
    OutsideScopes,
    /// There was a relationship, or there will be one; it is not in force now.
    #[n(6)]
    RelationshipNotInForce,
    /// No relationship with the patient.
    #[n(7)]
    NoRelationship,
    /// The role doesn't do this.
    #[n(8)]
    NotInRole,
    /// The account has seen as many patients as it may for now: the brake.
    #[n(9)]
    Brake,
    /// There is no such resource.
    #[n(10)]
    Unknown,
    /// It is at another version than the one the caller named.
    #[n(11)]
    OtherVersion,
    /// Something that was asked for together with it could not be done.
    #[n(12)]
    Together,
    /// It is allowed with a fresh, phishing-resistant proof, and there was none.
    #[n(13)]
    StepUp,
}

/// Why somebody could not sign in. Never told to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum SignInFailure {
    /// No account of that name.
    #[n(0)]
    UnknownAccount,
    /// A factor that does not fit.
    #[n(1)]
    WrongFactor,
    /// A code or proof that was used before.
    #[n(2)]
    Replayed,
    /// Too many attempts.
    #[n(3)]
    TooManyAttempts,
    /// The account or its organisation is suspended.
    #[n(4)]
    Suspended,
    /// A ceremony, assertion or proof that came too late.
    #[n(5)]
    Expired,
    /// What a provider vouches for is too little, too old, or not to be believed.
    #[n(6)]
    NotVouchedFor,
}

impl SignInFailure {
    /// All of them, by their numbers.
    pub const ALL: [Self; 7] = [
        Self::UnknownAccount,
        Self::WrongFactor,
        Self::Replayed,
        Self::TooManyAttempts,
        Self::Suspended,
        Self::Expired,
        Self::NotVouchedFor,
    ];
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum SignOutCause {
    /// The account asked for it.
    #[n(0)]
    Asked,
    /// The account signed out everywhere.
    #[n(1)]
    Everywhere,
    /// Nothing was done in it for too long.
    #[n(2)]
    Idle,
    /// It reached its greatest age.
    #[n(3)]
    Expired,
    /// The account was suspended, or its factors changed.
    #[n(4)]
    Revoked,
    /// A newer session took its place.
    #[n(5)]
    Replaced,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reason that is missing there would be a count that nobody can read.
    #[test]
    fn every_reason_is_listed_under_its_number() {
        for (number, reason) in SignInFailure::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, number);
            let bytes = minicbor::to_vec(reason).unwrap();
            assert_eq!(minicbor::decode::<usize>(&bytes).unwrap(), number);
        }
        let next = minicbor::to_vec(SignInFailure::ALL.len()).unwrap();
        assert!(
            minicbor::decode::<SignInFailure>(&next).is_err(),
            "list the new one"
        );
    }
}
