use std::sync::Arc;

use ward_access::ReadSecurity;
use ward_http::{Answer, AssuredRequest, StatusCode};
use ward_identity::{Account, RecoveryStep, RecoveryView, Role};

use super::{
    door::{may, named},
    show_page::{Recovering, ShowAccount},
    state::State,
};
use crate::{
    Web, date,
    web::{keeps_accounts, page, role_in_words},
};

/// `GET /accounts/{id}`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = may::<ReadSecurity>(&web, &request).await {
        return answer;
    }
    let account = named(&web, &request)?;
    let state = State::of(&web, &request, &account);
    let recovery = web.identity.recovery(&request.assured, account.id());
    let recovering = recovery.map(|recovery| recovering(&web, &request, &recovery));
    let is_own = account.id() == request.assured.account();
    let administers = request.assured.role() == Role::Administrator;
    // Who can approve is first let in by another than who made the account.
    let made_it = account.created_by() == Some(request.assured.account());
    let wants_another = made_it && !state.enrolled && keeps_accounts(account.role());
    let shown = ShowAccount {
        id: account.id().to_string(),
        name: account.display_name().to_owned(),
        sign_in_name: account.name().to_string(),
        role: role_in_words(account.role()),
        practitioner: practitioner(&account),
        made: made(&web, &account),
        state: state.in_words(),
        can_suspend: !is_own && !state.suspended,
        can_resume: !is_own && state.suspended && administers && !wants_another,
        wants_another: state.suspended && wants_another,
        can_renew: administers && !state.enrolled,
        can_recover: !is_own && state.enrolled && !state.suspended && recovering.is_none(),
        recovering,
    };
    page(StatusCode::OK, &web.layout(&request.assured), &shown)
}

fn recovering(web: &Web, request: &AssuredRequest, recovery: &RecoveryView) -> Recovering {
    let own = request.assured.account();
    let organisation = request.assured.organisation();
    let is_own = recovery.account == own;
    let opened_here = recovery.opened_by == own;
    let step = match recovery.step {
        RecoveryStep::Opened => "Somebody else must approve it.".to_owned(),
        RecoveryStep::Waiting { until } => {
            let until = date::moment(until);
            format!("Approved. It can be stopped until {until}; then there is a link.")
        }
        RecoveryStep::Ready => "Approved, and the time to stop it is over.".to_owned(),
        RecoveryStep::LinkTaken => "Its link was taken, and was not used yet.".to_owned(),
    };
    Recovering {
        id: recovery.id.clone(),
        opened: format!(
            "By {} on {}",
            web.name_of(organisation, recovery.opened_by),
            date::moment(recovery.opened_at)
        ),
        notes: recovery.notes.clone(),
        approved: recovery.approved_by.map(|by| web.name_of(organisation, by)),
        step,
        ends: date::moment(recovery.ends),
        can_approve: recovery.step == RecoveryStep::Opened && !opened_here && !is_own,
        can_take: recovery.step == RecoveryStep::Ready && opened_here && !is_own,
    }
}

fn practitioner(account: &Account) -> String {
    account
        .practitioner()
        .map_or_else(|| "None".to_owned(), ToString::to_string)
}

fn made(web: &Web, account: &Account) -> String {
    let on = date::moment(account.created_at());
    let by = account
        .created_by()
        .and_then(|by| web.identity.account(account.organisation(), by));
    match by {
        Some(by) => format!("On {on}, by {}", by.display_name()),
        None => format!("On {on}, when Ward was set up"),
    }
}
