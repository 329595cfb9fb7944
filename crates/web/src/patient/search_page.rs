use serde::Serialize;

use crate::render::{Page, Problem};

/// The search page: the box, and what was found with it.
#[derive(Debug, Default, Serialize)]
pub(crate) struct SearchPage {
    pub(crate) problems: Vec<Problem>,
    /// What was typed.
    pub(crate) text: String,
    pub(crate) more: More,
    /// Nothing before something was asked for.
    pub(crate) found: Option<Found>,
}

/// What was typed under more options, and what is wrong with any of it.
#[derive(Debug, Default, Serialize)]
pub(crate) struct More {
    pub(crate) text_error: Option<&'static str>,
    pub(crate) day: String,
    pub(crate) month: String,
    pub(crate) year: String,
    pub(crate) born_error: Option<&'static str>,
}

impl More {
    /// As it was typed for a FHIR date: `1952-08-04`, `1952-08`, `1952`.
    pub(crate) fn of(born: &str) -> Self {
        let mut parts = born.split('-').map(str::to_owned);
        let (year, month, day) = (parts.next(), parts.next(), parts.next());
        let [year, month, day] = [year, month, day].map(Option::unwrap_or_default);
        Self {
            day,
            month,
            year,
            ..Self::default()
        }
    }
}

/// The answer to a search.
#[derive(Debug, Serialize)]
pub(crate) struct Found {
    /// `Showing 1 to 20 of 43`.
    pub(crate) showing: String,
    /// How to get to fewer, where there are more than are shown.
    pub(crate) narrow: Option<&'static str>,
    pub(crate) people: Vec<Person>,
}

/// Somebody found.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) born: String,
    pub(crate) nhs_number: String,
    pub(crate) died: bool,
    /// The reader has a relationship with this patient.
    pub(crate) yours: bool,
}

impl Page for SearchPage {
    const TEMPLATE: &'static str = "patient/search.jinja";

    fn title(&self) -> String {
        match (&self.problems[..], &self.found) {
            ([], None) => "Find a patient",
            ([], Some(_)) => "Patients found",
            _ => "Error: Find a patient",
        }
        .to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let person = |id: &str, name: &str, died, yours| Person {
            id: id.to_owned(),
            name: name.to_owned(),
            born: "4 August 1952 (74 years)".to_owned(),
            nhs_number: "999\u{a0}123\u{a0}4567".to_owned(),
            died,
            yours,
        };
        let found = |showing: &str, narrow, people| {
            Some(Found {
                showing: showing.to_owned(),
                narrow,
                people,
            })
        };
        let people = vec![
            person("p1", "LOVELACE, Ada", false, true),
            person("p2", "LOVELACE-BYRON, Annabella", true, false),
            person("p3", "LOVELL, Bernard", false, false),
        ];
        vec![
            Self::default(),
            Self {
                text: "lovel".to_owned(),
                found: found("Showing 1 to 3 of 3", None, people),
                ..Self::default()
            },
            Self {
                text: "smith".to_owned(),
                more: More {
                    year: "1952".to_owned(),
                    ..More::default()
                },
                found: found(
                    "Too many to show",
                    Some(
                        "Add a first name, or the date of birth under more options, to see fewer.",
                    ),
                    vec![],
                ),
                ..Self::default()
            },
            Self {
                text: "zzz".to_owned(),
                found: found(
                    "Nobody found",
                    Some("Check the spelling, or search by NHS number."),
                    vec![],
                ),
                ..Self::default()
            },
            Self {
                problems: vec![
                    Problem {
                        text: "Type an NHS number or a name".to_owned(),
                        href: "#text",
                    },
                    Problem {
                        text: "There is no 31 June".to_owned(),
                        href: "#born-day",
                    },
                ],
                more: More {
                    text_error: Some("Type an NHS number or a name"),
                    day: "31".to_owned(),
                    month: "6".to_owned(),
                    year: "1952".to_owned(),
                    born_error: Some("There is no 31 June"),
                },
                ..Self::default()
            },
        ]
    }
}
