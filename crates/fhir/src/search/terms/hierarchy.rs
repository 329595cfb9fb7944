//! Ranges as a handful of nodes of a tree: days in months in years in decades.
//!
//! A value is entered at its leaf and at every node above it, so that a node finds all beneath it;
//! a query's range is the fewest nodes that cover it, at both sides. A value that is itself a
//! range of leaves (a month, a period) is entered at the few nodes that it touches, and marked
//! there as coarse, so that a query for a part of such a node finds it, and only it.

/// Nodes that a value is entered at, at most; a longer one is entered at larger nodes.
const TOUCHED: i64 = 4;

/// How a tree's nodes are numbered: in order, level by level.
pub(super) struct Hierarchy {
    /// The number of a node's parent, from the leaves up.
    pub(super) parents: &'static [fn(i64) -> i64],
    /// The first and last leaf: what lies beyond is entered there.
    pub(super) first: i64,
    pub(super) last: i64,
}

/// One node in one of its uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Node {
    kind: u8,
    level: u8,
    number: i64,
}

impl Node {
    /// A value at this node or beneath it.
    const WITHIN: u8 = b'n';
    /// A value that touches this node, and perhaps not all beneath it.
    const COARSE: u8 = b'c';
    /// A value that begins here and has no end.
    const ENDLESS: u8 = b'o';
    /// A value that is everywhere.
    const EVERYWHERE: Self = Self {
        kind: b'a',
        level: 0,
        number: 0,
    };

    pub(super) fn bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(10);
        bytes.extend([self.kind, self.level]);
        bytes.extend(self.number.to_be_bytes());
        bytes
    }
}

impl Hierarchy {
    fn top(&self) -> u8 {
        u8::try_from(self.parents.len()).unwrap_or(u8::MAX)
    }

    fn parent(&self, level: u8, number: i64) -> i64 {
        self.parents
            .get(usize::from(level))
            .map_or(number, |parent| parent(number))
    }

    fn ancestor(&self, leaf: i64, level: u8) -> i64 {
        (0..level).fold(leaf, |number, below| self.parent(below, number))
    }

    /// The nodes of a value from one leaf to another, which may be open.
    pub(super) fn index(&self, low: Option<i64>, high: Option<i64>, emit: &mut impl FnMut(Node)) {
        let Some(low) = low.map(|low| low.clamp(self.first, self.last)) else {
            return emit(Node::EVERYWHERE);
        };
        let Some(high) = high.map(|high| high.clamp(self.first, self.last)) else {
            for level in [self.top().saturating_sub(1), self.top()] {
                emit(Node {
                    kind: Node::ENDLESS,
                    level,
                    number: self.ancestor(low, level),
                });
            }
            return;
        };
        let (mut low, mut high) = (low.min(high), low.max(high));
        let mut level = 0;
        while high - low >= TOUCHED {
            if level == self.top() {
                return emit(Node::EVERYWHERE);
            }
            (low, high) = (self.parent(level, low), self.parent(level, high));
            level += 1;
        }
        if level > 0 {
            emit_all(Node::COARSE, level, low, high, emit);
        }
        loop {
            emit_all(Node::WITHIN, level, low, high, emit);
            if level == self.top() {
                return;
            }
            (low, high) = (self.parent(level, low), self.parent(level, high));
            level += 1;
        }
    }

    /// The nodes of values that lie between two leaves: enough where no value is longer than
    /// what it is asked to lie in.
    pub(super) fn contained(&self, low: i64, high: i64) -> Vec<Node> {
        let mut nodes = Vec::new();
        let (low, high) = (
            low.clamp(self.first, self.last),
            high.clamp(self.first, self.last),
        );
        self.cover(Node::WITHIN, 0, low, high, &mut nodes);
        nodes
    }

    /// The nodes of values that have some part between two leaves; open where there is none.
    pub(super) fn overlapping(
        &self,
        low: Option<i64>,
        high: Option<i64>,
        may_be_open: bool,
    ) -> Vec<Node> {
        let low = low.unwrap_or(self.first).clamp(self.first, self.last);
        let high = high.unwrap_or(self.last).clamp(self.first, self.last);
        let mut nodes = Vec::new();
        self.cover(Node::WITHIN, 0, low, high, &mut nodes);
        for level in 1..=self.top() {
            for leaf in [low, high] {
                nodes.push(Node {
                    kind: Node::COARSE,
                    level,
                    number: self.ancestor(leaf, level),
                });
            }
        }
        if may_be_open {
            let level = self.top().saturating_sub(1);
            let (first, last) = (self.ancestor(self.first, level), self.ancestor(high, level));
            self.cover(Node::ENDLESS, level, first, last, &mut nodes);
            nodes.push(Node::EVERYWHERE);
        }
        nodes
    }

    /// The fewest nodes that have exactly the nodes from `low` to `high` of a level beneath them.
    fn cover(&self, kind: u8, level: u8, mut low: i64, mut high: i64, nodes: &mut Vec<Node>) {
        let node = |number| Node {
            kind,
            level,
            number,
        };
        if level == self.top() {
            nodes.extend((low..=high).map(node));
            return;
        }
        let parent = |number| self.parent(level, number);
        while low <= high && parent(low) == parent(low - 1) {
            nodes.push(node(low));
            low += 1;
        }
        while low <= high && parent(high) == parent(high + 1) {
            nodes.push(node(high));
            high -= 1;
        }
        if low <= high {
            self.cover(kind, level + 1, parent(low), parent(high), nodes);
        }
    }
}

fn emit_all(kind: u8, level: u8, low: i64, high: i64, emit: &mut impl FnMut(Node)) {
    for number in low..=high {
        emit(Node {
            kind,
            level,
            number,
        });
    }
}
