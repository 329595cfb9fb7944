//! A JSON document as its own compact text plus an index of it.
//!
//! Writing a document out is a copy of its text; a part of it (an entry of a bundle) is a slice;
//! numbers are never anything but their text, so they keep their precision.

mod builder;
mod error;
mod node;
mod number;
mod parser;
mod string;

pub(crate) use builder::Builder;
pub use error::{Fault, Limits, ParseError};
pub use node::{Kind, Node};
pub(crate) use parser::parse;

/// A range of bytes of one of the document's texts.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }

    /// The same bytes in a text where they stand elsewhere. An empty span at the start, which the
    /// items of arrays have for their names, stays.
    fn moved(self, by: u32) -> Self {
        if self.end == 0 {
            return self;
        }
        Self {
            start: self.start.wrapping_add(by),
            end: self.end.wrapping_add(by),
        }
    }
}

/// One value, in the order of the text: an object's or array's children follow it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Slot {
    kind: SlotKind,
    /// The name of the member that this is, without quotes; empty in an array.
    key: Span,
    /// The value in the text, quotes and brackets included.
    value: Span,
    /// The slot after this one and all beneath it. For `EscapedString`, which has nothing beneath
    /// it, the place of its plain text in `Document::escaped`.
    next: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SlotKind {
    Null,
    True,
    False,
    Number,
    String,
    /// A string that the compact text has to escape.
    EscapedString,
    Array,
    Object,
}

/// A JSON value with everything beneath it. Offsets are 32 bits wide: [`Limits`] sees to it.
#[derive(Clone, Default)]
pub(crate) struct Document {
    text: String,
    slots: Vec<Slot>,
    /// The plain text of strings that the compact text escapes.
    unescaped: String,
    escaped: Vec<Span>,
}

impl Document {
    /// The outermost value.
    pub(crate) fn root(&self) -> Node<'_> {
        Node::new(self, 0)
    }

    /// The compact JSON.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Whether the text and the index are the same; where plain texts are kept may differ.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        fn strings(document: &Document) -> impl Iterator<Item = &str> {
            document
                .escaped
                .iter()
                .map(|span| span.of(&document.unescaped))
        }
        self.text == other.text && self.slots == other.slots && strings(self).eq(strings(other))
    }

    fn slot(&self, index: u32) -> Option<&Slot> {
        self.slots.get(index as usize)
    }

    /// The slot after `index` and all beneath it.
    fn after(&self, index: u32) -> u32 {
        match self.slot(index) {
            Some(Slot {
                kind: SlotKind::Array | SlotKind::Object,
                next,
                ..
            }) => *next,
            _ => index.saturating_add(1),
        }
    }
}

/// A length or place as 32 bits. Never more than that: see [`Limits::bytes`].
fn place(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
