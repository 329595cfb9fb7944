//! How much a server does at once.

use std::time::Duration;

use ward_core::limits;

/// One address may hold one in so many connections, and of the handlers that anyone may have run:
/// a whole hospital sits behind one address.
const PARTS: usize = 4;
/// One in so many open files may be a connection; the stores need the others.
const FILES_A_CONNECTION: u64 = 2;

/// How much a server does at once, and how long it waits for a caller: what keeps one of them from
/// holding it all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// Connections open at once; a quarter of them from one address.
    pub connections: usize,
    /// Handlers that run at once for callers who have proved who they are, and as many again for
    /// those who need not, a quarter of them for one address: nobody unproved keeps out the others.
    pub handlers: usize,
    /// Handlers that run at once for one account. They share the processors with those of all
    /// others, whether their callers still wait or not.
    pub handlers_of_account: usize,
    /// A request waits so long for a handler of its caller's to end before it is refused.
    pub patience: Duration,
    /// A caller that lets answers wait must take 16 KiB of them in this time.
    pub write_pause: Duration,
    /// A connection is asked to end after this time, however busy it is.
    pub connection_life: Duration,
}

impl Default for Capacity {
    fn default() -> Self {
        Self {
            connections: limits::CONNECTIONS,
            handlers: 512,
            handlers_of_account: 16,
            patience: Duration::from_secs(5),
            write_pause: Duration::from_secs(30),
            connection_life: Duration::from_hours(1),
        }
    }
}

impl Capacity {
    /// What fits where so many files may be open at once: each connection is one.
    #[must_use]
    pub fn within(open_files: u64) -> Self {
        let fit = usize::try_from(open_files / FILES_A_CONNECTION).unwrap_or(usize::MAX);
        Self {
            connections: fit.clamp(1, limits::CONNECTIONS),
            ..Self::default()
        }
    }

    pub(crate) fn connections_of_address(&self) -> usize {
        part(self.connections)
    }

    pub(crate) fn handlers_of_address(&self) -> usize {
        part(self.handlers)
    }
}

fn part(all: usize) -> usize {
    (all / PARTS).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_the_stores() {
        for (files, connections) in [(0, 1), (1_024, 512), (20_000, 10_000), (u64::MAX, 10_000)] {
            assert_eq!(Capacity::within(files).connections, connections, "{files}");
        }
    }

    #[test]
    fn one_address_holds_a_quarter() {
        let usual = Capacity::default();
        assert_eq!(usual.connections_of_address(), 2_500);
        assert_eq!(usual.handlers_of_address(), 128);
        assert_eq!(Capacity::within(0).connections_of_address(), 1);
    }
}
