//! The command line as a person's own client (RFC 8628, RFC 9449).
//!
//! It has no password to ask for and no passkey to touch: it shows a code, and its person types
//! that code into a page of Ward, in a session of theirs, with a proof that is fresh and can't be
//! phished. What comes of it is a token of scope `ward/manage`, bound to the key that asked, which
//! opens the administration routes and no others. It lives in memory for an hour at most, and is
//! not renewed: to go on, somebody proves again who they are.

mod begin;
mod decide;
mod exchange;
mod live;
mod sessions;
mod user_code;
mod waiting;

pub use begin::Connecting;
pub use decide::Asks;
pub(crate) use exchange::DeviceRequest;
pub(crate) use live::Connections;
pub use live::OwnSession;
pub(crate) use waiting::Waiting;

use parking_lot::Mutex;
use ward_core::limits;

use crate::attempts::Attempts;

/// The one client of this grant. It has no key of its own to prove that it is this program: what
/// its tokens may do is its person's to decide, each time.
pub const COMMAND_LINE_CLIENT: &str = "ward-cli";
/// The one scope of its tokens: what its person may do to accounts, services and apps. No route of
/// records takes it.
pub const MANAGE_SCOPE: &str = "ward/manage";

/// Command lines that wait for their persons, and those that are connected.
pub(crate) struct CommandLines {
    pub(crate) waiting: Mutex<Waiting>,
    pub(crate) connected: Connections,
    /// Codes that somebody typed and that nobody was shown.
    pub(crate) guesses: Attempts,
}

impl CommandLines {
    pub(crate) fn new() -> Self {
        let (limit, window) = (limits::ATTEMPTS_PER_ACCOUNT, limits::ATTEMPT_WINDOW);
        Self {
            waiting: Mutex::default(),
            connected: Connections::default(),
            guesses: Attempts::stricter(limit, window),
        }
    }
}
