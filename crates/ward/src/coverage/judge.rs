//! What a route must answer, and whether it did.

use super::probe::Observed;

/// What the rule says that a question gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// 401: nothing was proved. A page sends to the page where one signs in.
    Refused { page: bool },
    /// 403 or 404, or 401 where more would have to be proved: another organisation's. Or the very
    /// answer that an id gets which nobody has: then nothing is told of this one.
    Absent,
    /// Anything but a session or a token: a route for everybody.
    NoSession,
    /// The names of the methods, and nothing else.
    Methods,
    /// 405.
    NoMethod,
    /// 400: the connection stays what it is.
    NoUpgrade,
}

/// How an answer compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    AsExpected,
    LetIn,
    /// The server was busy, or gone: nothing is known.
    Unanswered,
}

impl Expected {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Refused { page: false } => "401",
            Self::Refused { page: true } => "401, or to /sign-in",
            Self::Absent => "401, 403, 404, or as for nobody's id",
            Self::NoSession => "no session",
            Self::Methods => "204, and nothing in it",
            Self::NoMethod => "405",
            Self::NoUpgrade => "400 or 405",
        }
    }

    pub(crate) fn judge(self, observed: &Observed) -> Verdict {
        let Some(status) = observed.status else {
            return Verdict::Unanswered;
        };
        let fits = match self {
            Self::Refused { page } => {
                status == 401 || page && status == 303 && observed.location == "/sign-in"
            }
            Self::Absent => matches!(status, 401 | 403 | 404),
            // An error of the server's own is no answer to be content with.
            Self::NoSession => status < 500,
            Self::Methods => status == 204 && observed.bytes == 0,
            Self::NoMethod => status == 405,
            Self::NoUpgrade => matches!(status, 400 | 405),
        };
        if fits && !observed.gave_session {
            Verdict::AsExpected
        } else if matches!(status, 429 | 503) {
            Verdict::Unanswered
        } else {
            Verdict::LetIn
        }
    }
}
