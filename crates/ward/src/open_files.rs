//! How many files may be open at once: each connection is one.

use ward_http::Capacity;

/// What any system grants.
const LEAST: u64 = 256;

/// Raises the limit on open files as far as the system allows, and says how much the server may
/// then do at once. The usual soft limit of 1,024 is there for programs that number their files in
/// a fixed table; it would end a server long before its own limits do.
pub(crate) fn capacity() -> Capacity {
    let open_files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or_else(|error| {
        tracing::warn!(%error, "the limit on open files could not be raised");
        LEAST
    });
    let capacity = Capacity::within(open_files);
    let connections = capacity.connections;
    tracing::info!(open_files, connections, "limits in force");
    capacity
}
