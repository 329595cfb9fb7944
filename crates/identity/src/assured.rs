//! The proof that every door asks for.

use std::{fmt, net::IpAddr, sync::Arc};

use ward_core::{AccountId, AppId, Ods, PatientId, ResourceKey, SessionId, Timestamp};
use ward_log::{Actor, Factors};

use crate::{Account, Role, Scopes, token::same};

/// An account that has proved who it is, with factors that suffice, for one request.
///
/// Only this crate makes one, and no other way leads to a record. It can't be copied, stored, sent
/// or made out of bytes: a later request must prove itself again, so that a revoked session ends
/// at its next request.
pub struct Assured {
    account: Arc<Account>,
    session: SessionId,
    lineage: SessionId,
    factors: Factors,
    proved_at: Timestamp,
    scopes: Arc<Scopes>,
    address: Option<IpAddr>,
    form_token: Option<Arc<str>>,
    app: Option<Arc<AppAccess>>,
    manages: bool,
}

/// The app through which a person asks: it may do what both may.
pub struct AppAccess {
    pub(crate) client: AppId,
    pub(crate) patient: Option<PatientId>,
}

impl AppAccess {
    /// Its client id.
    pub const fn client(&self) -> AppId {
        self.client
    }

    /// The one patient whom its `patient/` scopes reach.
    pub const fn patient(&self) -> Option<&PatientId> {
        self.patient.as_ref()
    }
}

/// What was proved, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proof {
    pub(crate) session: SessionId,
    /// The session in which it began: a step-up begins another in its place, of the same lineage.
    pub(crate) lineage: SessionId,
    pub(crate) factors: Factors,
    pub(crate) at: Timestamp,
}

impl Assured {
    /// The one way to one: an account that is not shut out, and factors that suffice for it.
    pub(crate) fn new(
        account: Arc<Account>,
        proof: Proof,
        scopes: Arc<Scopes>,
        address: Option<IpAddr>,
    ) -> Option<Self> {
        let Proof {
            session,
            lineage,
            factors,
            at: proved_at,
        } = proof;
        let sound = !account.suspended && suffice(account.role, factors);
        let (form_token, app) = (None, None);
        sound.then_some(Self {
            account,
            session,
            lineage,
            factors,
            proved_at,
            scopes,
            address,
            form_token,
            app,
            manages: false,
        })
    }

    /// Asked through an app: less by its scopes, and its factors bound to its key.
    pub(crate) fn through(self, app: Arc<AppAccess>) -> Self {
        Self {
            factors: self.factors.with(Factors::DPOP),
            app: Some(app),
            ..self
        }
    }

    /// Asked by a command line: for the administration routes, and no others.
    pub(crate) fn managing(self) -> Self {
        Self {
            manages: true,
            ..self
        }
    }

    /// Whether a person asks by their command line, with a token of scope `ward/manage`. It opens
    /// the administration routes and no records.
    pub const fn manages(&self) -> bool {
        self.manages
    }

    /// The app through which a person asks.
    pub fn app(&self) -> Option<&AppAccess> {
        self.app.as_deref()
    }

    /// With the token that the session's forms carry.
    pub(crate) fn with_form_token(self, token: Arc<str>) -> Self {
        Self {
            form_token: Some(token),
            ..self
        }
    }

    /// Whose proof it is.
    pub fn account(&self) -> AccountId {
        self.account.id
    }

    /// All that is known of the account.
    pub fn profile(&self) -> &Account {
        &self.account
    }

    /// The one organisation whose records it may open.
    pub fn organisation(&self) -> &Ods {
        self.account.organisation()
    }

    /// What the account is for.
    pub fn role(&self) -> Role {
        self.account.role
    }

    /// The session, or the life of a service's token.
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// The session in which it began, whatever step-ups made of it.
    pub(crate) const fn lineage(&self) -> SessionId {
        self.lineage
    }

    /// What was proved.
    pub const fn factors(&self) -> Factors {
        self.factors
    }

    /// Whether the proof can't be given to a false site.
    pub const fn phishing_resistant(&self) -> bool {
        resist_phishing(self.factors)
    }

    /// All that was proved, for what outlives the request.
    pub(crate) const fn proof(&self) -> Proof {
        Proof {
            session: self.session,
            lineage: self.lineage,
            factors: self.factors,
            at: self.proved_at,
        }
    }

    /// When it was proved.
    pub const fn proved_at(&self) -> Timestamp {
        self.proved_at
    }

    /// The scopes of a service, or of the app through which a person asks; of people themselves
    /// none, as their role says what they may do.
    pub fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// The Practitioner resource of the same person.
    pub fn practitioner(&self) -> Option<&ResourceKey> {
        self.account.practitioner.as_ref()
    }

    /// Where the request comes from.
    pub const fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// The token that each form of this session must carry; empty for a service, which has no
    /// forms.
    pub fn form_token(&self) -> &str {
        self.form_token.as_deref().unwrap_or_default()
    }

    /// Whether a form carries this session's token.
    pub fn is_form_token(&self, sent: &str) -> bool {
        self.form_token
            .as_deref()
            .is_some_and(|own| same(own, sent))
    }

    /// Who it is, for the log.
    pub fn actor(&self) -> Actor {
        Actor {
            account: self.account.id,
            session: Some(self.session),
            factors: self.factors,
            address: self.address,
        }
    }
}

/// Whether what was proved can't be given to a false site.
pub(crate) const fn resist_phishing(factors: Factors) -> bool {
    factors.contains(Factors::PASSKEY)
        || factors.contains(Factors::CLIENT_KEY.with(Factors::DPOP))
        || factors.contains(Factors::FEDERATED.with(Factors::FEDERATED_KEY))
}

/// Two factors of different kinds, or one passkey with user verification, which is two in one, or a
/// provider that vouches for two; of a service or a device its registered key and a token bound to its sender. Neither stands for the other.
fn suffice(role: Role, factors: Factors) -> bool {
    if role.is_person() {
        factors.contains(Factors::PASSKEY)
            || factors.contains(Factors::PASSWORD.with(Factors::TOTP))
            || factors.contains(Factors::FEDERATED)
    } else {
        factors.contains(Factors::CLIENT_KEY.with(Factors::DPOP))
    }
}

impl fmt::Debug for Assured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Assured({:?}, {}, {:?})",
            self.account, self.session, self.factors
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compiles only as long as a type lacks each of these traits: with one of them, which of two
    /// implementations is meant could not be told.
    macro_rules! lacks {
        ($type:ty: $($bound:path),+) => {$({
            trait Maybe<A> {
                fn lacked() {}
            }
            impl<T: ?Sized> Maybe<()> for T {}
            struct Implemented;
            impl<T: ?Sized + $bound> Maybe<Implemented> for T {}
            <$type as Maybe<_>>::lacked();
        })+};
    }

    #[test]
    fn a_proof_is_not_copied_defaulted_stored_or_read() {
        lacks!(
            Assured: Clone,
            Copy,
            Default,
            serde::Serialize,
            serde::de::DeserializeOwned,
            PartialEq,
            std::str::FromStr,
            From<Arc<Account>>
        );
    }

    #[test]
    fn one_factor_never_suffices() {
        let all = [
            Factors::NONE,
            Factors::PASSKEY,
            Factors::PASSWORD,
            Factors::TOTP,
            Factors::CLIENT_KEY,
            Factors::DPOP,
            Factors::FEDERATED_KEY,
        ];
        for role in Role::ALL {
            for factors in all {
                let is_passkey = factors == Factors::PASSKEY;
                assert_eq!(suffice(role, factors), is_passkey && role.is_person());
            }
        }
    }

    #[test]
    fn people_and_services_have_factors_of_their_own() {
        let typed = Factors::PASSWORD.with(Factors::TOTP);
        let keyed = Factors::CLIENT_KEY.with(Factors::DPOP);
        assert!(suffice(Role::Clinician, typed) && !suffice(Role::Service, typed));
        assert!(suffice(Role::Service, keyed) && !suffice(Role::Clinician, keyed));
        assert!(!suffice(
            Role::Clinician,
            Factors::PASSWORD.with(Factors::DPOP)
        ));
        assert!(!suffice(
            Role::Service,
            Factors::PASSKEY.with(Factors::PASSWORD)
        ));
    }
}
