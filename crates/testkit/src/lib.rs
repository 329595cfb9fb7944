//! What tests share: a fixed clock and seeded randomness. Dev only.

mod clock;
#[cfg(feature = "passkey")]
mod passkey;
mod random;
#[cfg(feature = "service")]
mod service;
#[cfg(feature = "world")]
mod world;

pub use clock::FixedClock;
#[cfg(feature = "passkey")]
pub use passkey::SoftwarePasskey;
pub use random::SeededRandom;
#[cfg(feature = "service")]
pub use service::ServiceClient;
#[cfg(feature = "world")]
pub use world::{ORGANISATIONS, ORIGIN, Person, Program, World, ods, resource};
