//! The organisation's services.

pub(super) mod approve;
pub(super) mod list;
pub(super) mod propose;
pub(super) mod suspend;
