use serde::Serialize;

use super::{
    banner::Banner,
    item::{Item, Section},
};
use crate::render::Page;

/// A patient's record on one page, what can hurt first.
#[derive(Debug, Serialize)]
pub(crate) struct ShowPage {
    pub(crate) id: String,
    pub(crate) patient: Banner,
    pub(crate) allergies: Vec<Item>,
    /// Said where there are none.
    pub(crate) no_allergies: &'static str,
    pub(crate) flags: Vec<Item>,
    /// Completes "You can see this because".
    pub(crate) because: String,
    pub(crate) sections: Vec<Section>,
    pub(crate) care_team: Vec<Item>,
    pub(crate) contact: Vec<ContactLine>,
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
mod samples {
    use super::*;
    use crate::status::Status;

    pub(super) fn all() -> Vec<ShowPage> {
        let line = |what, detail: &str| ContactLine {
            what,
            detail: detail.to_owned(),
        };
        let full = ShowPage {
            id: "p1".to_owned(),
            patient: Banner::sample(),
            allergies: vec![
                Item::sample(
                    "Penicillin",
                    "Anaphylaxis",
                    Status::of("high"),
                    "12 March 1998",
                ),
                Item::sample("Latex", "Rash", None, "2004"),
            ],
            no_allergies: "",
            flags: vec![Item::sample(
                "Hard of hearing: face the person when you speak",
                "",
                None,
                "6 May 2026",
            )],
            because: "you are in this patient’s care team until 4 March 2027.".to_owned(),
            sections: sections(),
            care_team: vec![
                Item::sample(
                    "Dr Priya Raman",
                    "Responsible clinician",
                    None,
                    "Since 1 May 2019",
                ),
                Item::sample("Tom Okafor", "Carer", None, "Since 3 June 2026"),
            ],
            contact: vec![
                line("Address", "12 Moor Lane, Otley, LS21 3AA"),
                line("Telephone", "07700 900123"),
                line("Next of kin", "Byron Lovelace (son), 07700 900456"),
            ],
        };
        let empty = ShowPage {
            patient: Banner::sample_died(),
            allergies: vec![],
            no_allergies: "None recorded. This does not say that there are none.",
            flags: vec![],
            sections: sections().into_iter().map(emptied).collect(),
            care_team: vec![],
            contact: vec![line("Address", "Not recorded")],
            id: full.id.clone(),
            because: full.because.clone(),
        };
        vec![full, empty]
    }

    fn emptied(section: Section) -> Section {
        Section {
            total: 0,
            items: vec![],
            earlier: vec![],
            unshown: None,
            ..section
        }
    }

    fn sections() -> Vec<Section> {
        let section = |id, heading, columns, none, items: Vec<Item>| Section {
            id,
            heading,
            columns,
            total: items.len(),
            items,
            earlier: vec![],
            earlier_label: String::new(),
            unshown: None,
            none,
        };
        let mut results = section(
            "results",
            "Results",
            ["Test", "Result", "Date"],
            "No results are recorded.",
            vec![
                Item::sample(
                    "Blood pressure",
                    "142/88 mmHg",
                    Status::of("H"),
                    "2 November 2026",
                ),
                Item::sample("Haemoglobin A1c", "48 mmol/mol", None, "2 November 2026"),
            ],
        );
        results.earlier = vec![Item::sample("Weight", "71.4 kg", None, "8 January 2024")];
        results.earlier_label = "1 earlier result".to_owned();
        results.total = 3;
        vec![
            section(
                "problems",
                "Problems",
                ["Problem", "More", "Since"],
                "No problems are recorded.",
                vec![
                    Item::sample("Type 2 diabetes", "", None, "14 June 2011"),
                    Item::sample(
                        "Atrial fibrillation",
                        "Paroxysmal",
                        Status::of("unconfirmed"),
                        "August 2019",
                    ),
                ],
            ),
            section(
                "medicines",
                "Medicines",
                ["Medicine", "How it is taken", "Since"],
                "No medicines are recorded.",
                vec![Item::sample(
                    "Metformin 500 mg tablets",
                    "Take one tablet twice a day with meals",
                    None,
                    "20 June 2011",
                )],
            ),
            results,
            section(
                "encounters",
                "Encounters",
                ["What for", "Kind", "When"],
                "No encounters are recorded.",
                vec![Item::sample(
                    "Medication review",
                    "Ambulatory",
                    None,
                    "2 November 2026 at 09:10",
                )],
            ),
            section(
                "documents",
                "Documents",
                ["Document", "Kind", "Date"],
                "No documents are recorded.",
                vec![],
            ),
        ]
    }
}
