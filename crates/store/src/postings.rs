//! Walking postings: lists of inverted rows in rising order, read in blocks.

use std::{cell::Cell, ops::ControlFlow};

use ward_crypto::Token;

use crate::{StoreError, index::key, view::Snapshot};

/// The first block after a leap is small, because the next leap may be near; each further one is
/// larger, up to the greatest.
const FIRST_BLOCK: usize = 16;
const LAST_BLOCK: usize = 1024;

/// How many postings may still be looked at.
pub(crate) struct Budget(Cell<u64>);

impl Budget {
    pub(crate) const fn new(postings: u64) -> Self {
        Self(Cell::new(postings))
    }

    fn spend(&self, postings: usize) -> Result<(), StoreError> {
        let left = self
            .0
            .get()
            .checked_sub(postings as u64)
            .ok_or(StoreError::TooCostly)?;
        self.0.set(left);
        Ok(())
    }
}

/// The rows of one token, from a place on.
struct List<'a> {
    view: &'a dyn Snapshot,
    budget: &'a Budget,
    token: Token,
    block: Vec<u64>,
    place: usize,
    size: usize,
    /// Whether the block holds all that is left.
    last: bool,
}

impl<'a> List<'a> {
    fn new(
        view: &'a dyn Snapshot,
        budget: &'a Budget,
        token: Token,
        start: u64,
    ) -> Result<Self, StoreError> {
        let mut list = Self {
            view,
            budget,
            token,
            block: Vec::new(),
            place: 0,
            size: FIRST_BLOCK,
            last: false,
        };
        list.load(start)?;
        Ok(list)
    }

    /// The row at hand; none at the end.
    fn current(&self) -> Option<u64> {
        self.block.get(self.place).copied()
    }

    /// Goes to the first row that is `target` or after it.
    fn seek(&mut self, target: u64) -> Result<(), StoreError> {
        let ahead = self.block.get(self.place..).unwrap_or_default();
        let step = ahead.partition_point(|row| *row < target);
        self.place += step;
        if self.place < self.block.len() || self.last {
            return Ok(());
        }
        // Rows read one after the other are read in ever larger blocks; after a leap, anew.
        let next = self.block.last().and_then(|last| last.checked_add(1));
        self.size = if next == Some(target) {
            (self.size * 4).min(LAST_BLOCK)
        } else {
            FIRST_BLOCK
        };
        self.load(target)
    }

    fn load(&mut self, from: u64) -> Result<(), StoreError> {
        self.block.clear();
        self.place = 0;
        let (from, to) = key::postings_from(&self.token, from);
        let (block, size) = (&mut self.block, self.size);
        self.view.scan(&from, &to, &mut |key, _| {
            block.extend(key::inverted_row(key));
            if block.len() < size {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        self.last = self.block.len() < self.size;
        self.budget.spend(self.block.len() + 1)
    }
}

/// The rows that have any of a group's tokens.
struct Union<'a> {
    lists: Vec<List<'a>>,
}

impl Union<'_> {
    fn current(&self) -> Option<u64> {
        self.lists.iter().filter_map(List::current).min()
    }

    fn seek(&mut self, target: u64) -> Result<(), StoreError> {
        for list in &mut self.lists {
            if list.current().is_some_and(|current| current < target) {
                list.seek(target)?;
            }
        }
        self.lists.retain(|list| list.current().is_some());
        Ok(())
    }
}

/// The rows that are in every group, by leaping: each group in turn is taken to the farthest row
/// that any of them is at.
pub(crate) struct Intersection<'a> {
    groups: Vec<Union<'a>>,
    /// The next row that may be in all; none at the end.
    target: Option<u64>,
}

impl<'a> Intersection<'a> {
    pub(crate) fn new(
        view: &'a dyn Snapshot,
        all: &[Vec<Token>],
        start: u64,
        budget: &'a Budget,
    ) -> Result<Self, StoreError> {
        let mut groups = Vec::with_capacity(all.len());
        for group in all {
            let lists = group
                .iter()
                .map(|token| List::new(view, budget, *token, start));
            groups.push(Union {
                lists: lists.collect::<Result<_, _>>()?,
            });
        }
        let target = (!groups.is_empty()).then_some(start);
        Ok(Self { groups, target })
    }

    /// The next row, inverted.
    pub(crate) fn next(&mut self) -> Result<Option<u64>, StoreError> {
        let Some(mut target) = self.target.take() else {
            return Ok(None);
        };
        loop {
            let mut agreed = true;
            for group in &mut self.groups {
                group.seek(target)?;
                let Some(current) = group.current() else {
                    return Ok(None);
                };
                if current > target {
                    target = current;
                    agreed = false;
                }
            }
            if agreed {
                self.target = target.checked_add(1);
                return Ok(Some(target));
            }
        }
    }
}
