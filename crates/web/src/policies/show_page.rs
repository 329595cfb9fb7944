use serde::Serialize;

use super::{
    changes::Change,
    words::{Done, Tag},
};
use crate::render::Page;

/// One policy: what changed, its proof, and what can be done.
#[derive(Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a part of the page that is there or not"
)]
pub(crate) struct ShowPolicy {
    pub(super) number: u32,
    pub(super) standing: Tag,
    pub(super) history: Vec<Done>,
    pub(super) proof: Option<String>,
    /// What could happen, in sentences, where it breaks what Ward promises.
    pub(super) broken: Vec<String>,
    /// The number of the policy that the changes are from; none for nothing.
    pub(super) before: Option<u32>,
    pub(super) changes: Vec<Change>,
    /// The reader wrote it.
    pub(super) waits_for_another: bool,
    pub(super) can_activate: bool,
    pub(super) can_withdraw: bool,
    pub(super) can_narrow: bool,
}

impl Page for ShowPolicy {
    const TEMPLATE: &'static str = "policies/show.jinja";

    fn title(&self) -> String {
        format!("Policy {}", self.number)
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        use ward_access::{ProofView, Standing};

        use super::{changes::between, words};
        let sample = |stands, proof: Option<ProofView>, own| {
            let proved = matches!(proof, Some(ProofView::Holds { .. }));
            Self {
                number: 2,
                standing: words::standing(stands),
                history: vec![Done {
                    what: "Written",
                    who: "Sam Hill, 3 November 2026 at 09:10".to_owned(),
                }],
                broken: match &proof {
                    Some(ProofView::Broken(sentences)) => sentences.clone(),
                    _ => Vec::new(),
                },
                proof: proof.as_ref().map(words::proof),
                before: Some(1),
                changes: between(
                    "// Ours.\n",
                    "// Ours.\nforbid (principal, action, resource);\n",
                ),
                waits_for_another: proved && own,
                can_activate: proved && !own && stands == Standing::Draft,
                can_withdraw: stands == Standing::Draft,
                can_narrow: stands == Standing::InForce,
            }
        };
        let holds = || ProofView::Holds {
            asked: 158,
            took: std::time::Duration::from_millis(1_250),
        };
        let broken = ProofView::Broken(vec![
            "An administrator of WRD01 could not do `manage-policy` on the accounts of WRD01."
                .to_owned(),
        ]);
        let impossible = ProofView::Impossible("the solver cvc5 is not there".to_owned());
        vec![
            sample(
                Standing::Draft,
                Some(ProofView::UnderWay { asked: 12 }),
                true,
            ),
            sample(Standing::Draft, Some(holds()), true),
            sample(Standing::Draft, Some(holds()), false),
            sample(Standing::Draft, Some(broken), false),
            sample(Standing::Draft, Some(impossible), false),
            sample(Standing::InForce, Some(holds()), false),
            sample(Standing::Replaced, None, false),
        ]
    }
}
