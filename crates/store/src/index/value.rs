//! The values of the view's rows: fixed fields, big-endian, then lists.

use ward_core::{ResourceKey, Timestamp};
use ward_crypto::Token;
use ward_log::Hash;

use crate::{RelationRow, StoreError};

/// The format of the rows. A view of another format is rebuilt.
pub(crate) const FORMAT: u32 = 2;

const MALFORMED: StoreError = StoreError::Corrupt("a row of the view can't be decoded");

/// The newest version of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) row: u64,
    pub(crate) version: u64,
    pub(crate) time: Timestamp,
    pub(crate) deleted: bool,
    pub(crate) subjects: Vec<Token>,
}

impl Head {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(25 + 16 * self.subjects.len());
        bytes.extend(self.row.to_be_bytes());
        bytes.extend(self.version.to_be_bytes());
        bytes.extend(self.time.as_micros().to_be_bytes());
        bytes.push(u8::from(self.deleted));
        put_tokens(&mut bytes, &self.subjects);
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let mut bytes = Bytes(bytes);
        Ok(Self {
            row: bytes.u64()?,
            version: bytes.u64()?,
            time: bytes.time()?,
            deleted: bytes.byte()? != 0,
            subjects: bytes.tokens()?,
        })
    }
}

/// What the current version of a resource is found by, so that it can be removed again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Indexed {
    pub(crate) tokens: Vec<Token>,
    /// Member, subject and mark of each relation.
    pub(crate) relations: Vec<[Token; 3]>,
}

impl Indexed {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(4 + 16 * self.tokens.len() + 48 * self.relations.len());
        let count = u32::try_from(self.relations.len()).unwrap_or(u32::MAX);
        bytes.extend(count.to_be_bytes());
        for relation in &self.relations {
            put_tokens(&mut bytes, relation);
        }
        put_tokens(&mut bytes, &self.tokens);
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let mut bytes = Bytes(bytes);
        let count = bytes.u32()? as usize;
        let length = count.checked_mul(48).ok_or(MALFORMED)?;
        let (relations, rest) = bytes.0.split_at_checked(length).ok_or(MALFORMED)?;
        let (relations, _) = relations.as_chunks::<48>();
        let relations = relations.iter().map(|relation| {
            let (tokens, _) = relation.as_chunks();
            match tokens {
                [member, subject, mark] => Ok([Token(*member), Token(*subject), Token(*mark)]),
                _ => Err(MALFORMED),
            }
        });
        Ok(Self {
            relations: relations.collect::<Result<_, _>>()?,
            tokens: Bytes(rest).tokens()?,
        })
    }
}

/// What made the view: where one part differs from what the store would make now, it is rebuilt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) format: u32,
    pub(crate) projector: u32,
    pub(crate) fingerprint: Token,
}

impl Stamp {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.format.to_be_bytes().to_vec();
        bytes.extend(self.projector.to_be_bytes());
        bytes.extend(self.fingerprint.0);
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let mut bytes = Bytes(bytes);
        Ok(Self {
            format: bytes.u32()?,
            projector: bytes.u32()?,
            fingerprint: bytes.token()?,
        })
    }
}

/// How far the view has applied the log: the number of entries, and the last one's leaf, which
/// tells whether it was this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) applied: u64,
    pub(crate) leaf: Hash,
}

impl Position {
    pub(crate) const START: Self = Self {
        applied: 0,
        leaf: Hash([0; 32]),
    };

    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = self.applied.to_be_bytes().to_vec();
        bytes.extend(self.leaf.0);
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let mut bytes = Bytes(bytes);
        Ok(Self {
            applied: bytes.u64()?,
            leaf: Hash(bytes.take()?),
        })
    }
}

/// A relationship, whole, to be sealed.
pub(crate) fn relation_to_bytes(relation: &RelationRow) -> Vec<u8> {
    let mut bytes = vec![relation.kind];
    put_tokens(&mut bytes, &[relation.member, relation.subject]);
    bytes.extend(relation.start.as_micros().to_be_bytes());
    bytes.push(u8::from(relation.end.is_some()));
    bytes.extend(relation.end.map_or(0, Timestamp::as_micros).to_be_bytes());
    bytes.extend(relation.source.as_str().as_bytes());
    bytes
}

pub(crate) fn relation_from_bytes(bytes: &[u8]) -> Result<RelationRow, StoreError> {
    let mut bytes = Bytes(bytes);
    let kind = bytes.byte()?;
    let (member, subject) = (bytes.token()?, bytes.token()?);
    let start = bytes.time()?;
    let ends = bytes.byte()? != 0;
    let end = bytes.time()?;
    let source = std::str::from_utf8(bytes.0).map_err(|_| MALFORMED)?;
    let source: ResourceKey = source.parse().map_err(|_| MALFORMED)?;
    Ok(RelationRow {
        member,
        subject,
        kind,
        start,
        end: ends.then_some(end),
        source,
    })
}

pub(crate) fn row_from_bytes(bytes: &[u8]) -> Result<u64, StoreError> {
    Bytes(bytes).u64()
}

fn put_tokens(bytes: &mut Vec<u8>, tokens: &[Token]) {
    for token in tokens {
        bytes.extend(token.0);
    }
}

/// What is left of a value.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(MALFORMED)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn byte(&mut self) -> Result<u8, StoreError> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn u32(&mut self) -> Result<u32, StoreError> {
        self.take().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Result<u64, StoreError> {
        self.take().map(u64::from_be_bytes)
    }

    fn time(&mut self) -> Result<Timestamp, StoreError> {
        self.take()
            .map(|bytes| Timestamp::from_micros(i64::from_be_bytes(bytes)))
    }

    fn token(&mut self) -> Result<Token, StoreError> {
        self.take().map(Token)
    }

    /// The rest, as tokens.
    fn tokens(&mut self) -> Result<Vec<Token>, StoreError> {
        let (tokens, rest) = self.0.as_chunks();
        if rest.is_empty() {
            Ok(tokens.iter().copied().map(Token).collect())
        } else {
            Err(MALFORMED)
        }
    }
}
