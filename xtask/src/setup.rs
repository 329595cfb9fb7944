//! Fetches what the build takes from npm and PyPI.

/// Nothing to fetch yet.
pub(crate) fn run() -> Result<(), String> {
    Ok(())
}
