//! Why a text is not a resource, and where.

use std::fmt;

use ward_core::limits;

/// What a parser accepts at most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Length of the text, in bytes; more than 1 GiB is never accepted.
    pub bytes: usize,
    /// Nesting of objects and arrays.
    pub depth: usize,
    /// Values in all: an index of them takes 24 bytes each.
    pub values: usize,
}

impl Limits {
    /// One resource outside a bundle.
    pub const RESOURCE: Self = Self {
        bytes: limits::RESOURCE_BYTES,
        depth: limits::JSON_DEPTH,
        values: 500_000,
    };
    /// A whole request: a bundle.
    pub const BODY: Self = Self {
        bytes: limits::BODY_BYTES,
        depth: limits::JSON_DEPTH,
        values: 2_000_000,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::RESOURCE
    }
}

/// A text that is not a resource. Says where and what, never any of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {fault}")]
pub struct ParseError {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// What is wrong there.
    pub fault: Fault,
}

impl ParseError {
    /// The error of a fault at a byte of the source.
    pub(super) fn at(source: &[u8], offset: usize, fault: Fault) -> Self {
        let before = source.get(..offset).unwrap_or(source);
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let is_first_byte = |byte: &&u8| (**byte & 0xC0) != 0x80;
        Self {
            line: before.split(|byte| *byte == b'\n').count(),
            column: before.iter().skip(line_start).filter(is_first_byte).count() + 1,
            fault,
        }
    }
}

/// What is wrong with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Longer than [`Limits::bytes`].
    TooLong,
    /// Nested deeper than [`Limits::depth`].
    TooDeep,
    /// More values than [`Limits::values`].
    TooManyValues,
    /// Not UTF-8 (RFC 8259 8.1).
    NotUtf8,
    /// A byte order mark, which RFC 8259 8.1 forbids.
    ByteOrderMark,
    /// The text ends in the middle.
    UnexpectedEnd,
    /// A character that can't stand here; the text says what can.
    Expected(&'static str),
    /// A number that JSON does not allow.
    InvalidNumber,
    /// A number of more than 100 characters.
    LongNumber,
    /// A control character that had to be escaped.
    ControlCharacter,
    /// An escape that JSON does not define.
    InvalidEscape,
    /// Half of a surrogate pair, which is no character.
    LoneSurrogate,
    /// U+0000, which FHIR strings can't hold.
    NulCharacter,
    /// A member's name with a character that no FHIR name has.
    InvalidName,
    /// A member's name that stands twice in one object.
    DuplicateName,
    /// More text after the value.
    TrailingText,
    /// Not an object with a `resourceType`.
    NotAResource,
    /// A `resourceType` that R4 does not define.
    UnknownResourceType,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "the text is longer than this server accepts",
            Self::TooDeep => "nested deeper than this server accepts",
            Self::TooManyValues => "more values than this server accepts",
            Self::NotUtf8 => "not UTF-8",
            Self::ByteOrderMark => "a byte order mark is not allowed in JSON",
            Self::UnexpectedEnd => "the text ends too early",
            Self::Expected(what) => return write!(f, "expected {what}"),
            Self::InvalidNumber => "not a number of JSON",
            Self::LongNumber => "a number of more than 100 characters",
            Self::ControlCharacter => "a control character must be escaped",
            Self::InvalidEscape => "not an escape of JSON",
            Self::LoneSurrogate => "half of a surrogate pair",
            Self::NulCharacter => "the character U+0000 is not allowed",
            Self::InvalidName => "a member's name with a character that no FHIR name has",
            Self::DuplicateName => "a member's name stands twice in one object",
            Self::TrailingText => "more text after the resource",
            Self::NotAResource => "not an object with a resourceType",
            Self::UnknownResourceType => "the resourceType is not one of FHIR R4",
        })
    }
}
