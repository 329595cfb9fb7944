//! Devices: kiosks and boards, each with a key that its browser can't export.
//!
//! Somebody of the staff begins a pairing and types its code on the device; the device offers its
//! key and proves to have it; both screens show the key's words, and the staff say that they are the
//! same. From then on the device proves itself as a service does, with that one key alone.

mod account;
mod offer;
mod pairing;
mod words;

pub use account::{DeviceAccount, DeviceKind};
pub use offer::{Collected, Offered};
pub(crate) use pairing::Pairings;
pub use pairing::{PairingStage, PairingView};
