//! Walking postings: lists of inverted rows in rising order.
//!
//! The group with the fewest rows leads: each of its rows is looked for in the other groups. A
//! list near enough to hold the next rows is read on in blocks; a thin or far one is asked for the
//! one row. Starting a read costs an engine as much as some dozens of neighbouring rows, or as a
//! few single ones.

use std::{cell::Cell, ops::ControlFlow};

use ward_crypto::Token;

use crate::{StoreError, index::key, view::Snapshot};

/// The first block of a list, and the largest: each one read right after another is larger.
const FIRST_BLOCK: usize = 32;
const LAST_BLOCK: usize = 1024;
/// A list that has more rows than this between two that are asked for is not read on.
const NEAR_ROWS: f64 = 8.0;
/// What asking for one row counts, in rows read.
const PROBE: usize = 8;

/// What a query reads from, and how much it may still read.
pub(crate) struct Reading<'a> {
    view: &'a dyn Snapshot,
    left: Cell<u64>,
}

impl<'a> Reading<'a> {
    pub(crate) const fn new(view: &'a dyn Snapshot, postings: u64) -> Self {
        Self {
            view,
            left: Cell::new(postings),
        }
    }

    fn spend(&self, postings: usize) -> Result<(), StoreError> {
        let left = self.left.get().checked_sub(postings as u64);
        self.left.set(left.ok_or(StoreError::TooCostly)?);
        Ok(())
    }
}

/// The rows of one token, and the block of them that is at hand.
struct List<'a> {
    reading: &'a Reading<'a>,
    token: Token,
    /// Every row from here to the block's last is in the block.
    from: u64,
    block: Vec<u64>,
    /// Rows of the block before this place are passed.
    place: usize,
    size: usize,
    /// Whether no row follows the block.
    ended: bool,
    /// The last row that was asked for.
    asked: u64,
}

impl<'a> List<'a> {
    fn new(reading: &'a Reading<'a>, token: Token, start: u64) -> Result<Self, StoreError> {
        let mut list = Self {
            reading,
            token,
            from: start,
            block: Vec::new(),
            place: 0,
            size: FIRST_BLOCK,
            ended: false,
            asked: start,
        };
        list.load(start)?;
        Ok(list)
    }

    fn load(&mut self, from: u64) -> Result<(), StoreError> {
        self.block.clear();
        self.place = 0;
        self.from = from;
        let (from, to) = key::postings_from(&self.token, from);
        let (block, size) = (&mut self.block, self.size);
        self.reading.view.scan(&from, &to, &mut |key, _| {
            block.extend(key::posted(key));
            if block.len() < size {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        self.ended = self.block.len() < self.size;
        self.size = (self.size * 2).min(LAST_BLOCK);
        self.reading.spend(self.block.len() + PROBE)
    }

    /// The row at hand; none at the end.
    fn current(&self) -> Option<u64> {
        self.block.get(self.place).copied()
    }

    /// Goes past a row, if it is the one at hand.
    fn pass(&mut self, row: u64) -> Result<(), StoreError> {
        if self.current() != Some(row) {
            return Ok(());
        }
        self.place += 1;
        match row.checked_add(1) {
            Some(next) if self.place == self.block.len() && !self.ended => self.load(next),
            _ => Ok(()),
        }
    }

    /// Whether the list has a row. Rows are asked for in rising order.
    fn has(&mut self, row: u64) -> Result<bool, StoreError> {
        let step = row.saturating_sub(self.asked);
        self.asked = row;
        let end = self.block.last().copied().unwrap_or(self.from);
        if row > end && !self.ended {
            if rows(step) * self.density() > NEAR_ROWS {
                self.reading.spend(PROBE)?;
                let posting = key::posting_inverted(&self.token, row);
                return Ok(self.reading.view.get(&posting)?.is_some());
            }
            self.load(row)?;
        }
        let ahead = self.block.get(self.place..).unwrap_or_default();
        self.place += ahead.partition_point(|have| *have < row);
        Ok(self.current() == Some(row))
    }

    /// Of all rows, the part that the list has, where it was read.
    fn density(&self) -> f64 {
        match (self.block.first(), self.block.last()) {
            (Some(first), Some(last)) => rows(self.block.len() as u64) / rows(last - first + 1),
            _ => 0.0,
        }
    }

    /// About how many rows the list has: as dense as in its first block, down to its oldest row.
    /// A patient's rows may lie close together, where the whole list is short.
    fn estimate(&self) -> Result<f64, StoreError> {
        let Some(first) = self.block.first().filter(|_| !self.ended) else {
            return Ok(rows(self.block.len() as u64));
        };
        let (from, to) = key::postings_from(&self.token, *first);
        self.reading.spend(PROBE)?;
        let oldest = self.reading.view.last(&from, &to)?;
        let oldest = oldest.and_then(|key| key::posted(&key)).unwrap_or(*first);
        Ok(self.density() * rows(oldest - first + 1))
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
const fn rows(count: u64) -> f64 {
    count as f64
}

/// The rows that have any of a group's tokens.
struct Union<'a> {
    lists: Vec<List<'a>>,
}

impl Union<'_> {
    fn estimate(&self) -> Result<f64, StoreError> {
        self.lists.iter().map(List::estimate).sum()
    }

    /// The next row, which is then passed.
    fn next(&mut self) -> Result<Option<u64>, StoreError> {
        let Some(next) = self.lists.iter().filter_map(List::current).min() else {
            return Ok(None);
        };
        for list in &mut self.lists {
            list.pass(next)?;
        }
        Ok(Some(next))
    }

    fn has(&mut self, row: u64) -> Result<bool, StoreError> {
        for list in &mut self.lists {
            if list.has(row)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The rows that every group has.
pub(crate) struct Intersection<'a> {
    leader: Option<Union<'a>>,
    others: Vec<Union<'a>>,
}

impl<'a> Intersection<'a> {
    /// Of groups of tokens, from an inverted row on. No groups have no rows.
    pub(crate) fn new(
        reading: &'a Reading<'a>,
        all: &[Vec<Token>],
        start: u64,
    ) -> Result<Self, StoreError> {
        let mut groups = Vec::with_capacity(all.len());
        for group in all {
            let lists = group.iter().map(|token| List::new(reading, *token, start));
            let group = Union {
                lists: lists.collect::<Result<_, _>>()?,
            };
            // One group leads in any case.
            let estimate = if all.len() > 1 {
                group.estimate()?
            } else {
                0.0
            };
            groups.push((estimate, group));
        }
        // Thin groups first: what most rows lack is asked first.
        groups.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut groups = groups.into_iter().map(|(_, group)| group);
        Ok(Self {
            leader: groups.next(),
            others: groups.collect(),
        })
    }

    /// The next row, inverted.
    pub(crate) fn next(&mut self) -> Result<Option<u64>, StoreError> {
        let Some(leader) = &mut self.leader else {
            return Ok(None);
        };
        'rows: while let Some(row) = leader.next()? {
            for other in &mut self.others {
                if !other.has(row)? {
                    continue 'rows;
                }
            }
            return Ok(Some(row));
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Postings in memory.
    struct Memory(BTreeSet<Vec<u8>>);

    impl Snapshot for Memory {
        fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
            Ok(self.0.contains(key).then(Vec::new))
        }

        fn last(&self, from: &[u8], to: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
            Ok(self
                .0
                .range(from.to_vec()..to.to_vec())
                .next_back()
                .cloned())
        }

        fn scan(
            &self,
            from: &[u8],
            to: &[u8],
            visit: crate::view::Visit<'_>,
        ) -> Result<(), StoreError> {
            for key in self.0.range(from.to_vec()..to.to_vec()) {
                if visit(key, &[]).is_break() {
                    break;
                }
            }
            Ok(())
        }
    }

    const ROWS: u64 = 6_000;

    fn token(number: usize) -> Token {
        Token((number as u128).to_le_bytes())
    }

    /// A row has a token where it is of the token's residue, and within its stretch.
    #[derive(Debug, Clone)]
    struct Shape {
        modulus: u64,
        stretch: std::ops::Range<u64>,
    }

    impl Shape {
        fn has(&self, row: u64) -> bool {
            row.is_multiple_of(self.modulus) && self.stretch.contains(&row)
        }
    }

    fn shape() -> impl Strategy<Value = Shape> {
        let modulus = prop::sample::select(vec![1, 2, 3, 7, 50, 400]);
        (modulus, 0..ROWS, 0..ROWS).prop_map(|(modulus, one, other)| Shape {
            modulus,
            stretch: one.min(other)..one.max(other),
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

        #[test]
        fn dense_thin_and_far_lists_meet_where_they_should(
            shapes in prop::collection::vec(shape(), 4),
            groups in prop::collection::vec(prop::collection::vec(0..4_usize, 1..3), 1..4),
            after in prop::option::of(0..ROWS),
        ) {
            let mut memory = Memory(BTreeSet::new());
            for (number, shape) in shapes.iter().enumerate() {
                let rows = (0..ROWS).filter(|row| shape.has(*row));
                memory.0.extend(rows.map(|row| key::posting(&token(number), row)));
            }
            let matches = |row: &u64| {
                groups.iter().all(|group| group.iter().any(|number| shapes[*number].has(*row)))
            };
            let expected: Vec<_> =
                (0..after.unwrap_or(ROWS)).rev().filter(matches).collect();
            let all: Vec<Vec<_>> =
                groups.iter().map(|group| group.iter().map(|it| token(*it)).collect()).collect();
            let start = after.map_or(0, |after| !after + 1);
            let reading = Reading::new(&memory, 10_000_000);
            let mut found = Vec::new();
            let mut rows = Intersection::new(&reading, &all, start).unwrap();
            while let Some(inverted) = rows.next().unwrap() {
                found.push(!inverted);
            }
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_query_that_reads_too_much_is_refused() {
        let rows = 0..ROWS;
        let memory = Memory(rows.map(|row| key::posting(&token(0), row)).collect());
        let reading = Reading::new(&memory, 1_000);
        let mut rows = Intersection::new(&reading, &[vec![token(0)]], 0).unwrap();
        let refused = loop {
            match rows.next() {
                Ok(Some(_)) => {}
                other => break other,
            }
        };
        assert!(matches!(refused, Err(StoreError::TooCostly)));
    }
}
