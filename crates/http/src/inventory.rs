//! All that a server answers, and all that its process listens on.

use std::sync::Arc;

use crate::{Listed, Origin, Sockets};

/// What is refused on every path, whoever asks: it is in the inventory because it would be a way in
/// beside the routes (facts: WebSocket and proxy endpoints of others were left unguarded).
pub const REFUSED: [(&str, &str); 4] = [
    (
        "Upgrade",
        "no connection changes its protocol: there is no WebSocket and no h2c",
    ),
    ("CONNECT", "the server is no proxy"),
    ("TRACE", "a request's headers are nobody's to read back"),
    (
        "other methods",
        "what a path does not declare answers 405 with what it does",
    ),
];

/// What a server is, told from the very table that it serves from.
#[derive(Debug)]
pub struct Inventory {
    pub(crate) origin: Origin,
    pub(crate) routes: Vec<Listed>,
    pub(crate) sockets: Arc<Sockets>,
}

impl Inventory {
    /// Where the server is.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Everything that is answered: declared routes, and HEAD and OPTIONS that follow by rule.
    pub fn routes(&self) -> &[Listed] {
        &self.routes
    }

    /// What the process listens on.
    pub fn sockets(&self) -> &Sockets {
        &self.sockets
    }
}
