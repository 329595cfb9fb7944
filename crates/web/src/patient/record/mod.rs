//! From FHIR resources to what a page says of them.

mod allergy;
mod care_team;
mod condition;
mod document;
mod encounter;
mod flag;
mod medicine;
mod observation;
mod source;
mod words;

pub(crate) use words::{address, concept, initials, name_as_listed};

use ward_fhir::{Node, Resource};
use ward_records::SectionKind;

use super::item::{Item, Section};
use crate::{date::FhirDate, status::Status};

/// One list of the record, and how it is laid out.
struct List {
    id: &'static str,
    heading: &'static str,
    columns: [&'static str; 3],
    none: &'static str,
    /// What the folded ones are called: one of them, many of them.
    folded: [&'static str; 2],
    /// How many are shown before the rest is folded away.
    open: usize,
    entry: fn(&Resource) -> Entry,
}

/// An item, and what decides its place.
struct Entry {
    item: Item,
    date: Option<FhirDate>,
    /// It belongs to the past: under the fold.
    is_past: bool,
}

/// A part of a record as it came through the door.
pub(crate) struct Part {
    pub(crate) kind: SectionKind,
    pub(crate) resources: Vec<Resource>,
    /// There are more than came.
    pub(crate) more: bool,
}

/// A record as the page shows it. What the reader may not see is `None`, or not among the lists:
/// the page must not say of it that there is nothing.
pub(crate) struct Record {
    pub(crate) allergies: Option<Vec<Item>>,
    pub(crate) flags: Option<Vec<Item>>,
    pub(crate) sections: Vec<Section>,
    pub(crate) care_team: Option<Vec<Item>>,
}

impl Record {
    /// The record of these parts.
    pub(crate) fn of(parts: &[Part]) -> Self {
        let of_kind = |kind| parts.iter().find(|part| part.kind == kind);
        let lists = [
            SectionKind::Problems,
            SectionKind::Medicines,
            SectionKind::Results,
            SectionKind::Encounters,
            SectionKind::Documents,
        ];
        Self {
            allergies: of_kind(SectionKind::Allergies).map(allergies),
            flags: of_kind(SectionKind::Flags).map(|part| in_force(part, flag::entry)),
            sections: lists
                .into_iter()
                .filter_map(|kind| Some(section(&list(kind)?, of_kind(kind)?)))
                .collect(),
            care_team: of_kind(SectionKind::CareTeams)
                .map(|part| care_team::members(&part.resources)),
        }
    }
}

fn list(kind: SectionKind) -> Option<List> {
    Some(match kind {
        SectionKind::Problems => List {
            id: "problems",
            heading: "Problems",
            columns: ["Problem", "More", "Since"],
            none: "No problems are recorded.",
            folded: ["past problem", "past problems"],
            open: usize::MAX,
            entry: condition::entry,
        },
        SectionKind::Medicines => List {
            id: "medicines",
            heading: "Medicines",
            columns: ["Medicine", "How it is taken", "Since"],
            none: "No medicines are recorded.",
            folded: ["past medicine", "past medicines"],
            open: usize::MAX,
            entry: medicine::entry,
        },
        SectionKind::Results => List {
            id: "results",
            heading: "Results",
            columns: ["Test", "Result", "Date"],
            none: "No results are recorded.",
            folded: ["earlier result", "earlier results"],
            open: 10,
            entry: observation::entry,
        },
        SectionKind::Encounters => List {
            id: "encounters",
            heading: "Encounters",
            columns: ["What for", "Kind", "When"],
            none: "No encounters are recorded.",
            folded: ["earlier encounter", "earlier encounters"],
            open: 5,
            entry: encounter::entry,
        },
        SectionKind::Documents => List {
            id: "documents",
            heading: "Documents",
            columns: ["Document", "Kind", "Date"],
            none: "No documents are recorded.",
            folded: ["earlier document", "earlier documents"],
            open: 5,
            entry: document::entry,
        },
        SectionKind::Allergies | SectionKind::CareTeams | SectionKind::Flags => return None,
    })
}

/// Allergies that count now, the riskiest first.
fn allergies(part: &Part) -> Vec<Item> {
    let mut items = in_force(part, allergy::entry);
    items.sort_by_key(|item| item.status != Status::of("high"));
    items
}

/// The items that are not past, newest first.
fn in_force(part: &Part, entry: fn(&Resource) -> Entry) -> Vec<Item> {
    let entries = entries(part, entry).into_iter();
    entries
        .filter(|entry| !entry.is_past)
        .map(|entry| entry.item)
        .collect()
}

/// The entries of a part, newest first; those without a date last.
fn entries(part: &Part, entry: fn(&Resource) -> Entry) -> Vec<Entry> {
    let mut entries: Vec<Entry> = part.resources.iter().map(entry).collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.date.map(FhirDate::order)));
    entries
}

fn section(list: &List, part: &Part) -> Section {
    let total = part.resources.len();
    let (mut items, mut earlier) = (Vec::new(), Vec::new());
    for entry in entries(part, list.entry) {
        let is_open = !entry.is_past && items.len() < list.open;
        if is_open { &mut items } else { &mut earlier }.push(entry.item);
    }
    // A fold with nothing before it would hide that there is anything.
    if items.is_empty() {
        items = std::mem::take(&mut earlier);
    }
    let [one, many] = list.folded;
    let earlier_label = format!(
        "{} {}",
        earlier.len(),
        if earlier.len() == 1 { one } else { many }
    );
    let unshown = format!("There are more. These are the {total} newest.");
    Section {
        id: list.id,
        heading: list.heading,
        columns: list.columns,
        total: format!("{total}{}", if part.more { "+" } else { "" }),
        items,
        earlier,
        earlier_label,
        unshown: part.more.then_some(unshown),
        none: list.none,
    }
}

/// The status in the field `status`, with its tag.
fn own_status(root: Node<'_>) -> Option<Status> {
    Status::of(root.text("status")?)
}

/// The first of some fields that holds a date.
fn date(root: Node<'_>, fields: &[&str]) -> Option<FhirDate> {
    fields
        .iter()
        .find_map(|field| FhirDate::parse(root.text(field)?))
}

#[cfg(test)]
mod tests;
