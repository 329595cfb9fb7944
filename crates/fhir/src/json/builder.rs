//! Writing a document: the parser, and every change of a resource, goes through here.

use super::{Document, Node, Slot, SlotKind, Span, place, string::push_escaped};

/// Writes compact JSON and its index, value by value.
pub(crate) struct Builder {
    document: Document,
    open: Vec<u32>,
    key: Span,
}

impl Builder {
    /// A builder with room for a text of so many bytes.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        let document = Document {
            text: String::with_capacity(bytes),
            slots: Vec::with_capacity(bytes / 24),
            ..Document::default()
        };
        Self {
            document,
            open: Vec::new(),
            key: Span::default(),
        }
    }

    /// The finished document.
    pub(crate) fn finish(self) -> Document {
        self.document
    }

    /// How many values were written.
    pub(super) fn values(&self) -> usize {
        self.document.slots.len()
    }

    /// The name of the member that comes next. Must need no escapes.
    pub(crate) fn name(&mut self, name: &str) {
        self.separate();
        let text = &mut self.document.text;
        text.push('"');
        let start = place(text.len());
        text.push_str(name);
        self.key = Span {
            start,
            end: place(text.len()),
        };
        text.push_str("\":");
    }

    /// Begins an object.
    pub(crate) fn begin_object(&mut self) {
        self.begin(SlotKind::Object, '{');
    }

    /// Begins an array.
    pub(crate) fn begin_array(&mut self) {
        self.begin(SlotKind::Array, '[');
    }

    /// Ends the object or array begun last.
    pub(crate) fn end(&mut self) {
        let after = place(self.document.slots.len());
        let Some(slot) = self
            .open
            .pop()
            .and_then(|at| self.document.slots.get_mut(at as usize))
        else {
            return;
        };
        self.document.text.push(if slot.kind == SlotKind::Object {
            '}'
        } else {
            ']'
        });
        slot.next = after;
        slot.value.end = place(self.document.text.len());
    }

    /// A string.
    pub(crate) fn string(&mut self, plain: &str) {
        let needs_escapes = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
        if plain.bytes().any(needs_escapes) {
            let start = place(self.document.unescaped.len());
            self.document.unescaped.push_str(plain);
            self.escaped_string(start);
        } else {
            let start = self.start();
            let text = &mut self.document.text;
            text.push('"');
            text.push_str(plain);
            text.push('"');
            self.leaf(SlotKind::String, start, 0);
        }
    }

    /// A string whose characters were pushed to [`Builder::unescaped`] since it had that length.
    pub(super) fn escaped_string(&mut self, unescaped_from: u32) {
        let start = self.start();
        let document = &mut self.document;
        let plain = Span {
            start: unescaped_from,
            end: place(document.unescaped.len()),
        };
        document.text.push('"');
        push_escaped(plain.of(&document.unescaped), &mut document.text);
        document.text.push('"');
        let index = place(document.escaped.len());
        document.escaped.push(plain);
        self.leaf(SlotKind::EscapedString, start, index);
    }

    /// Where the characters of a string that has escapes go.
    pub(super) fn unescaped(&mut self) -> &mut String {
        &mut self.document.unescaped
    }

    /// A string in its quotes that needs no escapes.
    pub(super) fn quoted(&mut self, quoted: &str) {
        self.literal(SlotKind::String, quoted);
    }

    /// A number's text.
    pub(super) fn number(&mut self, text: &str) {
        self.literal(SlotKind::Number, text);
    }

    /// `true`, `false` or `null`.
    pub(super) fn word(&mut self, kind: SlotKind) {
        self.literal(
            kind,
            match kind {
                SlotKind::True => "true",
                SlotKind::False => "false",
                _ => "null",
            },
        );
    }

    /// A value of another document, with everything beneath it.
    pub(crate) fn copy(&mut self, node: Node<'_>) {
        let (Some(root), from) = (node.slot(), node.document()) else {
            return;
        };
        let start = self.start();
        let key = self.key;
        let document = &mut self.document;
        let moved = start.wrapping_sub(root.value.start);
        let first = place(document.slots.len());
        document.text.push_str(root.value.of(&from.text));
        let slots = node.slots();
        let source_first = slots.first().map_or(0, |_| node.index());
        for slot in slots {
            let next = match slot.kind {
                SlotKind::Array | SlotKind::Object => {
                    slot.next.wrapping_sub(source_first).wrapping_add(first)
                }
                SlotKind::EscapedString => {
                    let plain = from
                        .escaped
                        .get(slot.next as usize)
                        .copied()
                        .unwrap_or_default();
                    let at = place(document.unescaped.len());
                    document.unescaped.push_str(plain.of(&from.unescaped));
                    let index = place(document.escaped.len());
                    document.escaped.push(Span {
                        start: at,
                        end: place(document.unescaped.len()),
                    });
                    index
                }
                _ => 0,
            };
            document.slots.push(Slot {
                kind: slot.kind,
                key: slot.key.moved(moved),
                value: slot.value.moved(moved),
                next,
            });
        }
        if let Some(root) = document.slots.get_mut(first as usize) {
            root.key = key;
        }
        self.key = Span::default();
    }

    fn begin(&mut self, kind: SlotKind, bracket: char) {
        let start = self.start();
        self.open.push(place(self.document.slots.len()));
        self.document.text.push(bracket);
        self.leaf(kind, start, 0);
    }

    fn literal(&mut self, kind: SlotKind, text: &str) {
        let start = self.start();
        self.document.text.push_str(text);
        self.leaf(kind, start, 0);
    }

    /// Puts the comma that a value of an array needs, and says where the value starts.
    fn start(&mut self) -> u32 {
        self.separate();
        place(self.document.text.len())
    }

    fn separate(&mut self) {
        if !matches!(
            self.document.text.as_bytes().last(),
            None | Some(b'{' | b'[' | b':')
        ) {
            self.document.text.push(',');
        }
    }

    fn leaf(&mut self, kind: SlotKind, start: u32, next: u32) {
        let value = Span {
            start,
            end: place(self.document.text.len()),
        };
        self.document.slots.push(Slot {
            kind,
            key: self.key,
            value,
            next,
        });
        self.key = Span::default();
    }
}
