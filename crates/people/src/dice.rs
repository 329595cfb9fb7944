//! Seeded chance.

use jiff::{ToSpan, civil::Date};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The chance of one person: the same for the same seed, organisation and number.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn of(seed: u64, ods: &str, number: u32) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        bytes[8..12].copy_from_slice(&number.to_le_bytes());
        for (place, byte) in bytes[12..].iter_mut().zip(ods.bytes()) {
            *place = byte;
        }
        Self(ChaCha8Rng::from_seed(bytes))
    }

    /// True with probability `p`.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.0.random_range(0.0..1.0) < p
    }

    /// A whole number, both ends included.
    pub(crate) fn between(&mut self, low: i32, high: i32) -> i32 {
        self.0.random_range(low..=high.max(low))
    }

    /// One of them. `choices` is never empty: all of them are constants of this crate.
    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let index = self.0.random_range(0..choices.len());
        &choices[index]
    }

    /// One of them, by weight.
    pub(crate) fn weighted<'a, T>(&mut self, choices: &'a [(u32, T)]) -> &'a T {
        let total: u32 = choices.iter().map(|(weight, _)| weight).sum();
        let mut left = self.0.random_range(0..total);
        for (weight, choice) in choices {
            if left < *weight {
                return choice;
            }
            left -= weight;
        }
        &choices[0].1
    }

    /// About `mean`, bell-shaped, `spread` being the standard deviation.
    pub(crate) fn around(&mut self, mean: f64, spread: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.0.random_range(0.0..1.0)).sum();
        (sum - 6.0).mul_add(spread, mean)
    }

    /// A day, both ends included; `from` where the span is empty.
    pub(crate) fn day(&mut self, from: Date, to: Date) -> Date {
        let days = from.until(to).map_or(0, |span| span.get_days()).max(0);
        let offset = self.between(0, days);
        from.checked_add(offset.days()).unwrap_or(from)
    }

    /// An id in the form of a UUID, version 4.
    pub(crate) fn id(&mut self) -> String {
        let bits: u128 = self.0.random();
        let bits = bits & !(0xf << 76) | (4 << 76);
        let bits = bits & !(0x3 << 62) | (2 << 62);
        let hex = format!("{bits:032x}");
        format!(
            "{}-{}-{}-{}-{}",
            &hex[..8],
            &hex[8..12],
            &hex[12..16],
            &hex[16..20],
            &hex[20..]
        )
    }
}
