//! One's own sessions: to see who else is signed in as oneself, and to end them.

pub(super) mod end;
pub(super) mod list;
pub(super) mod show;
