//! Reading a document.

use super::{Document, Slot, SlotKind};

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number, kept as its text.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// One value of a resource. Costs nothing to copy; prints nothing of what it holds.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    document: &'a Document,
    index: u32,
}

impl<'a> Node<'a> {
    pub(super) fn new(document: &'a Document, index: u32) -> Self {
        Self { document, index }
    }

    pub(super) fn slot(self) -> Option<&'a Slot> {
        self.document.slot(self.index)
    }

    pub(super) fn index(self) -> u32 {
        self.index
    }

    pub(super) fn document(self) -> &'a Document {
        self.document
    }

    /// The slots of this value and all beneath it.
    pub(super) fn slots(self) -> &'a [Slot] {
        let end = self.document.after(self.index) as usize;
        self.document
            .slots
            .get(self.index as usize..end)
            .unwrap_or_default()
    }

    /// What this value is.
    pub fn kind(self) -> Kind {
        match self.slot().map(|slot| slot.kind) {
            None | Some(SlotKind::Null) => Kind::Null,
            Some(SlotKind::True | SlotKind::False) => Kind::Bool,
            Some(SlotKind::Number) => Kind::Number,
            Some(SlotKind::String | SlotKind::EscapedString) => Kind::String,
            Some(SlotKind::Array) => Kind::Array,
            Some(SlotKind::Object) => Kind::Object,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// Whether this is an array.
    pub fn is_array(self) -> bool {
        self.kind() == Kind::Array
    }

    /// Whether this is an object.
    pub fn is_object(self) -> bool {
        self.kind() == Kind::Object
    }

    /// A string's characters, escapes resolved.
    pub fn as_str(self) -> Option<&'a str> {
        let slot = self.slot()?;
        match slot.kind {
            SlotKind::String => {
                let quoted = slot.value.of(&self.document.text);
                quoted.get(1..quoted.len().saturating_sub(1))
            }
            SlotKind::EscapedString => {
                let span = self.document.escaped.get(slot.next as usize)?;
                Some(span.of(&self.document.unescaped))
            }
            _ => None,
        }
    }

    /// `true` or `false`.
    pub fn as_bool(self) -> Option<bool> {
        match self.slot()?.kind {
            SlotKind::True => Some(true),
            SlotKind::False => Some(false),
            _ => None,
        }
    }

    /// A number's text, as it came.
    pub fn as_number(self) -> Option<&'a str> {
        (self.kind() == Kind::Number).then(|| self.json())
    }

    /// The value as compact JSON.
    pub fn json(self) -> &'a str {
        self.slot()
            .map_or("null", |slot| slot.value.of(&self.document.text))
    }

    /// An object's member; `None` where there is none of that name, or this is no object.
    pub fn get(self, name: &str) -> Option<Node<'a>> {
        self.entries()
            .find(|(key, _)| *key == name)
            .map(|(_, node)| node)
    }

    /// An object's members in order; empty for anything else.
    pub fn entries(self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        let text = &self.document.text;
        self.children(SlotKind::Object)
            .map(move |node| (node.slot().map_or("", |slot| slot.key.of(text)), node))
    }

    /// An array's items in order; empty for anything else.
    pub fn items(self) -> impl Iterator<Item = Node<'a>> {
        self.children(SlotKind::Array)
    }

    /// The values that a path of names leads to, as FHIRPath would: arrays are gone through.
    /// `patient.all("name.given")` is every given name of every name.
    pub fn all(self, path: &str) -> Vec<Node<'a>> {
        let mut found = Vec::new();
        self.collect(path, &mut found);
        found
    }

    /// The first value that a path of names leads to: see [`Node::all`].
    pub fn first(self, path: &str) -> Option<Node<'a>> {
        if self.is_array() {
            return self.items().find_map(|item| item.first(path));
        }
        match path.split_once('.') {
            _ if path.is_empty() => Some(self),
            Some((name, rest)) => self.get(name)?.first(rest),
            None => self.get(path)?.first(""),
        }
    }

    /// The first string that a path of names leads to: see [`Node::all`].
    pub fn text(self, path: &str) -> Option<&'a str> {
        self.first(path)?.as_str()
    }

    fn collect(self, path: &str, found: &mut Vec<Node<'a>>) {
        if self.is_array() {
            self.items().for_each(|item| item.collect(path, found));
        } else if path.is_empty() {
            found.push(self);
        } else {
            let (name, rest) = path.split_once('.').unwrap_or((path, ""));
            if let Some(member) = self.get(name) {
                member.collect(rest, found);
            }
        }
    }

    fn children(self, of: SlotKind) -> Children<'a> {
        let is_parent = self.slot().is_some_and(|slot| slot.kind == of);
        let end = if is_parent {
            self.document.after(self.index)
        } else {
            0
        };
        Children {
            document: self.document,
            index: self.index.saturating_add(1),
            end,
        }
    }
}

/// The values directly beneath one.
struct Children<'a> {
    document: &'a Document,
    index: u32,
    end: u32,
}

impl<'a> Iterator for Children<'a> {
    type Item = Node<'a>;

    fn next(&mut self) -> Option<Node<'a>> {
        if self.index >= self.end {
            return None;
        }
        let node = Node::new(self.document, self.index);
        self.index = self.document.after(self.index);
        Some(node)
    }
}
