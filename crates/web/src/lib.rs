//! Pages: what staff see in a browser.
//!
//! Templates of the NHS design system rendered on the server; every page works without
//! JavaScript, except for the passkey itself, which is JavaScript's.

mod accessibility;
mod accounts;
mod apps;
mod assets;
mod authorize;
mod ceremony;
mod date;
mod device;
mod devices;
mod draft;
mod enrol;
mod error;
mod home;
mod kiosk;
mod layout;
mod leave;
mod own;
mod patient;
mod policies;
mod providers;
mod render;
mod routes;
mod security;
mod services;
mod session;
mod sign_in;
mod status;
mod step_up;
#[cfg(test)]
mod tests;
mod web;

pub use error::ErrorPages;
pub use routes::routes;
pub use web::{Parts, Web};
