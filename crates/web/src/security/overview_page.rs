use serde::Serialize;

use super::figures::Part;
use crate::render::Page;

/// Coverage at a glance.
#[derive(Debug, Serialize)]
pub(crate) struct Overview {
    pub(super) organisation: String,
    pub(super) as_of: String,
    pub(super) people: usize,
    /// People by their strongest factor.
    pub(super) parts: Vec<Part>,
    pub(super) figures: Vec<Figure>,
    pub(super) recovering: Vec<Recovering>,
    pub(super) policy: String,
    pub(super) entries: u64,
    /// The latest checkpoint: a signed note.
    pub(super) checkpoint: Option<String>,
}

/// A number to look into.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    pub(super) count: u64,
    pub(super) what: &'static str,
    pub(super) href: &'static str,
}

/// A recovery under way.
#[derive(Debug, Serialize)]
pub(super) struct Recovering {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) opened: String,
    pub(super) step: String,
}

impl Page for Overview {
    const TEMPLATE: &'static str = "security/overview.jinja";

    fn title(&self) -> String {
        "Security".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        use super::figures::bar;
        let part = |label, count, colour| (label, count, colour, "/security/accounts".to_owned());
        let parts = |counts: [usize; 3]| {
            bar(vec![
                part("Passkey", counts[0], "ward-fill-good"),
                part("Password and code", counts[1], "ward-fill-fair"),
                part("Nothing yet", counts[2], "ward-fill-poor"),
            ])
        };
        let figure = |count, what| Figure {
            count,
            what,
            href: "/security/accounts",
        };
        let recovering = Recovering {
            id: "0f".repeat(16),
            name: "Asha Patel".to_owned(),
            opened: "23 November 2026 at 08:02".to_owned(),
            step: "Waits for somebody else to approve it".to_owned(),
        };
        let sample = |parts, recovering, checkpoint: Option<&str>| Self {
            organisation: "Moorland Health".to_owned(),
            as_of: "24 November 2026 at 10:30".to_owned(),
            people: 45,
            parts,
            figures: vec![
                figure(5, "people without a passkey"),
                figure(0, "people shut out"),
            ],
            recovering,
            policy: "The platform’s roles, and none of your own.".to_owned(),
            entries: 1_204,
            checkpoint: checkpoint.map(str::to_owned),
        };
        let note = "ward/WRD01\n1204\nc2FtcGxl\n\n— ward/WRD01 c2FtcGxl\n";
        vec![
            sample(parts([40, 3, 2]), vec![recovering], Some(note)),
            sample(parts([0, 0, 0]), Vec::new(), None),
        ]
    }
}
