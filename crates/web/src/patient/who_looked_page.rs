use serde::Serialize;

use super::banner::Banner;
use crate::render::Page;

/// Who looked at a record.
#[derive(Debug, Serialize)]
pub(crate) struct WhoLookedPage {
    pub(crate) id: String,
    pub(crate) patient: Banner,
    /// Newest first.
    pub(crate) looks: Vec<Look>,
    /// Where the page of earlier ones starts.
    pub(crate) earlier: Option<u64>,
}

/// One look, in plain words.
#[derive(Debug, Serialize)]
pub(crate) struct Look {
    pub(crate) when: String,
    pub(crate) who: String,
    /// The role in plain words; empty where there is none.
    pub(crate) role: &'static str,
    /// It is the reader of the page.
    pub(crate) you: bool,
    pub(crate) did: String,
    pub(crate) why: &'static str,
}

impl Page for WhoLookedPage {
    const TEMPLATE: &'static str = "patient/who_looked.jinja";

    fn title(&self) -> String {
        format!("Who looked at the record of {}", self.patient.initials)
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let look = |who: &str, role, you, did: &str, why| Look {
            when: "23 November 2026 at 08:04".to_owned(),
            who: who.to_owned(),
            role,
            you,
            did: did.to_owned(),
            why,
        };
        let looks = vec![
            look(
                "Asha Patel",
                "Clinician",
                true,
                "Read the record (24 items)",
                "In the care team",
            ),
            look(
                "Sam Hill",
                "Receptionist",
                false,
                "Found in a search",
                "Same organisation",
            ),
            look(
                "Theatre system",
                "Service",
                false,
                "Read 3 results",
                "Direct care",
            ),
        ];
        let id = || "p1".to_owned();
        vec![
            Self {
                id: id(),
                patient: Banner::sample(),
                looks,
                earlier: Some(812),
            },
            Self {
                id: id(),
                patient: Banner::sample_died(),
                looks: vec![],
                earlier: None,
            },
        ]
    }
}
