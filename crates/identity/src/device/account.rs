//! What a device has beside other accounts, and the end of it.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use ward_core::{AccountId, InvalidId, Timestamp};
use ward_log::SignOutCause;

use crate::{
    Account, Assured, Error, Identity, Role,
    app::Step,
    ledger::Changes,
    record::{AccountRecord, key},
};

/// What a device is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    /// People who arrive use it.
    Kiosk,
    /// It shows something to a room.
    Board,
}

impl DeviceKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Kiosk, Self::Board];

    /// The name in forms and files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kiosk => "kiosk",
            Self::Board => "board",
        }
    }
}

impl FromStr for DeviceKind {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let kind = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        kind.ok_or(InvalidId("kind of device"))
    }
}

/// What a device has beside other accounts.
#[derive(Clone)]
pub struct DeviceAccount {
    pub(crate) kind: DeviceKind,
    /// Its public key, a P-256 JWK.
    pub(crate) jwk: Arc<str>,
    pub(crate) paired_by: AccountId,
    pub(crate) unpaired: bool,
}

impl DeviceAccount {
    /// What it is for.
    pub const fn kind(&self) -> DeviceKind {
        self.kind
    }

    /// Who said that it is the device that it seems.
    pub const fn paired_by(&self) -> AccountId {
        self.paired_by
    }

    /// Whether it is a device no more.
    pub const fn unpaired(&self) -> bool {
        self.unpaired
    }
}

impl fmt::Debug for DeviceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceAccount({:?})", self.kind)
    }
}

impl Identity {
    /// The devices of an organisation, by name; those that were unpaired included.
    pub fn devices(&self, organisation: &ward_core::Ods) -> Vec<Account> {
        let mut devices = self.accounts(organisation);
        devices.retain(|account| account.device.is_some());
        devices.sort_by(|one, other| one.display_name.cmp(&other.display_name));
        devices
    }

    /// When a device last got a token: while it runs, every few minutes.
    pub fn device_last_used(&self, device: AccountId) -> Option<Timestamp> {
        self.used.get(*device.as_bytes())
    }

    /// Unpairs a device, for good. Its tokens end before their next request, and its streams with
    /// them; its key is worth nothing from now on.
    ///
    /// # Errors
    /// [`Error::FreshProof`]; [`Error::NoSuchAccount`]; [`Error::NotPossible`] where the author is
    /// no administrator.
    pub async fn unpair_device(&self, by: &Assured, device: AccountId) -> Result<(), Error> {
        self.may_pair(by)?;
        let organisation = by.organisation();
        let _changing = self.organisation(organisation)?.changing.lock().await;
        self.may_pair(by)?;
        let member = self.member_of(organisation, device)?;
        let account = member.account();
        let found = account.device.clone().ok_or(Error::NoSuchAccount)?;
        let unpaired = DeviceAccount {
            unpaired: true,
            ..found
        };
        let account = Account {
            suspended: true,
            device: Some(unpaired),
            ..Account::clone(&account)
        };
        // Taken away in memory first.
        let record = AccountRecord::from(&account);
        member.replace(account);
        member.credentials.lock().revoke();
        self.tokens.revoke(device);
        let changes = Changes::default().put(key::account(device), &record)?;
        self.commit(organisation, Some(by.actor()), None, changes)
            .await?;
        self.end_all(device, None, SignOutCause::Revoked, Some(by.actor()))
            .await
    }

    /// Whether somebody pairs and unpairs devices: an administrator in a session of their own, whose
    /// proof is fresh and can't be phished. Asked again after each wait.
    pub(crate) fn may_pair(&self, by: &Assured) -> Result<(), Error> {
        if by.role() != Role::Administrator || by.app().is_some() {
            return Err(Error::NotPossible("an administrator pairs devices"));
        }
        self.check_vouching(by, Step::Approve)?;
        if self.is_in_force(by) {
            Ok(())
        } else {
            Err(Error::FreshProof)
        }
    }
}
