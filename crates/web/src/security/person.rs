//! How well one person's account is secured.

use ward_core::Timestamp;
use ward_http::AssuredRequest;
use ward_identity::{Account, FactorsView};

use crate::{Web, accounts::State};

/// The strongest factor of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strongest {
    Passkey,
    Typed,
    /// What another vouches for: how well is that one's map to say.
    Provider,
    Nothing,
}

impl Strongest {
    pub(super) const ALL: [(&'static str, Self); 4] = [
        ("passkey", Self::Passkey),
        ("password", Self::Typed),
        ("provider", Self::Provider),
        ("nothing", Self::Nothing),
    ];

    pub(super) const fn in_words(self) -> &'static str {
        match self {
            Self::Passkey => "Passkey",
            Self::Typed => "Password and code",
            Self::Provider => "Organisation’s sign-in",
            Self::Nothing => "Nothing yet",
        }
    }
}

/// A person's account, and its factors.
pub(super) struct Person {
    pub(super) account: Account,
    pub(super) factors: FactorsView,
    pub(super) state: State,
}

impl Person {
    /// All people of the organisation that asks.
    pub(super) fn all(web: &Web, request: &AssuredRequest) -> Vec<Self> {
        let organisation = request.assured.organisation();
        let accounts = web.identity.accounts(organisation).into_iter();
        let people = accounts.filter(|account| account.role().is_person());
        let person = |account: Account| Self {
            factors: web
                .identity
                .factors(organisation, account.id())
                .unwrap_or_default(),
            state: State::of(web, request, &account),
            account,
        };
        people.map(person).collect()
    }

    pub(super) fn strongest(&self) -> Strongest {
        match &self.factors {
            factors if !factors.passkeys.is_empty() => Strongest::Passkey,
            factors if factors.password_and_totp => Strongest::Typed,
            factors if factors.federated.is_some() => Strongest::Provider,
            _ => Strongest::Nothing,
        }
    }

    pub(super) fn last_used(&self) -> Option<Timestamp> {
        self.factors.last_used()
    }

    /// Whether nobody has got in with it. Of one that a provider vouches for, Ward keeps no time.
    pub(super) fn never_signed_in(&self) -> bool {
        self.last_used().is_none() && self.factors.federated.is_none()
    }

    /// All its factors, in words.
    pub(super) fn factors_in_words(&self) -> String {
        let passkeys = match self.factors.passkeys.len() {
            0 => None,
            1 => Some("1 passkey".to_owned()),
            count => Some(format!("{count} passkeys")),
        };
        let typed = self
            .factors
            .password_and_totp
            .then(|| "password and code".to_owned());
        let vouched = self.factors.federated.as_ref();
        let vouched = vouched.map(|_| "organisation’s sign-in".to_owned());
        let all: Vec<String> = passkeys.into_iter().chain(typed).chain(vouched).collect();
        if all.is_empty() {
            "Nothing yet".to_owned()
        } else {
            let text = all.join(", ");
            let mut letters = text.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
        }
    }
}
