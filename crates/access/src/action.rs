//! What can be asked for: as a value for policies, as a type for grants.

use ward_identity::Permission;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    /// One version of one resource.
    Read,
    /// All versions of one resource.
    History,
    /// Which resources match.
    Search,
    /// A new resource.
    Create,
    /// A new version of a resource.
    Update,
    /// A resource gone, its versions kept.
    Delete,
    /// Opening a record in an emergency.
    BreakGlass,
    /// Who looked at a patient.
    WhoLooked,
    /// The organisation's log.
    ReadLog,
    /// Who can get in, and how well each is secured.
    ReadSecurity,
    /// The organisation's accounts.
    ManageAccounts,
    /// The organisation's services.
    ManageServices,
    /// The organisation's own policy.
    ManagePolicy,
    /// Saying yes to what somebody else began: a recovery, a service.
    Approve,
    /// Ending sessions and suspending accounts.
    Contain,
}

impl Verb {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 15] = [
        Self::Read,
        Self::History,
        Self::Search,
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::BreakGlass,
        Self::WhoLooked,
        Self::ReadLog,
        Self::ReadSecurity,
        Self::ManageAccounts,
        Self::ManageServices,
        Self::ManagePolicy,
        Self::Approve,
        Self::Contain,
    ];

    /// The name that policies and refusals use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::History => "history",
            Self::Search => "search",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::BreakGlass => "break-glass",
            Self::WhoLooked => "who-looked",
            Self::ReadLog => "read-log",
            Self::ReadSecurity => "read-security",
            Self::ManageAccounts => "manage-accounts",
            Self::ManageServices => "manage-services",
            Self::ManagePolicy => "manage-policy",
            Self::Approve => "approve",
            Self::Contain => "contain",
        }
    }

    /// The permission of a SMART v2 scope that allows it (SMART App Launch 2.2, scopes): reading a
    /// resource's history is part of reading it. `None`: no scope does.
    pub const fn permission(self) -> Option<Permission> {
        match self {
            Self::Create => Some(Permission::Create),
            Self::Read | Self::History => Some(Permission::Read),
            Self::Update => Some(Permission::Update),
            Self::Delete => Some(Permission::Delete),
            Self::Search => Some(Permission::Search),
            Self::BreakGlass
            | Self::WhoLooked
            | Self::ReadLog
            | Self::ReadSecurity
            | Self::ManageAccounts
            | Self::ManageServices
            | Self::ManagePolicy
            | Self::Approve
            | Self::Contain => None,
        }
    }
}

mod sealed {
    pub trait Sealed {}
}

/// A [`Verb`] as a type, so that a grant for one action is no grant for another.
pub trait Action: sealed::Sealed + Send + Sync + 'static {
    /// The verb.
    const VERB: Verb;
}

macro_rules! actions {
    ($($name:ident),* $(,)?) => {$(
        #[doc = concat!("[`Verb::", stringify!($name), "`] as a type.")]
        #[derive(Debug)]
        pub enum $name {}
        impl sealed::Sealed for $name {}
        impl Action for $name {
            const VERB: Verb = Verb::$name;
        }
    )*};
}

actions!(
    Read,
    History,
    Search,
    Create,
    Update,
    Delete,
    BreakGlass,
    WhoLooked,
    ReadLog,
    ReadSecurity,
    ManageAccounts,
    ManageServices,
    ManagePolicy,
    Approve,
    Contain
);
