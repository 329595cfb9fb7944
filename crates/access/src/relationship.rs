//! Why an account may see a patient.

use ward_core::{ResourceKey, Timestamp};
use ward_log::RelationshipKind;

/// Why an account may see a patient: from when, until when, and where that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relationship {
    /// What joins them.
    pub kind: RelationshipKind,
    /// The first moment of it.
    pub start: Timestamp,
    /// The first moment after it. `None` never ends by itself.
    pub end: Option<Timestamp>,
    /// The resource that says so, such as `CareTeam/7`.
    pub source: ResourceKey,
}

impl Relationship {
    /// Whether it holds at `now`: from `start`, up to and without `end`.
    pub fn in_force(&self, now: Timestamp) -> bool {
        self.start <= now && self.end.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relationship_holds_from_its_start_until_just_before_its_end() {
        let at = Timestamp::from_seconds;
        let relationship = |end| Relationship {
            kind: RelationshipKind::CareTeam,
            start: at(10),
            end,
            source: "CareTeam/1".parse().unwrap(),
        };
        let held = |end, now| relationship(end).in_force(at(now));
        assert_eq!(
            [9, 10, 19, 20].map(|now| held(Some(at(20)), now)),
            [false, true, true, false]
        );
        assert!(held(None, 1_000_000));
        assert!(!held(Some(at(5)), 12));
    }
}
