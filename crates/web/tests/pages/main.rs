//! Pages over TLS, as a browser without JavaScript asks for them, with a clock that the test moves.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test panics where it fails"
)]

mod accounts;
mod apps;
mod authorize;
mod browser;
mod device;
mod devices;
mod policies;
mod recovery;
mod security;
mod step_up;
