//! What results are sorted by.

use std::{cmp::Ordering, fmt};

use super::{SearchQuery, SearchValues, Value};

/// Where a result stands in the order that its query asks for: smaller comes first. Those without
/// a value come last either way.
#[derive(Clone, PartialEq, Eq)]
pub struct SortKey(Vec<Part>);

impl fmt::Debug for SortKey {
    /// Times may be a person's: their number alone is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SortKey({})", self.0.len())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Part {
    time: Option<i64>,
    descending: bool,
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Part {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.time, other.time) {
            (Some(left), Some(right)) if self.descending => right.cmp(&left),
            (Some(left), Some(right)) => left.cmp(&right),
            (left, right) => left.is_none().cmp(&right.is_none()),
        }
    }
}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl SearchQuery {
    /// A resource's place in the order. Of several values the earliest counts, or the latest where
    /// the latest come first (R4 search 3.1.1.5.2).
    pub fn sort_key(&self, values: &SearchValues<'_>) -> SortKey {
        let part = |sort: &super::Sort| {
            let times = values.of(sort.parameter).filter_map(|value| match value {
                Value::Date(date) if sort.descending => Some(date.high.utc),
                Value::Date(date) => Some(date.low.utc),
                _ => None,
            });
            let time = if sort.descending {
                times.max()
            } else {
                times.min()
            };
            Part {
                time,
                descending: sort.descending,
            }
        };
        SortKey(self.sort.iter().map(part).collect())
    }
}
