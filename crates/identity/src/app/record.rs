//! How apps, and what people gave them, are kept.

use serde::{Deserialize, Serialize};
use ward_core::{AccountId, AppId, Ods, SessionId, Timestamp};

use super::{App, AppScopes, live::Authorization, redirect::RedirectUri};
use crate::Error;

pub(crate) const APPS: &str = "app/";
const AUTHORIZATIONS: &str = "authorization/";
pub(crate) const USED: &str = "client-used/";

pub(crate) fn app(id: AppId) -> String {
    format!("{APPS}{id}")
}

pub(crate) fn authorization(id: SessionId) -> String {
    format!("{AUTHORIZATIONS}{id}")
}

/// When the client of an id last got a token.
pub(crate) fn used(id: [u8; 16]) -> String {
    format!("{USED}{}", AppId::from_bytes(id))
}

/// The id in a key.
pub(crate) fn owner(key: &str) -> Result<AppId, Error> {
    let id = key.split('/').nth(1).and_then(|id| id.parse().ok());
    id.ok_or(Error::Corrupt("record key"))
}

/// `app/{id}`
#[derive(Serialize, Deserialize)]
pub(crate) struct AppRecord {
    name: String,
    redirect_uris: Vec<String>,
    launch_url: Option<String>,
    jwks: Option<String>,
    scopes: String,
    enrolled_by: AccountId,
    approved_by: Option<AccountId>,
    expires_micros: i64,
    ended: bool,
}

impl From<&App> for AppRecord {
    fn from(app: &App) -> Self {
        Self {
            name: app.name.to_string(),
            redirect_uris: app.redirect_uris().map(ToOwned::to_owned).collect(),
            launch_url: app.launch_url().map(ToOwned::to_owned),
            jwks: app.jwks.as_deref().map(ToOwned::to_owned),
            scopes: app.scopes.to_string(),
            enrolled_by: app.enrolled_by,
            approved_by: app.approved_by,
            expires_micros: app.expires.as_micros(),
            ended: app.ended,
        }
    }
}

impl AppRecord {
    pub(crate) fn into_app(self, id: AppId, organisation: &Ods) -> Result<App, Error> {
        let uris = self.redirect_uris.iter().map(|uri| RedirectUri::parse(uri));
        Ok(App {
            id,
            organisation: organisation.clone(),
            name: self.name.into(),
            redirect_uris: uris.collect::<Result<_, _>>()?,
            launch_url: self.launch_url.map(Into::into),
            jwks: self.jwks.map(Into::into),
            scopes: AppScopes::parse(&self.scopes)?,
            enrolled_by: self.enrolled_by,
            approved_by: self.approved_by,
            expires: Timestamp::from_micros(self.expires_micros),
            ended: self.ended,
        })
    }
}

/// `authorization/{id}`: what a person gave to an app. The log keeps each of these facts; the
/// tokens are in memory alone, and end with the process.
#[derive(Serialize, Deserialize)]
pub(crate) struct AuthorizationRecord {
    client: AppId,
    account: AccountId,
    session: SessionId,
    scopes: String,
    patient: Option<String>,
    began_micros: i64,
    refreshed_micros: Option<i64>,
}

impl AuthorizationRecord {
    pub(crate) fn new(of: &Authorization, refreshed: Option<Timestamp>) -> Self {
        Self {
            client: of.client.app().id,
            account: of.member.account().id,
            session: of.proof.session,
            scopes: of.scopes.to_string(),
            patient: of.patient.as_ref().map(ToString::to_string),
            began_micros: of.began.as_micros(),
            refreshed_micros: refreshed.map(Timestamp::as_micros),
        }
    }
}

/// `client-used/{id}`
#[derive(Serialize, Deserialize)]
pub(crate) struct UsedRecord {
    pub(crate) at_micros: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{decode, encode};

    const APP: &str = include_str!("../../tests/fixtures/app.1.json");

    #[test]
    fn what_format_1_wrote_of_an_app_is_read_forever() {
        let bytes = [b"\x01", APP.trim().as_bytes()].concat();
        let record: AppRecord = decode(&bytes).unwrap();
        assert_eq!(encode(&record).unwrap(), bytes);
        let id = AppId::from_bytes([1; 16]);
        let app = record.into_app(id, &"WRD01".parse().unwrap()).unwrap();
        assert_eq!(app.name(), "Growth chart");
        assert_eq!(
            app.scopes().to_string(),
            "launch/patient patient/Observation.rs"
        );
        assert!(!app.works(Timestamp::from_micros(0)) && app.approved_by().is_none());
    }
}
