//! Relationships: what a care team makes, and what an account has.

use std::{collections::HashMap, time::Duration};

use ward_access::Relationship;
use ward_core::{ResourceKey, Timestamp};
use ward_crypto::{OrganisationKeys, Token};
use ward_fhir::{Node, Resource};
use ward_identity::Assured;
use ward_log::RelationshipKind;
use ward_store::RelationRow;

use crate::{Door, Error, limits};

const DAY: Duration = Duration::from_hours(24);

/// The number of a kind in the store's rows. Never changed: the store keeps it.
const KINDS: [(u8, RelationshipKind); 5] = [
    (0, RelationshipKind::CareTeam),
    (1, RelationshipKind::OpenCase),
    (2, RelationshipKind::Arrival),
    (3, RelationshipKind::Visit),
    (4, RelationshipKind::BreakGlass),
];

fn number(kind: RelationshipKind) -> u8 {
    KINDS
        .iter()
        .find(|(_, known)| *known == kind)
        .map_or(u8::MAX, |(number, _)| *number)
}

fn relationship(row: RelationRow) -> Option<Relationship> {
    let (_, kind) = KINDS.into_iter().find(|(number, _)| *number == row.kind)?;
    Some(Relationship {
        kind,
        start: row.start,
        end: row.end,
        source: row.source,
    })
}

/// The token of a member: of whom a care team names.
fn member(keys: &OrganisationKeys, key: &ResourceKey) -> Token {
    keys.token("member", &[key.as_str().as_bytes()])
}

/// The relationships that a resource makes between members and its patients.
///
/// A `CareTeam` that is `active` joins its practitioners with its patients, for the time of its
/// period and the participant's, and where neither ends for [`limits::CARE_TEAM`] after it was last
/// written. Anything that can't be read makes none.
pub(crate) fn rows(
    keys: &OrganisationKeys,
    resource: &Resource,
    source: &ResourceKey,
    subjects: &[Token],
    written: Timestamp,
) -> Vec<RelationRow> {
    let root = resource.root();
    if resource.resource_type() != "CareTeam" || root.text("status") != Some("active") {
        return Vec::new();
    }
    let whole = Span {
        start: None,
        end: Some(written + limits::CARE_TEAM),
    };
    let Some(team) = Span::of(root.get("period")) else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    for participant in root.all("participant") {
        let (Some(practitioner), Some(own)) = (
            practitioner(participant),
            Span::of(participant.get("period")),
        ) else {
            continue;
        };
        let named = own.within(team);
        let span = if named.end.is_some() {
            named
        } else {
            named.within(whole)
        };
        rows.extend(subjects.iter().map(|subject| RelationRow {
            member: member(keys, &practitioner),
            subject: *subject,
            kind: number(RelationshipKind::CareTeam),
            start: span.start.unwrap_or(written),
            end: span.end,
            source: source.clone(),
        }));
    }
    rows
}

fn practitioner(participant: Node<'_>) -> Option<ResourceKey> {
    let key: ResourceKey = participant.text("member.reference")?.parse().ok()?;
    (key.resource_type() == "Practitioner").then_some(key)
}

/// A stretch of time, open where it has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: Option<Timestamp>,
    end: Option<Timestamp>,
}

impl Span {
    /// A FHIR Period; `None` where it can't be read.
    fn of(period: Option<Node<'_>>) -> Option<Self> {
        let Some(period) = period else {
            return Some(Self {
                start: None,
                end: None,
            });
        };
        let at = |name| {
            period
                .text(name)
                .map_or(Some(None), |text| bounds(text).map(Some))
        };
        let (start, end) = (at("start")?, at("end")?);
        Some(Self {
            start: start.map(|span| span.0),
            end: end.map(|span| span.1),
        })
    }

    /// What both cover.
    fn within(self, other: Self) -> Self {
        let start = self.start.max(other.start);
        let end = match (self.end, other.end) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        Self { start, end }
    }
}

/// The first moment of a FHIR dateTime, and the first moment after it. A date is a day in UTC.
fn bounds(text: &str) -> Option<(Timestamp, Timestamp)> {
    let day = |year: i32, month: u32, day: &str| {
        let midnight = format!("{year:04}-{month:02}-{day}T00:00:00Z");
        midnight.parse::<Timestamp>().ok()
    };
    let mut parts = text.splitn(3, '-');
    let year: i32 = parts.next()?.parse().ok()?;
    match (parts.next(), parts.next()) {
        (None, _) => Some((day(year, 1, "01")?, day(year + 1, 1, "01")?)),
        (Some(month), None) => {
            let month: u32 = month.parse().ok()?;
            let (next_year, next) = if month == 12 {
                (year + 1, 1)
            } else {
                (year, month + 1)
            };
            Some((day(year, month, "01")?, day(next_year, next, "01")?))
        }
        (Some(month), Some(rest)) if rest.len() == 2 => {
            let start = day(year, month.parse().ok()?, rest)?;
            Some((start, start + DAY))
        }
        _ => text.parse().ok().map(|instant| (instant, instant)),
    }
}

impl Door<'_> {
    fn members(&self) -> Vec<Token> {
        members(&self.own.keys, self.assured())
    }

    /// The account's best relationship with each of some patients.
    pub(crate) fn relationships(
        &self,
        subjects: &[Token],
    ) -> Result<Vec<Option<Relationship>>, Error> {
        let now = self.records.clock.now();
        let best = |subject| {
            let all = self.relationships_with(subject)?;
            Ok(all.into_iter().reduce(better(now)))
        };
        subjects.iter().map(best).collect()
    }

    /// All of the account's relationships with a patient, ended ones included.
    pub(crate) fn relationships_with(&self, subject: &Token) -> Result<Vec<Relationship>, Error> {
        let mut all = Vec::new();
        for member in self.members() {
            let rows = self.own.store.relation(&member, subject)?;
            all.extend(rows.into_iter().filter_map(relationship));
        }
        let opened = self.opened()?.into_iter();
        all.extend(opened.filter(|(of, _)| of == subject).map(|(_, one)| one));
        Ok(all)
    }

    /// What the account has opened in an emergency.
    fn opened(&self) -> Result<Vec<(Token, Relationship)>, Error> {
        let now = self.records.clock.now();
        self.own.opened_by(self.assured().account(), now)
    }

    /// All patients with whom the account has a relationship, and the best one with each.
    pub(crate) fn all_relationships(&self) -> Result<HashMap<Token, Relationship>, Error> {
        let now = self.records.clock.now();
        let mut all: HashMap<Token, Relationship> = HashMap::new();
        let mut add = |subject: Token, new: Relationship| {
            let best = match all.remove(&subject) {
                Some(known) => better(now)(known, new),
                None => new,
            };
            all.insert(subject, best);
        };
        for member in self.members() {
            for row in self.own.store.relations_of_member(&member)? {
                let subject = row.subject;
                if let Some(new) = relationship(row) {
                    add(subject, new);
                }
            }
        }
        for (subject, opened) in self.opened()? {
            add(subject, opened);
        }
        Ok(all)
    }
}

/// The practitioner as whom the account is in care teams.
fn members(keys: &OrganisationKeys, assured: &Assured) -> Vec<Token> {
    assured
        .practitioner()
        .map(|key| member(keys, key))
        .into_iter()
        .collect()
}

/// Of two relationships the one in force; of two alike the one that holds longer.
fn better(now: Timestamp) -> impl FnMut(Relationship, Relationship) -> Relationship {
    let rank = move |it: &Relationship| {
        (
            it.in_force(now),
            it.end.unwrap_or(Timestamp::from_micros(i64::MAX)),
        )
    };
    move |one, two| if rank(&two) > rank(&one) { two } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_as_long_as_it_is_vague() {
        let check = |text: &str| {
            bounds(text).map_or_else(|| "-".to_owned(), |(from, to)| format!("{from} {to}"))
        };
        assert_eq!(
            check("2026"),
            "2026-01-01T00:00:00.000Z 2027-01-01T00:00:00.000Z"
        );
        assert_eq!(
            check("2026-12"),
            "2026-12-01T00:00:00.000Z 2027-01-01T00:00:00.000Z"
        );
        assert_eq!(
            check("2026-02-28"),
            "2026-02-28T00:00:00.000Z 2026-03-01T00:00:00.000Z"
        );
        assert_eq!(
            check("2026-02-28T10:00:00+01:00"),
            "2026-02-28T09:00:00.000Z 2026-02-28T09:00:00.000Z"
        );
        for bad in [
            "",
            "soon",
            "2026-13",
            "2026-02-30",
            "2026-2-3-4",
            "-",
            "99999",
        ] {
            assert_eq!(check(bad), "-", "{bad}");
        }
    }
}
