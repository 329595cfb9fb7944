//! A whole Ward over TLS, asked as its callers ask: properly, and as an attacker would.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test panics where it fails"
)]

mod app_attacks;
mod apps;
mod bad_bundle;
mod bad_credential;
mod bad_request;
mod bundle;
mod every_route;
mod fixture;
mod launch;
mod manage;
mod metadata;
mod records;
mod search;
mod token;
