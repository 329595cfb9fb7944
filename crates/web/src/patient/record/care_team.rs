use ward_fhir::{Node, Resource};

use super::{date, source, words};
use crate::patient::item::Item;

/// The members of the care teams in force.
pub(crate) fn members(resources: &[Resource]) -> Vec<Item> {
    let is_team = |resource: &&Resource| {
        let status = resource.root().text("status").unwrap_or("active");
        ["active", "proposed"].contains(&status)
    };
    resources.iter().filter(is_team).flat_map(team).collect()
}

fn team(resource: &Resource) -> Vec<Item> {
    let root = resource.root();
    let since = date(root, &["period.start"]);
    let participants = root.get("participant").into_iter().flat_map(Node::items);
    let member = |participant: Node<'_>| {
        let since = date(participant, &["period.start"]).or(since);
        Item {
            what: participant
                .text("member.display")
                .unwrap_or(words::UNNAMED)
                .to_owned(),
            detail: words::field(participant, "role"),
            status: None,
            date: since.map(|since| format!("Since {}", since.day())),
            source: source::of(resource),
        }
    };
    participants.map(member).collect()
}
