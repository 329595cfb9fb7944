//! The one table of the pages' routes.

mod apps;
mod devices;
mod federation;
mod security;

use std::sync::Arc;

use ward_http::{Credential::Session, Method, Route, with};

use crate::{
    Web, accessibility, accounts, assets, device, enrol, home, own, patient, session, sign_in,
    step_up,
};

/// Every route of the pages.
pub fn routes(web: &Arc<Web>) -> Vec<Route> {
    let mut routes = public(web);
    routes.extend(assured(web));
    routes.extend(own_account(web));
    routes.extend(proving(web));
    routes.extend(connecting(web));
    routes.extend(all_accounts(web));
    routes.extend(security::own_policies(web));
    routes.extend(apps::authorizing(web));
    routes.extend(apps::all_apps(web));
    routes.extend(apps::all_services(web));
    routes.extend(federation::federation(web));
    routes.extend(security::overseeing(web));
    routes.extend(security::emergencies(web));
    routes.extend(devices::devices(web));
    routes
}

fn public(web: &Arc<Web>) -> Vec<Route> {
    const SIGN_IN: &str = "signing in comes before anything is proved";
    const ENROL: &str = "the link is the proof, once";
    const SAME: &str = "the same for everybody";
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::public(get.clone(), "/static/{version}/{name}", SAME, assets::serve),
        Route::public(get.clone(), "/accessibility", SAME, accessibility::show),
        Route::public(
            get.clone(),
            "/sign-in",
            SIGN_IN,
            with(web, sign_in::show::show),
        ),
        Route::public(get.clone(), "/signed-out", SAME, session::signed_out::show),
        Route::public(
            post.clone(),
            "/sign-in/passkey/start",
            SIGN_IN,
            with(web, sign_in::passkey::start),
        ),
        Route::public(
            post.clone(),
            "/sign-in/passkey/finish",
            SIGN_IN,
            with(web, sign_in::passkey::finish),
        ),
        Route::public(
            post.clone(),
            "/sign-in/password",
            SIGN_IN,
            with(web, sign_in::password::finish),
        ),
        Route::public(get.clone(), "/enrolled", SAME, enrol::enrolled::show),
        Route::public(get, "/enrol/{token}", ENROL, with(web, enrol::show::show)),
        Route::public(
            post.clone(),
            "/enrol/{token}/passkey/start",
            ENROL,
            with(web, enrol::passkey::start),
        ),
        Route::public(
            post.clone(),
            "/enrol/{token}/passkey/finish",
            ENROL,
            with(web, enrol::passkey::finish),
        ),
        Route::public(
            post.clone(),
            "/enrol/{token}/password/start",
            ENROL,
            with(web, enrol::password::start),
        ),
        Route::public(
            post,
            "/enrol/{token}/password/finish",
            ENROL,
            with(web, enrol::password::finish),
        ),
    ]
}

fn assured(web: &Arc<Web>) -> Vec<Route> {
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::assured(get.clone(), "/", "home", Session, with(web, home::show)),
        Route::assured(
            post.clone(),
            "/session/stay",
            "stay signed in",
            Session,
            session::stay::stay,
        ),
        Route::stream(
            "/session/live",
            "know when the session ends",
            Session,
            session::live::show,
        ),
        Route::assured(
            post.clone(),
            "/sign-out",
            "sign out",
            Session,
            with(web, session::sign_out::here),
        ),
        Route::assured(
            post.clone(),
            "/sign-out-everywhere",
            "sign out everywhere",
            Session,
            with(web, session::sign_out::everywhere),
        ),
        Route::assured(
            get.clone(),
            "/patients",
            "find patients",
            Session,
            with(web, patient::search::show),
        ),
        Route::assured(
            post,
            "/patients",
            "find patients",
            Session,
            with(web, patient::find::find),
        ),
        Route::assured(
            get.clone(),
            "/patients/{id}",
            "read a record",
            Session,
            with(web, patient::show::show),
        ),
        Route::assured(
            get,
            "/patients/{id}/who-looked",
            "who looked",
            Session,
            with(web, patient::who_looked::show),
        ),
        Route::assured(
            Method::POST,
            "/patients/{id}/apps/{app}",
            "open an app",
            Session,
            with(web, patient::open_app::open),
        ),
    ]
}

/// What people do to their own accounts.
fn own_account(web: &Arc<Web>) -> Vec<Route> {
    const FACTORS: &str = "own factors";
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::assured(
            get.clone(),
            "/account",
            "own account",
            Session,
            with(web, own::account::show),
        ),
        Route::assured(
            post.clone(),
            "/account/notices/seen",
            "own account",
            Session,
            with(web, own::notices::seen),
        ),
        Route::assured(
            post.clone(),
            "/account/recovery/stop",
            "stop own recovery",
            Session,
            with(web, own::recovery::stop),
        ),
        Route::assured(
            get.clone(),
            "/account/passkeys/add",
            FACTORS,
            Session,
            with(web, own::passkey::adding),
        ),
        Route::assured(
            post.clone(),
            "/account/passkeys/start",
            FACTORS,
            Session,
            with(web, own::passkey::start),
        ),
        Route::assured(
            post.clone(),
            "/account/passkeys/finish",
            FACTORS,
            Session,
            with(web, own::passkey::finish),
        ),
        Route::assured(
            get.clone(),
            "/account/passkeys/{id}",
            FACTORS,
            Session,
            with(web, own::passkey::show),
        ),
        Route::assured(
            post.clone(),
            "/account/passkeys/{id}/rename",
            FACTORS,
            Session,
            with(web, own::passkey::rename),
        ),
        Route::assured(
            post.clone(),
            "/account/passkeys/{id}/remove",
            FACTORS,
            Session,
            with(web, own::passkey::remove),
        ),
        Route::assured(
            get.clone(),
            "/account/password",
            FACTORS,
            Session,
            with(web, own::password::show),
        ),
        Route::assured(
            post.clone(),
            "/account/password",
            FACTORS,
            Session,
            with(web, own::password::change),
        ),
        Route::assured(
            post.clone(),
            "/account/password/remove",
            FACTORS,
            Session,
            with(web, own::password::remove),
        ),
    ]
}

/// How people prove again who they are.
fn proving(web: &Arc<Web>) -> Vec<Route> {
    const PROVE: &str = "prove it again";
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::assured(
            post.clone(),
            "/prove/passkey/start",
            PROVE,
            Session,
            with(web, step_up::passkey::start),
        ),
        Route::assured(
            post.clone(),
            "/prove/passkey/finish",
            PROVE,
            Session,
            with(web, step_up::passkey::finish),
        ),
        Route::assured(
            post.clone(),
            "/prove/password",
            PROVE,
            Session,
            with(web, step_up::password::finish),
        ),
        Route::assured(
            get.clone(),
            "/prove/continue",
            PROVE,
            Session,
            with(web, step_up::go_on::go_on),
        ),
    ]
}

/// How people let a command line act for them.
fn connecting(web: &Arc<Web>) -> Vec<Route> {
    const CONNECT: &str = "connect a command line";
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::assured(
            get,
            "/device",
            CONNECT,
            Session,
            with(web, device::code::show),
        ),
        Route::assured(
            post.clone(),
            "/device",
            CONNECT,
            Session,
            with(web, device::code::look),
        ),
        Route::assured(
            post.clone(),
            "/device/approve",
            CONNECT,
            Session,
            with(web, device::approve::approve),
        ),
        Route::assured(
            post,
            "/device/deny",
            CONNECT,
            Session,
            with(web, device::deny::deny),
        ),
    ]
}

/// What administrators and those who govern information do to everybody's accounts.
fn all_accounts(web: &Arc<Web>) -> Vec<Route> {
    const LOOK: &str = "accounts";
    const MANAGE: &str = "manage accounts";
    const RECOVER: &str = "recover an account";
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::assured(
            get.clone(),
            "/accounts",
            LOOK,
            Session,
            with(web, accounts::list::show),
        ),
        Route::assured(
            get.clone(),
            "/accounts/add",
            MANAGE,
            Session,
            with(web, accounts::add::show),
        ),
        Route::assured(
            post.clone(),
            "/accounts/add",
            MANAGE,
            Session,
            with(web, accounts::add::add),
        ),
        Route::assured(
            get.clone(),
            "/accounts/{id}",
            LOOK,
            Session,
            with(web, accounts::show::show),
        ),
        Route::assured(
            post.clone(),
            "/accounts/{id}/link",
            MANAGE,
            Session,
            with(web, accounts::link::renew),
        ),
        Route::assured(
            post.clone(),
            "/accounts/{id}/suspend",
            MANAGE,
            Session,
            with(web, accounts::standing::suspend),
        ),
        Route::assured(
            post.clone(),
            "/accounts/{id}/resume",
            MANAGE,
            Session,
            with(web, accounts::standing::resume),
        ),
        Route::assured(
            post.clone(),
            "/accounts/{id}/recovery/open",
            RECOVER,
            Session,
            with(web, accounts::recovery::open),
        ),
        Route::assured(
            post.clone(),
            "/accounts/{id}/recovery/approve",
            RECOVER,
            Session,
            with(web, accounts::recovery::approve),
        ),
        Route::assured(
            post.clone(),
            "/accounts/{id}/recovery/stop",
            RECOVER,
            Session,
            with(web, accounts::recovery::stop),
        ),
        Route::assured(
            post.clone(),
            "/accounts/{id}/recovery/link",
            RECOVER,
            Session,
            with(web, accounts::recovery::link),
        ),
    ]
}
