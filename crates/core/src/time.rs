//! Time as a parameter, so that tests can set it.

use std::{fmt, ops::Add, ops::Sub, str::FromStr, time::Duration};

use crate::InvalidId;

/// Microseconds since 1970-01-01T00:00:00Z. Written as a FHIR `instant` with milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since 1970.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down: a JWT `NumericDate`.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// From whole seconds since 1970.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// How long after `earlier` this is; zero if it is not after.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl Add<Duration> for Timestamp {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros(duration)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(micros(duration)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        write!(f, "{time:.3}")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = InvalidId;

    /// Reads a FHIR `instant` (RFC 3339 with a zone).
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let time: jiff::Timestamp = text.parse().map_err(|_| InvalidId("instant"))?;
        Ok(Self(time.as_microsecond()))
    }
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one home of the system clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_microsecond())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_written_as_a_fhir_instant() {
        let time = Timestamp::from_seconds(1_659_596_400);
        assert_eq!(time.to_string(), "2022-08-04T07:00:00.000Z");
        assert_eq!("2022-08-04T08:00:00+01:00".parse(), Ok(time));
        assert_eq!(
            (time + Duration::from_millis(5)).to_string(),
            "2022-08-04T07:00:00.005Z"
        );
    }

    #[test]
    fn nothing_is_since_the_future() {
        let time = Timestamp::from_seconds(10);
        assert_eq!(time.since(time + Duration::from_secs(1)), Duration::ZERO);
    }
}
