//! Kiosks and boards: what the staff do, and what the devices ask.

use std::sync::Arc;

use ward_http::{
    Credential::{Device, Session},
    Method, Route, with,
};

use crate::{Web, devices, kiosk};

/// All of it.
pub(super) fn devices(web: &Arc<Web>) -> Vec<Route> {
    let mut routes = of_staff(web);
    routes.extend(of_devices(web));
    routes
}

fn of_devices(web: &Arc<Web>) -> Vec<Route> {
    const PAIR: &str =
        "a device that is not paired has proved nothing; its code works once, for minutes";
    let post = Method::POST;
    vec![
        Route::public(
            Method::GET,
            "/pair",
            "the same for everybody",
            kiosk::show::show,
        ),
        Route::public(
            post.clone(),
            "/pair/offer",
            PAIR,
            with(web, kiosk::offer::offer),
        ),
        Route::public(
            post.clone(),
            "/pair/collect",
            PAIR,
            with(web, kiosk::offer::collect),
        ),
        Route::assured(
            post,
            "/pair/heartbeat",
            "say that it is paired",
            Device,
            with(web, kiosk::heartbeat::beat),
        ),
    ]
}

fn of_staff(web: &Arc<Web>) -> Vec<Route> {
    const LOOK: &str = "devices";
    const MANAGE: &str = "manage devices";
    let (get, post) = (Method::GET, Method::POST);
    vec![
        Route::assured(
            get.clone(),
            "/devices",
            LOOK,
            Session,
            with(web, devices::list::show),
        ),
        Route::assured(
            post.clone(),
            "/devices",
            MANAGE,
            Session,
            with(web, devices::pair::begin),
        ),
        Route::assured(
            get,
            "/devices/pairings/{id}",
            LOOK,
            Session,
            with(web, devices::pairing::show),
        ),
        Route::assured(
            post.clone(),
            "/devices/pairings/{id}/confirm",
            MANAGE,
            Session,
            with(web, devices::pairing::confirm),
        ),
        Route::assured(
            post.clone(),
            "/devices/pairings/{id}/end",
            LOOK,
            Session,
            with(web, devices::pairing::end),
        ),
        Route::assured(
            post,
            "/devices/{id}/unpair",
            MANAGE,
            Session,
            with(web, devices::unpair::unpair),
        ),
    ]
}
