//! The demo's app: a public one, which is the example of docs/apps.

use std::time::Duration;

use ward_core::{AccountId, AppId, Clock as _, Ods, SystemClock};
use ward_identity::{AppScopes, NewApp, Role};

use super::DemoAccount;
use crate::{error::Error, wiring::Ward};

const NAME: &str = "Example app";
/// Where `docs/apps/example` is answered: at any port of one's own machine.
const REDIRECT: &str = "http://127.0.0.1/";
/// Where a patient's page opens it: at the port that the example takes by itself.
const LAUNCH: &str = "http://127.0.0.1:9100/launch.html";
/// What it may ask for.
const SCOPE: &str = "launch launch/patient offline_access online_access patient/*.cruds user/*.rs";
const REGISTRATION: Duration = Duration::from_hours(24 * 90);

/// An app, as it is registered.
pub(crate) struct DemoApp {
    pub(crate) client_id: AppId,
    pub(crate) organisation: Ods,
    pub(crate) redirect_uri: &'static str,
    pub(crate) launch_url: &'static str,
    pub(crate) scope: &'static str,
}

/// Registers the organisation's demo app, or finds it again.
pub(crate) async fn register(
    ward: &Ward,
    ods: &Ods,
    accounts: &[(AccountId, DemoAccount)],
) -> Result<DemoApp, Error> {
    let apps = ward.identity.apps(ods);
    let client_id = if let Some(app) = apps.iter().find(|app| app.name() == NAME) {
        app.id()
    } else {
        let new = NewApp {
            name: NAME.to_owned(),
            redirect_uris: vec![REDIRECT.to_owned()],
            launch_url: Some(LAUNCH.to_owned()),
            jwks: None,
            scopes: AppScopes::parse(SCOPE).map_err(Error::told)?,
            expires: SystemClock.now() + REGISTRATION,
        };
        let one = DemoAccount::of_role(accounts, Role::Administrator)?;
        let other = DemoAccount::of_role(accounts, Role::InformationGovernance)?;
        let made = ward.identity.set_up_app(ods, new, one, other).await;
        made.map_err(Error::told)?
    };
    Ok(DemoApp {
        client_id,
        organisation: ods.clone(),
        redirect_uri: REDIRECT,
        launch_url: LAUNCH,
        scope: SCOPE,
    })
}
