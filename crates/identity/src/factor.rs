//! What an account proves itself with.

use ward_core::Timestamp;

use crate::{
    federation::FederatedLink, passkey::StoredPasskey, password::PasswordHash, totp::TotpSecret,
};

/// The factors of one account, as they are kept.
#[derive(Default)]
pub(crate) struct Credentials {
    pub(crate) passkeys: Vec<StoredPasskey>,
    pub(crate) password: Option<PasswordHash>,
    pub(crate) totp: Option<TotpSecret>,
    /// Whom a provider vouches for: then there is nothing else.
    pub(crate) federated: Option<FederatedLink>,
    /// Moves on when what was proved before must count no more.
    generation: u64,
}

/// The factors of one account, as pages show them.
#[derive(Debug, Clone, Default)]
pub struct FactorsView {
    /// Its passkeys, oldest first.
    pub passkeys: Vec<PasskeyView>,
    /// Whether it has a password and an authenticator app: always both or none.
    pub password_and_totp: bool,
    /// Whether it has one of the two without the other. It signs nobody in, and should not be.
    pub one_factor_alone: bool,
    /// When a code of the authenticator app was last used, to half a minute; that of setting it up
    /// counts.
    pub code_last_used: Option<Timestamp>,
    /// The issuer that vouches for it.
    pub federated: Option<String>,
}

impl FactorsView {
    /// When any of them was last used.
    pub fn last_used(&self) -> Option<Timestamp> {
        let passkeys = self.passkeys.iter().filter_map(|passkey| passkey.last_used);
        passkeys.chain(self.code_last_used).max()
    }

    /// Whether there is no way to sign in yet.
    pub const fn is_empty(&self) -> bool {
        self.passkeys.is_empty() && !self.password_and_totp && self.federated.is_none()
    }
}

/// A passkey, as pages show it.
#[derive(Debug, Clone)]
pub struct PasskeyView {
    /// Names it among the account's passkeys.
    pub id: String,
    /// What its owner calls it.
    pub label: String,
    /// When it was enrolled.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
}

impl Credentials {
    /// Makes every proof before worth nothing: one that is on its way to a session gets none.
    pub(crate) const fn revoke(&mut self) {
        self.generation += 1;
    }

    /// What a proof made now must still find when its session begins.
    pub(crate) const fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether there is no way to sign in yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.passkeys.is_empty()
            && self.password.is_none()
            && self.totp.is_none()
            && self.federated.is_none()
    }

    pub(crate) fn view(&self) -> FactorsView {
        FactorsView {
            passkeys: self.passkeys.iter().map(StoredPasskey::view).collect(),
            password_and_totp: self.password.is_some() && self.totp.is_some(),
            one_factor_alone: self.password.is_some() != self.totp.is_some(),
            code_last_used: self.totp.as_ref().and_then(TotpSecret::last_used),
            federated: self.federated.as_ref().map(|link| link.issuer.clone()),
        }
    }
}
