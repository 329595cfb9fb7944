//! The one table of the pages' routes.

use std::sync::Arc;

use ward_http::{Credential::Session, Method, Route, with};

use crate::{Web, accessibility, account, assets, enrol, home, patient, session, sign_in};

/// Every route of the pages.
pub fn routes(web: &Arc<Web>) -> Vec<Route> {
    let mut routes = public(web);
    routes.extend(assured(web));
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
        Route::public(get.clone(), "/sign-in", SIGN_IN, sign_in::show::show),
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
            get.clone(),
            "/account",
            "own account",
            Session,
            with(web, account::show),
        ),
        Route::assured(
            post.clone(),
            "/session/stay",
            "stay signed in",
            Session,
            session::stay::stay,
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
    ]
}
