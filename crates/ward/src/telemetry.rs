//! The program's own log: JSON lines on standard error, without anybody's data.

use tracing_subscriber::EnvFilter;

use crate::error::Error;

/// Starts it with a filter, such as `info` or `ward_store=debug,info`.
pub(crate) fn start(filter: &str) -> Result<(), Error> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|_| Error::Config("log.filter: is no filter; try `info`".into()))?;
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init()
        .map_err(Error::told)
}
