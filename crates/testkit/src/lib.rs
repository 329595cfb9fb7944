//! What tests share: a fixed clock and seeded randomness. Dev only.
#![allow(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test that can't set up its world panics"
)]

#[cfg(feature = "server")]
mod app;
#[cfg(feature = "server")]
mod browser;
mod clock;
#[cfg(feature = "server")]
mod command_line;
#[cfg(feature = "passkey")]
mod passkey;
mod random;
#[cfg(feature = "server")]
mod server;
#[cfg(feature = "service")]
mod service;
#[cfg(feature = "wire")]
mod wire;
#[cfg(feature = "world")]
mod world;

#[cfg(feature = "server")]
pub use app::{App, REDIRECT, VERIFIER, challenge, form};
#[cfg(feature = "server")]
pub use browser::{Browser, PASSWORD, ceremony, hidden, link, session_set_by, shown_link};
pub use clock::FixedClock;
#[cfg(feature = "server")]
pub use command_line::CommandLine;
#[cfg(feature = "passkey")]
pub use passkey::SoftwarePasskey;
pub use random::SeededRandom;
#[cfg(feature = "server")]
pub use server::Server;
#[cfg(feature = "service")]
pub use service::ServiceClient;
#[cfg(feature = "wire")]
pub use wire::{Raw, Wire};
#[cfg(feature = "world")]
pub use world::{ORGANISATIONS, ORIGIN, Person, Program, World, ods, resource};
