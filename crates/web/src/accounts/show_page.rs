use serde::Serialize;

use crate::render::Page;

/// One account, and what can be done to it.
#[derive(Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a part of the page that is there or not"
)]
pub(crate) struct ShowAccount {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) sign_in_name: String,
    pub(super) role: &'static str,
    pub(super) practitioner: String,
    pub(super) made: String,
    pub(super) state: &'static str,
    pub(super) can_suspend: bool,
    pub(super) can_resume: bool,
    /// Somebody else must let it in: the reader made it, and it can approve.
    pub(super) wants_another: bool,
    pub(super) can_renew: bool,
    pub(super) can_recover: bool,
    pub(super) recovering: Option<Recovering>,
}

/// A recovery under way.
#[derive(Debug, Serialize)]
pub(super) struct Recovering {
    pub(super) id: String,
    pub(super) opened: String,
    pub(super) notes: String,
    pub(super) approved: Option<String>,
    pub(super) step: String,
    pub(super) ends: String,
    pub(super) can_approve: bool,
    pub(super) can_take: bool,
}

impl Page for ShowAccount {
    const TEMPLATE: &'static str = "accounts/show.jinja";

    fn title(&self) -> String {
        "An account".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let account =
            |state, enrolled: bool, suspended: bool, recovering: Option<Recovering>| Self {
                id: "0f".repeat(16),
                name: "Asha Patel".to_owned(),
                sign_in_name: "a.patel@WRD01".to_owned(),
                role: "Clinician",
                practitioner: "Practitioner/7".to_owned(),
                made: "On 3 November 2026 at 09:10, by Sam Hill".to_owned(),
                state,
                can_suspend: !suspended,
                can_resume: suspended && enrolled,
                wants_another: suspended && !enrolled,
                can_renew: !enrolled,
                can_recover: enrolled && recovering.is_none(),
                recovering,
            };
        let recovering = |step: &str, approved: Option<&str>| Recovering {
            id: "c2FtcGxl".to_owned(),
            opened: "By Sam Hill on 23 November 2026 at 08:02".to_owned(),
            notes: "Staff card seen, and called back on the ward's own number.".to_owned(),
            approved: approved.map(str::to_owned),
            step: step.to_owned(),
            ends: "26 November 2026 at 08:02".to_owned(),
            can_approve: approved.is_none(),
            can_take: approved.is_some(),
        };
        let opened = recovering("Somebody else must approve it.", None);
        let ready = recovering(
            "Approved, and the time to stop it is over.",
            Some("Ivy Cole"),
        );
        vec![
            account("Can sign in", true, false, None),
            account("Not set up yet", false, false, None),
            account("Suspended", true, true, None),
            account("Waits to be let in", false, true, None),
            account("Being recovered", true, false, Some(opened)),
            account("Being recovered", true, false, Some(ready)),
        ]
    }
}
