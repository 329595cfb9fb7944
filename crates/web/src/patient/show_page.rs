use serde::Serialize;

use super::{
    banner::Banner,
    item::{Item, Section},
    open_app::OpenableApp,
};
use crate::render::Page;

/// A patient's record on one page, what can hurt first.
///
/// What the reader's role may not see is `None`, or missing from the sections: the page says so,
/// and never that there is nothing.
#[derive(Debug, Serialize)]
pub(crate) struct ShowPage {
    pub(crate) id: String,
    pub(crate) patient: Banner,
    pub(crate) allergies: Option<Vec<Item>>,
    pub(crate) flags: Option<Vec<Item>>,
    /// Completes "You can see this because".
    pub(crate) because: String,
    /// Whether the link to who looked is offered.
    pub(crate) may_ask_who_looked: bool,
    /// Whether it can be opened in an emergency.
    pub(crate) may_break_glass: bool,
    pub(crate) sections: Vec<Section>,
    pub(crate) care_team: Option<Vec<Item>>,
    pub(crate) contact: Vec<ContactLine>,
    /// Something of the record is not shown to this role.
    pub(crate) is_partial: bool,
    /// Apps that can be opened with this patient.
    pub(crate) apps: Vec<OpenableApp>,
}

/// A way to reach a patient.
#[derive(Debug, Serialize)]
pub(crate) struct ContactLine {
    pub(crate) what: &'static str,
    pub(crate) detail: String,
}

impl Page for ShowPage {
    const TEMPLATE: &'static str = "patient/show.jinja";

    fn title(&self) -> String {
        format!("Patient {}", self.patient.initials)
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        samples::all()
    }
}

#[cfg(test)]
#[path = "show_samples.rs"]
mod samples;
