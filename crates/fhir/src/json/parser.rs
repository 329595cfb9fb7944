//! Reading JSON once, strictly (RFC 8259), into a [`Document`].

use super::{Builder, Document, Fault, Limits, ParseError, SlotKind, number, place, string};

/// Longest text of a number: R4 asks for 18 digits at least; more than this is an attack.
const NUMBER_LENGTH: usize = 100;
/// Offsets are 32 bits wide, and escapes can make a text three times as long (`\b`, `\u0008`).
const BYTES_MAX: usize = 1 << 30;
/// Members up to which comparing each with each is quicker than sorting their names.
const FEW_MEMBERS: usize = 24;

/// Reads one JSON value that fills the source.
pub(crate) fn parse(source: &[u8], limits: &Limits) -> Result<Document, ParseError> {
    if source.len() > limits.bytes.min(BYTES_MAX) {
        return Err(ParseError {
            line: 1,
            column: 1,
            fault: Fault::TooLong,
        });
    }
    let text = str::from_utf8(source)
        .map_err(|error| ParseError::at(source, error.valid_up_to(), Fault::NotUtf8))?;
    let builder = Builder::with_capacity(source.len());
    let mut parser = Parser {
        text,
        bytes: source,
        at: 0,
        builder,
        limits,
        names: Vec::new(),
    };
    match parser.document() {
        Ok(()) => Ok(parser.builder.finish()),
        Err(fault) => Err(ParseError::at(source, parser.at, fault)),
    }
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    builder: Builder,
    limits: &'a Limits,
    /// Where the names of the objects that are open stand in the text.
    names: Vec<&'a str>,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<(), Fault> {
        if self.bytes.starts_with(b"\xEF\xBB\xBF") {
            return Err(Fault::ByteOrderMark);
        }
        self.skip_space();
        self.value(0)?;
        self.skip_space();
        if self.at == self.bytes.len() {
            Ok(())
        } else {
            Err(Fault::TrailingText)
        }
    }

    fn value(&mut self, depth: usize) -> Result<(), Fault> {
        if self.builder.values() >= self.limits.values {
            return Err(Fault::TooManyValues);
        }
        match self.peek()? {
            b'{' => self.nested(depth, Self::object),
            b'[' => self.nested(depth, Self::array),
            b'"' => self.string(),
            b't' => self.word("true", SlotKind::True),
            b'f' => self.word("false", SlotKind::False),
            b'n' => self.word("null", SlotKind::Null),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(Fault::Expected("a value")),
        }
    }

    fn nested(
        &mut self,
        depth: usize,
        read: impl FnOnce(&mut Self, usize) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if depth >= self.limits.depth {
            return Err(Fault::TooDeep);
        }
        read(self, depth + 1)
    }

    fn object(&mut self, depth: usize) -> Result<(), Fault> {
        self.at += 1;
        self.builder.begin_object();
        let first_name = self.names.len();
        self.skip_space();
        if self.peek()? != b'}' {
            loop {
                self.member(depth, first_name)?;
                self.skip_space();
                match self.peek()? {
                    b',' => self.at += 1,
                    b'}' => break,
                    _ => return Err(Fault::Expected("a comma or the end of the object")),
                }
                self.skip_space();
            }
        }
        self.refuse_duplicates(first_name)?;
        self.at += 1;
        self.builder.end();
        Ok(())
    }

    fn member(&mut self, depth: usize, first_name: usize) -> Result<(), Fault> {
        if self.peek()? != b'"' {
            return Err(Fault::Expected("a member's name in quotes"));
        }
        let start = self.at;
        self.at += 1;
        let length = string::plain_length(self.bytes.get(self.at..).unwrap_or_default());
        let name = self
            .text
            .get(self.at..self.at + length)
            .ok_or(Fault::UnexpectedEnd)?;
        self.at += length;
        // No name of FHIR has a character that may be escaped, so one spelling a name suffices.
        if self.peek()? != b'"' {
            return Err(Fault::InvalidName);
        }
        self.at += 1;
        let names = self.names.get(first_name..).unwrap_or_default();
        if names.len() < FEW_MEMBERS && names.contains(&name) {
            self.at = start;
            return Err(Fault::DuplicateName);
        }
        self.names.push(name);
        self.builder.name(name);
        self.skip_space();
        if self.peek()? != b':' {
            return Err(Fault::Expected("a colon"));
        }
        self.at += 1;
        self.skip_space();
        self.value(depth)
    }

    /// Finds duplicates among many names, and forgets the names of this object.
    fn refuse_duplicates(&mut self, first_name: usize) -> Result<(), Fault> {
        let names = self.names.get_mut(first_name..).unwrap_or_default();
        if names.len() > FEW_MEMBERS {
            names.sort_unstable();
            if names.windows(2).any(|pair| pair.first() == pair.last()) {
                return Err(Fault::DuplicateName);
            }
        }
        self.names.truncate(first_name);
        Ok(())
    }

    fn array(&mut self, depth: usize) -> Result<(), Fault> {
        self.at += 1;
        self.builder.begin_array();
        self.skip_space();
        if self.peek()? != b']' {
            loop {
                self.value(depth)?;
                self.skip_space();
                match self.peek()? {
                    b',' => self.at += 1,
                    b']' => break,
                    _ => return Err(Fault::Expected("a comma or the end of the array")),
                }
                self.skip_space();
            }
        }
        self.at += 1;
        self.builder.end();
        Ok(())
    }

    fn string(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let rest = self.bytes.get(start + 1..).unwrap_or_default();
        let end = start + 1 + string::plain_length(rest);
        if self.bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            self.builder
                .quoted(self.text.get(start..self.at).unwrap_or_default());
            return Ok(());
        }
        self.escaped_string()
    }

    fn escaped_string(&mut self) -> Result<(), Fault> {
        self.at += 1;
        let unescaped_from = place(self.builder.unescaped().len());
        loop {
            let length = string::plain_length(self.bytes.get(self.at..).unwrap_or_default());
            let plain = self.text.get(self.at..self.at + length).unwrap_or_default();
            self.builder.unescaped().push_str(plain);
            self.at += length;
            match self.peek()? {
                b'"' => break,
                b'\\' => {
                    let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
                    let (character, length) = string::unescape(rest)?;
                    self.builder.unescaped().push(character);
                    self.at += 1 + length;
                }
                0 => return Err(Fault::NulCharacter),
                _ => return Err(Fault::ControlCharacter),
            }
        }
        self.at += 1;
        self.builder.escaped_string(unescaped_from);
        Ok(())
    }

    fn number(&mut self) -> Result<(), Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = number::scan(rest).ok_or(Fault::InvalidNumber)?;
        if length > NUMBER_LENGTH {
            return Err(Fault::LongNumber);
        }
        let text = self.text.get(self.at..self.at + length).unwrap_or_default();
        self.builder.number(text);
        self.at += length;
        Ok(())
    }

    fn word(&mut self, word: &'static str, kind: SlotKind) -> Result<(), Fault> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word.as_bytes()) {
            return Err(Fault::Expected("a value"));
        }
        self.at += word.len();
        self.builder.word(kind);
        Ok(())
    }

    fn peek(&self) -> Result<u8, Fault> {
        self.bytes.get(self.at).copied().ok_or(Fault::UnexpectedEnd)
    }

    fn skip_space(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let is_space = |byte: &&u8| matches!(**byte, b' ' | b'\n' | b'\r' | b'\t');
        self.at += rest.iter().take_while(is_space).count();
    }
}
