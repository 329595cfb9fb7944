use std::{sync::Arc, time::Duration};

use ward_core::{AccountId, Timestamp, limits};
use ward_http::{Answer, AssuredRequest, StatusCode};

use super::{
    clients_page::{ClientsPage, Row},
    door::looks,
};
use crate::{Web, date, web::page};

/// A service or an app, as far as it may be forgotten.
pub(super) struct Client {
    kind: &'static str,
    name: String,
    enrolled_by: AccountId,
    approved_by: Option<AccountId>,
    expires: Timestamp,
    last_used: Option<Timestamp>,
    /// Shut out, or ended by somebody.
    ended: bool,
    now: Timestamp,
}

/// `GET /security/clients`
pub(crate) async fn show(web: Arc<Web>, request: AssuredRequest) -> Answer {
    if let Err(answer) = looks(&web, &request).await {
        return answer;
    }
    let mut clients = Client::all(&web, &request);
    clients.sort_by(|one, other| (one.expires, &one.name).cmp(&(other.expires, &other.name)));
    let rows = clients.iter().map(|client| client.row(&web, &request));
    let shown = ClientsPage {
        rows: rows.collect(),
    };
    page(
        StatusCode::OK,
        &web.layout_with_search(&request.assured),
        &shown,
    )
}

impl Client {
    pub(super) fn all(web: &Web, request: &AssuredRequest) -> Vec<Self> {
        let (organisation, now) = (request.assured.organisation(), web.clock.now());
        let accounts = web.identity.accounts(organisation);
        let services = accounts.iter().filter_map(|account| {
            let service = account.service()?;
            Some(Self {
                kind: "Service",
                name: account.display_name().to_owned(),
                enrolled_by: service.enrolled_by(),
                approved_by: service.approved_by(),
                expires: service.expires(),
                last_used: web.identity.service_last_used(account.id()),
                ended: account.suspended(),
                now,
            })
        });
        let apps = web.identity.apps(organisation).into_iter();
        let apps = apps.map(|app| Self {
            kind: "App",
            name: app.name().to_owned(),
            enrolled_by: app.enrolled_by(),
            approved_by: app.approved_by(),
            expires: app.expires(),
            last_used: web.identity.app_last_used(app.id()),
            ended: app.ended(),
            now,
        });
        services.chain(apps).collect()
    }

    /// Its time is over; one that somebody ended needs no look.
    pub(super) fn is_over(&self) -> bool {
        !self.ended && self.expires <= self.now
    }

    pub(super) fn ends_within(&self, time: Duration) -> bool {
        !self.ended && self.expires > self.now && self.expires <= self.now + time
    }

    /// It works, and got no token for long, or ever.
    pub(super) fn is_unused(&self) -> bool {
        let works = !self.ended && self.approved_by.is_some() && self.expires > self.now;
        let long_ago = self.now - limits::CLIENT_UNUSED;
        works && self.last_used.is_none_or(|used| used < long_ago)
    }

    fn row(&self, web: &Web, request: &AssuredRequest) -> Row {
        let name = |id: AccountId| {
            let account = web.identity.account(request.assured.organisation(), id);
            account.map_or_else(
                || "somebody".to_owned(),
                |one| one.display_name().to_owned(),
            )
        };
        let state = match self {
            _ if self.ended => ("Ended", "grey"),
            _ if self.approved_by.is_none() => ("Waits for approval", "blue"),
            _ if self.is_over() => ("Expired", "red"),
            _ if self.ends_within(limits::CLIENT_ENDS_SOON) => ("Expires soon", "orange"),
            _ if self.is_unused() => ("Unused", "yellow"),
            _ => ("Works", "green"),
        };
        Row {
            kind: self.kind,
            name: self.name.clone(),
            enrolled_by: name(self.enrolled_by),
            approved_by: self.approved_by.map(name),
            expires: date::day(date::today(self.expires)),
            last_used: self.last_used.map(date::moment),
            state: state.0,
            colour: state.1,
        }
    }
}
