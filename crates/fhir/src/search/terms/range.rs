//! Criteria of dates and numbers as ranges, two of them joined where one value must meet both.

use super::{
    super::{
        Parameter, Prefix, SearchQuery,
        query::{Clause, Condition, NumberTest, Test},
    },
    date::{self, DAYS},
    hierarchy::Hierarchy,
    number::{NUMBERS, bucket},
};

/// The leaves that a value must touch, or lie in; open where there is none.
#[derive(Clone, Copy)]
pub(super) struct Range {
    hierarchy: &'static Hierarchy,
    low: Option<i64>,
    high: Option<i64>,
    /// All of the value must lie in the range, not only a part.
    contained: bool,
}

impl Range {
    /// The range of a criterion; `None` where it takes in everything.
    pub(super) fn of(condition: &Condition) -> Option<Self> {
        match condition {
            Condition::Date { prefix, interval } => {
                let is_about = *prefix == Prefix::Ap;
                let days = date::query(&if is_about {
                    interval.about()
                } else {
                    *interval
                });
                Self::new(&DAYS, *prefix, days, days)
            }
            Condition::Number(test) | Condition::Quantity { number: test, .. } => {
                let NumberTest {
                    prefix,
                    value,
                    low,
                    high,
                } = *test;
                let exact = (bucket(value), bucket(value));
                Self::new(&NUMBERS, prefix, exact, (bucket(low), bucket(high)))
            }
            _ => None,
        }
    }

    /// `exact` bounds what is larger or smaller, `near` what is equal or apart.
    fn new(
        hierarchy: &'static Hierarchy,
        prefix: Prefix,
        exact: (i64, i64),
        near: (i64, i64),
    ) -> Option<Self> {
        let (low, high) = match prefix {
            Prefix::Ne => return None,
            Prefix::Eq | Prefix::Ap => (Some(near.0), Some(near.1)),
            Prefix::Gt | Prefix::Ge => (Some(exact.0), None),
            Prefix::Lt | Prefix::Le => (None, Some(exact.1)),
            Prefix::Sa => (Some(near.0), None),
            Prefix::Eb => (None, Some(near.1)),
        };
        Some(Self {
            hierarchy,
            low,
            high,
            contained: prefix == Prefix::Eq,
        })
    }

    /// The terms of values that can meet it.
    pub(super) fn terms(&self, may_be_open: bool) -> Vec<Vec<u8>> {
        let nodes = match (self.contained, self.low, self.high) {
            (true, Some(low), Some(high)) if !may_be_open => self.hierarchy.contained(low, high),
            _ => self.hierarchy.overlapping(self.low, self.high, may_be_open),
        };
        nodes.into_iter().map(super::Node::bytes).collect()
    }

    /// The range of values that touch both, if a value that does must touch what both share.
    fn join(self, other: Self) -> Option<Self> {
        let low = self.low.max(other.low);
        let high = match (self.high, other.high) {
            (Some(left), Some(right)) => Some(left.min(right)),
            (left, right) => left.or(right),
        };
        let shared = low.is_none() || high.is_none() || low <= high;
        shared.then_some(Self {
            low,
            high,
            contained: false,
            ..self
        })
    }
}

/// `birthdate=ge1950&birthdate=lt1960` as one range from both sides, for each parameter that has
/// at most one value in a resource: of several values, each could meet one of the two.
pub(super) fn joined(query: &SearchQuery) -> Vec<(&'static Parameter, Range)> {
    let mut all: Vec<(&'static Parameter, Option<Range>, usize)> = Vec::new();
    for clause in &query.clauses {
        let Some(range) = single(clause) else {
            continue;
        };
        let same = |entry: &&mut (&Parameter, _, _)| std::ptr::eq(entry.0, clause.parameter);
        match all.iter_mut().find(same) {
            Some((_, joint, count)) => {
                *joint = joint.and_then(|joint| joint.join(range));
                *count += 1;
            }
            None => all.push((clause.parameter, Some(range), 1)),
        }
    }
    let several = all.into_iter().filter(|(_, _, count)| *count > 1);
    several
        .filter_map(|(parameter, joint, _)| Some((parameter, joint?)))
        .collect()
}

/// The range of a criterion that can be joined with another.
pub(super) fn single(clause: &Clause) -> Option<Range> {
    match &clause.test {
        Test::Any(conditions) if clause.parameter.once => match conditions.as_slice() {
            [only] => Range::of(only),
            _ => None,
        },
        _ => None,
    }
}
