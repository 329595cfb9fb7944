//! What the pages are served from.

use std::{collections::HashMap, ops::Deref, sync::Arc};

use ward_access::{Access, OwnPolicies};
use ward_core::{AccountId, Clock, Ods, ProviderId, Random, limits};
use ward_http::{Answer, HttpError, Request, Response, StatusCode};
use ward_identity::{Assured, Caller, Identity, Role};
use ward_records::Records;

use crate::{
    date,
    draft::Drafts,
    layout::{Account, Layout, Recovering},
    own::notices,
    render::{Page, render},
    sign_in::Choice,
};

/// What the pages are served from, and what they keep.
pub struct Web {
    parts: Parts,
    /// What waits for a fresh proof.
    pub(crate) drafts: Drafts,
}

impl Deref for Web {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.parts
    }
}

/// What the pages are served from.
pub struct Parts {
    /// Who may get in.
    pub identity: Arc<Identity>,
    /// The policies, for what is done to accounts.
    pub access: Arc<Access>,
    /// The organisations' own policies.
    pub policies: Arc<OwnPolicies>,
    /// The door to the records.
    pub records: Arc<Records>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for names that nobody can guess.
    pub random: Arc<dyn Random>,
    /// What the organisations are called, by ODS code.
    pub organisations: HashMap<Ods, String>,
}

impl Web {
    /// Pages of these parts.
    pub fn new(parts: Parts) -> Arc<Self> {
        let drafts = Drafts::default();
        Arc::new(Self { parts, drafts })
    }

    /// An organisation's name; its code, where it has none.
    pub(crate) fn organisation<'a>(&'a self, ods: &'a Ods) -> &'a str {
        self.organisations
            .get(ods)
            .map_or(ods.as_str(), String::as_str)
    }

    /// What an account of an organisation is called.
    pub(crate) fn name_of(&self, organisation: &Ods, account: AccountId) -> String {
        let account = self.identity.account(organisation, account);
        account.map_or_else(
            || "somebody".to_owned(),
            |account| account.display_name().to_owned(),
        )
    }

    /// What people may sign in with: of one organisation, or of all.
    pub(crate) fn providers(&self, of: Option<&Ods>) -> Vec<Choice> {
        let offered = self.identity.providers_offered(of).into_iter();
        let choices = offered.map(|provider| Choice {
            id: provider.id.to_string(),
            organisation: self.organisation(&provider.organisation).to_owned(),
            name: provider.name,
        });
        choices.collect()
    }

    /// What a provider is called.
    pub(crate) fn provider_name(&self, id: ProviderId) -> String {
        let offered = self.identity.providers_offered(None).into_iter();
        let found = offered.into_iter().find(|provider| provider.id == id);
        found.map_or_else(String::new, |provider| provider.name)
    }

    /// What surrounds a page for somebody who is signed in.
    pub(crate) fn layout(&self, assured: &Assured) -> Layout {
        let profile = assured.profile();
        let account = Account {
            id: assured.account().to_string(),
            name: profile.display_name().to_owned(),
            role: role_in_words(assured.role()),
        };
        let used = self.clock.now().since(assured.proved_at());
        let left = limits::SESSION_MAX.saturating_sub(used);
        let token = assured.form_token().to_owned();
        let unseen = self.identity.notices(assured).into_iter();
        let unseen = unseen.filter(|notice| !notice.seen);
        let told = unseen.map(|notice| notices::in_words(&notice)).collect();
        Layout::signed_in(token, account, limits::SESSION_IDLE, left)
            .of_organisation(
                assured.organisation().as_str(),
                self.organisation(assured.organisation()),
            )
            .telling(told, self.own_recovery(assured))
    }

    /// What somebody is told whose account others are recovering.
    fn own_recovery(&self, assured: &Assured) -> Option<Recovering> {
        let recovery = self.identity.recovery(assured, assured.account())?;
        let opened = date::moment(recovery.opened_at);
        let by = self.name_of(assured.organisation(), recovery.opened_by);
        let text = format!(
            "On {opened}, {by} asked to recover your account: all your ways to sign in would end, and new ones begin."
        );
        let id = recovery.id;
        Some(Recovering { text, id })
    }

    /// The same with the box to find a patient, for those who have a use for it.
    pub(crate) fn layout_with_search(&self, assured: &Assured) -> Layout {
        let layout = self.layout(assured);
        if sees_patients(assured.role()) {
            layout.with_search()
        } else {
            layout
        }
    }
}

/// A page as the answer to a request.
pub(crate) fn page<P: Page>(status: StatusCode, layout: &Layout, page: &P) -> Answer {
    let html = render(layout, page).map_err(|error| HttpError::internal(&error))?;
    Ok(Response::html(status, html))
}

/// Who calls, before anything is proved.
pub(crate) fn caller(request: &Request) -> Caller<'_> {
    Caller {
        address: Some(request.address()),
        request: Some(request.id()),
        session: request.cookie(ward_http::cookie::SESSION),
    }
}

/// A role as its holder calls it.
pub(crate) const fn role_in_words(role: Role) -> &'static str {
    match role {
        Role::Clinician => "Clinician",
        Role::CallHandler => "Call handler",
        Role::Receptionist => "Receptionist",
        Role::Carer => "Carer",
        Role::InformationGovernance => "Information governance",
        Role::Administrator => "Administrator",
        Role::Service => "Service",
        Role::Device => "Device",
    }
}

/// Whether a role looks for patients. What it may then see is policy's to say, not the page's.
pub(crate) const fn sees_patients(role: Role) -> bool {
    !matches!(role, Role::Administrator | Role::Service | Role::Device)
}

/// Whether a role looks after accounts. What it may then do is policy's to say, not the page's.
pub(crate) const fn keeps_accounts(role: Role) -> bool {
    matches!(role, Role::Administrator | Role::InformationGovernance)
}
