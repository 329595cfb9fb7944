use super::*;
use crate::status::Status;

pub(super) fn all() -> Vec<ShowPage> {
    let full = ShowPage {
        apps: vec![OpenableApp {
            id: "0f".repeat(16),
            name: "Growth chart".to_owned(),
        }],
        id: "p1".to_owned(),
        patient: Banner::sample(),
        allergies: Some(vec![
            Item::sample(
                "Penicillin",
                "Anaphylaxis",
                Status::of("high"),
                "12 March 1998",
            ),
            Item::sample("Latex", "Rash", None, "2004"),
        ]),
        flags: Some(vec![Item::sample(
            "Hard of hearing: face the person when you speak",
            "Reasonable adjustment",
            None,
            "6 May 2026",
        )]),
        because: "you are in this patient’s care team until 4 March 2027.".to_owned(),
        may_ask_who_looked: true,
        may_break_glass: false,
        sections: sections(),
        care_team: Some(vec![
            Item::sample(
                "Dr Priya Raman",
                "Responsible clinician",
                None,
                "Since 1 May 2019",
            ),
            Item::sample("Tom Okafor", "Carer", None, "Since 3 June 2026"),
        ]),
        contact: contact(),
        is_partial: false,
    };
    let empty = ShowPage {
        apps: Vec::new(),
        id: full.id.clone(),
        patient: Banner::sample_died(),
        allergies: Some(vec![]),
        flags: Some(vec![]),
        because: full.because.clone(),
        may_ask_who_looked: true,
        may_break_glass: false,
        sections: sections().into_iter().map(emptied).collect(),
        care_team: Some(vec![]),
        contact: vec![],
        is_partial: false,
    };
    let demographics = ShowPage {
        apps: Vec::new(),
        id: full.id.clone(),
        patient: Banner::sample(),
        allergies: None,
        flags: None,
        because: "receptionists see who their organisation’s patients are.".to_owned(),
        may_ask_who_looked: false,
        may_break_glass: true,
        sections: vec![],
        care_team: None,
        contact: contact(),
        is_partial: true,
    };
    vec![full, empty, demographics]
}

fn contact() -> Vec<ContactLine> {
    let line = |what, detail: &str| ContactLine {
        what,
        detail: detail.to_owned(),
    };
    vec![
        line("Address", "12 Moor Lane, Otley, LS21 3AA"),
        line("Mobile", "07700 900123"),
        line("Language", "Polish"),
    ]
}

fn emptied(section: Section) -> Section {
    Section {
        total: "0".to_owned(),
        items: vec![],
        earlier: vec![],
        unshown: None,
        ..section
    }
}

fn section(
    (id, heading): (&'static str, &'static str),
    columns: [&'static str; 3],
    none: &'static str,
    items: Vec<Item>,
) -> Section {
    Section {
        id,
        heading,
        columns,
        total: items.len().to_string(),
        items,
        earlier: vec![],
        earlier_label: String::new(),
        unshown: None,
        none,
    }
}

fn sections() -> Vec<Section> {
    let problems = vec![
        Item::sample("Type 2 diabetes", "", None, "14 June 2011"),
        Item::sample(
            "Atrial fibrillation",
            "Paroxysmal",
            Status::of("unconfirmed"),
            "August 2019",
        ),
    ];
    let taken = "Take one tablet twice a day with meals";
    let medicines = vec![Item::sample(
        "Metformin 500 mg tablets",
        taken,
        None,
        "20 June 2011",
    )];
    let measured = vec![
        Item::sample(
            "Blood pressure",
            "142/88 mmHg",
            Status::of("H"),
            "2 November 2026",
        ),
        Item::sample("Haemoglobin A1c", "48 mmol/mol", None, "2 November 2026"),
    ];
    let visits = vec![Item::sample(
        "Medication review",
        "Outpatient or surgery",
        None,
        "2 November 2026 at 09:10",
    )];
    let mut results = section(
        ("results", "Results"),
        ["Test", "Result", "Date"],
        "No results are recorded.",
        measured,
    );
    results.earlier = vec![Item::sample("Weight", "71.4 kg", None, "8 January 2024")];
    results.earlier_label = "1 earlier result".to_owned();
    results.total = "25+".to_owned();
    results.unshown = Some("There are more. These are the 25 newest.".to_owned());
    vec![
        section(
            ("problems", "Problems"),
            ["Problem", "More", "Since"],
            "No problems are recorded.",
            problems,
        ),
        section(
            ("medicines", "Medicines"),
            ["Medicine", "How it is taken", "Since"],
            "No medicines are recorded.",
            medicines,
        ),
        results,
        section(
            ("encounters", "Encounters"),
            ["What for", "Kind", "When"],
            "No encounters are recorded.",
            visits,
        ),
        section(
            ("documents", "Documents"),
            ["Document", "Kind", "Date"],
            "No documents are recorded.",
            vec![],
        ),
    ]
}
