//! Accounts: people and services of an organisation.

use std::{fmt, sync::Arc};

use parking_lot::{Mutex, RwLock};
use ward_core::{AccountId, Ods, ResourceKey, Timestamp};

use crate::{
    DeviceAccount, Notice, Role, Scopes, SignInName, factor::Credentials, recovery::Recovery,
};

/// An account, as it is now. What it proves itself with is not part of it.
#[derive(Clone)]
pub struct Account {
    pub(crate) id: AccountId,
    pub(crate) name: SignInName,
    pub(crate) display_name: Box<str>,
    pub(crate) role: Role,
    pub(crate) practitioner: Option<ResourceKey>,
    pub(crate) suspended: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) created_by: Option<AccountId>,
    pub(crate) service: Option<ServiceAccount>,
    pub(crate) device: Option<DeviceAccount>,
}

/// What a service has beside other accounts.
#[derive(Clone)]
pub struct ServiceAccount {
    pub(crate) scopes: Scopes,
    pub(crate) jwks: Arc<str>,
    pub(crate) enrolled_by: AccountId,
    pub(crate) approved_by: Option<AccountId>,
    pub(crate) expires: Timestamp,
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The part of the sign-in name before the `@`.
    pub name: String,
    /// The person's name as they write it: 1 to 100 characters.
    pub display_name: String,
    /// What it is for; any of [people](Role::is_person).
    pub role: Role,
    /// The Practitioner resource of the same person, by which they are in care teams.
    pub practitioner: Option<ResourceKey>,
}

impl Account {
    /// The account's id; of a service also its client id.
    pub const fn id(&self) -> AccountId {
        self.id
    }

    /// The organisation that it is of.
    pub const fn organisation(&self) -> &Ods {
        self.name.organisation()
    }

    /// What people type to sign in.
    pub const fn name(&self) -> &SignInName {
        &self.name
    }

    /// The name that others see.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// What it is for.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The Practitioner resource of the same person.
    pub const fn practitioner(&self) -> Option<&ResourceKey> {
        self.practitioner.as_ref()
    }

    /// Whether it is shut out.
    pub const fn suspended(&self) -> bool {
        self.suspended
    }

    /// When it was made.
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// Who made it; none, where setting Ward up did.
    pub const fn created_by(&self) -> Option<AccountId> {
        self.created_by
    }

    /// What a service has beside.
    pub const fn service(&self) -> Option<&ServiceAccount> {
        self.service.as_ref()
    }

    /// What a device has beside.
    pub const fn device(&self) -> Option<&DeviceAccount> {
        self.device.as_ref()
    }
}

/// Names are people's: they stay out of logs.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({} {})", self.id, self.role)
    }
}

impl ServiceAccount {
    /// What it may ask for at most.
    pub const fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// Who enrolled it.
    pub const fn enrolled_by(&self) -> AccountId {
        self.enrolled_by
    }

    /// Who, other than that, approved it; it gets no token before.
    pub const fn approved_by(&self) -> Option<AccountId> {
        self.approved_by
    }

    /// When its registration ends.
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceAccount({}, until {})", self.scopes, self.expires)
    }
}

/// An account in memory, and what it proves itself with.
pub(crate) struct Member {
    account: RwLock<Arc<Account>>,
    pub(crate) credentials: Mutex<Credentials>,
    /// What its person is told, the oldest first.
    pub(crate) notices: Mutex<Vec<Notice>>,
    /// Its recovery, over or not.
    pub(crate) recovery: Mutex<Option<Recovery>>,
    /// Held by a sign-in from the proof until it is durable.
    pub(crate) proving: Arc<tokio::sync::Mutex<()>>,
}

impl Member {
    pub(crate) fn new(account: Account, credentials: Credentials) -> Arc<Self> {
        let account = RwLock::new(Arc::new(account));
        let (credentials, proving) = (Mutex::new(credentials), Arc::default());
        let (notices, recovery) = <(_, _)>::default();
        Arc::new(Self {
            account,
            credentials,
            notices,
            recovery,
            proving,
        })
    }

    /// The account as it is now.
    pub(crate) fn account(&self) -> Arc<Account> {
        Arc::clone(&self.account.read())
    }

    pub(crate) fn replace(&self, account: Account) {
        *self.account.write() = Arc::new(account);
    }
}
