use serde::Serialize;

use super::words::Tag;
use crate::render::Page;

/// The organisation's own policies, the newest first.
#[derive(Debug, Serialize)]
pub(crate) struct PolicyList {
    pub(super) policies: Vec<Row>,
    /// Whether the reader writes policies.
    pub(super) writes: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) number: u32,
    pub(super) standing: Tag,
    pub(super) written: String,
    pub(super) activated: Option<String>,
}

impl Page for PolicyList {
    const TEMPLATE: &'static str = "policies/list.jinja";

    fn title(&self) -> String {
        "Policies".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        use ward_access::Standing;

        use super::words::standing;
        let row = |number, stands, activated: Option<&str>| Row {
            number,
            standing: standing(stands),
            written: "Sam Hill, 3 November 2026 at 09:10".to_owned(),
            activated: activated.map(str::to_owned),
        };
        let activated = Some("Ivy Cole, 3 November 2026 at 09:25");
        let all = vec![
            row(3, Standing::Draft, None),
            row(2, Standing::InForce, activated),
            row(1, Standing::Replaced, activated),
        ];
        let none = Self {
            policies: Vec::new(),
            writes: false,
        };
        vec![
            Self {
                policies: all,
                writes: true,
            },
            none,
        ]
    }
}
