//! Why and how somebody saw a record, in plain words.

use ward_log::{Basis, Interaction, Purpose, RelationshipKind};
use ward_records::Because;

use crate::date;

/// Completes "You can see this because": by the first reason of those in force.
pub(super) fn because(reasons: &[Because]) -> String {
    let Some(reason) = reasons.first() else {
        return "your role finds people and sees who they are. What is recorded of their health is for those who care for them.".to_owned();
    };
    let what = match reason.kind {
        RelationshipKind::CareTeam => "you are in this patient’s care team",
        RelationshipKind::OpenCase => "you work on an open case of this patient",
        RelationshipKind::Arrival => "this patient has arrived or is expected",
        RelationshipKind::Visit => "you visit this patient at home",
        RelationshipKind::BreakGlass => "you opened it in an emergency and said why",
    };
    let moment = |end| match reason.kind {
        RelationshipKind::BreakGlass => date::moment(end),
        _ => date::day(date::today(end)),
    };
    let until = reason.end.map(|end| format!(" until {}", moment(end)));
    format!("{what}{}.", until.unwrap_or_default())
}

/// What somebody did, with how many things of the record.
pub(super) fn did(interaction: Interaction, count: usize) -> String {
    let items = if count == 1 {
        "1 item".to_owned()
    } else {
        format!("{count} items")
    };
    match interaction {
        Interaction::Read => format!("Read {items}"),
        Interaction::Vread => "Read an earlier version of an item".to_owned(),
        Interaction::History => "Read the history of an item".to_owned(),
        Interaction::Search => format!("Found in a search ({items})"),
        Interaction::Summary => format!("Opened the record ({items})"),
        Interaction::WhoLooked => "Looked at who looked".to_owned(),
        Interaction::Because => "Asked why the record can be seen".to_owned(),
        Interaction::Export => format!("Exported {items}"),
        Interaction::Print => format!("Printed {items}"),
        Interaction::Write => format!("Wrote {items}"),
        Interaction::BreakGlass => "Opened the record in an emergency".to_owned(),
        Interaction::Security => "Looked at emergency access".to_owned(),
    }
}

/// Why somebody could.
pub(super) const fn why(basis: &Basis) -> &'static str {
    match (basis.relationship, basis.purpose) {
        (Some(RelationshipKind::CareTeam), _) => "In the care team",
        (Some(RelationshipKind::OpenCase), _) => "Working on an open case",
        (Some(RelationshipKind::Arrival), _) => "The patient had arrived or was expected",
        (Some(RelationshipKind::Visit), _) => "Visiting the patient at home",
        (Some(RelationshipKind::BreakGlass), _) | (None, Purpose::Emergency) => "Emergency access",
        (None, Purpose::DirectCare) => "Direct care, by role",
        (None, Purpose::Administration) => "Administration, by role",
        (None, Purpose::Audit) => "Checking who looked",
    }
}
