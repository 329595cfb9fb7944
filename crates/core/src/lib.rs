//! Ids, time, randomness, limits: what every floor may use. No I/O, no async.

pub mod id;
pub mod limits;
mod place;
mod random;
mod resource_key;
mod secret;
mod time;

pub use id::{AccountId, AppId, InvalidId, KeyId, Ods, ProviderId, RequestId, SessionId};
pub use place::{neighbourhood, network};
pub use random::{Random, SystemRandom};
pub use resource_key::{PatientId, ResourceKey};
pub use secret::Secret;
pub use time::{Clock, SystemClock, Timestamp};
