//! Services: SMART Backend Services with tokens bound to their sender.

pub(crate) mod assertion;
pub(crate) mod dpop;
pub(crate) mod jws;
pub(crate) mod key;
pub(crate) mod replay;
