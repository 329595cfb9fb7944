//! What tests share: a fixed clock and seeded randomness. Dev only.

mod clock;
mod random;

pub use clock::FixedClock;
pub use random::SeededRandom;
