//! The keys of the view: a byte for the table, then tokens and numbers of fixed length.

use ward_crypto::Token;

use crate::StoreError;

/// The tables. A number is never used again for something else without a new view format.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Table {
    /// `name` -> the view's own facts.
    Meta = 0,
    /// `resource` -> [`super::Head`].
    Heads = 1,
    /// `resource | version` -> row.
    Versions = 2,
    /// `resource` -> [`super::Indexed`], of the current version.
    Indexed = 3,
    /// `token (12) | !row (7)` -> nothing. Newest first.
    Postings = 4,
    /// `member | subject | mark` -> sealed relationship.
    Relations = 5,
    /// `subject | member | mark` -> nothing.
    RelationsOfSubject = 6,
    /// `kind | key` -> row.
    States = 7,
    /// `account | !row` -> nothing.
    ByAccount = 8,
    /// `subject | !row` -> nothing.
    BySubject = 9,
    /// `hour | reason` -> how often.
    Failures = 10,
}

/// A range of keys: from, and up to but without.
pub(crate) type Range = (Vec<u8>, Vec<u8>);

fn key(table: Table, parts: &[&[u8]]) -> Vec<u8> {
    let mut key = Vec::with_capacity(1 + parts.iter().map(|part| part.len()).sum::<usize>());
    key.push(table as u8);
    for part in parts {
        key.extend_from_slice(part);
    }
    key
}

/// All keys of the table that begin with the parts. Parts are tokens, and so the end is no longer
/// than the start: the last byte that is not 255, one higher.
fn all(table: Table, parts: &[&[u8]]) -> Range {
    let from = key(table, parts);
    let mut to = from.clone();
    while to.pop_if(|byte| *byte == u8::MAX).is_some() {}
    if let Some(last) = to.last_mut() {
        *last += 1;
    }
    (from, to)
}

/// Every row but the view's facts about itself.
pub(crate) fn everything() -> Range {
    (vec![Table::Heads as u8], vec![u8::MAX])
}

pub(crate) fn stamp() -> Vec<u8> {
    key(Table::Meta, &[b"stamp"])
}

pub(crate) fn position() -> Vec<u8> {
    key(Table::Meta, &[b"position"])
}

pub(crate) fn head(resource: &Token) -> Vec<u8> {
    key(Table::Heads, &[&resource.0])
}

pub(crate) fn indexed(resource: &Token) -> Vec<u8> {
    key(Table::Indexed, &[&resource.0])
}

pub(crate) fn version(resource: &Token, version: u64) -> Vec<u8> {
    key(Table::Versions, &[&resource.0, &version.to_be_bytes()])
}

pub(crate) fn versions(resource: &Token) -> Range {
    all(Table::Versions, &[&resource.0])
}

pub(crate) fn posting(token: &Token, row: u64) -> Vec<u8> {
    posting_inverted(token, !row)
}

/// Postings are most of the view, and so their keys are short: 20 bytes are kept by fjall without
/// a place of their own in memory. Of the token 12 bytes tell enough, where two that are taken for
/// one only make a candidate that does not fit; of the row 7, for more entries than will ever be.
pub(crate) fn posting_inverted(token: &Token, inverted: u64) -> Vec<u8> {
    let [token @ .., _, _, _, _] = &token.0;
    let [_, row @ ..] = inverted.max(!MAX_ROW).to_be_bytes();
    key(Table::Postings, &[token, &row])
}

/// The greatest row that a posting can name.
const MAX_ROW: u64 = (1 << 56) - 1;

/// The postings of a token from an inverted row on.
pub(crate) fn postings_from(token: &Token, inverted: u64) -> Range {
    let [token @ .., _, _, _, _] = &token.0;
    let (_, to) = all(Table::Postings, &[token]);
    let [_, row @ ..] = inverted.max(!MAX_ROW).to_be_bytes();
    (key(Table::Postings, &[token, &row]), to)
}

/// The inverted row of a posting.
pub(crate) fn posted(key: &[u8]) -> Option<u64> {
    let row: &[u8; 7] = key.last_chunk()?;
    let [a, b, c, d, e, f, g] = *row;
    Some(u64::from_be_bytes([u8::MAX, a, b, c, d, e, f, g]))
}

pub(crate) fn relation(member: &Token, subject: &Token, mark: &Token) -> Vec<u8> {
    key(Table::Relations, &[&member.0, &subject.0, &mark.0])
}

pub(crate) fn relations(member: &Token, subject: &Token) -> Range {
    all(Table::Relations, &[&member.0, &subject.0])
}

pub(crate) fn relations_of_member(member: &Token) -> Range {
    all(Table::Relations, &[&member.0])
}

/// Whether a row's value is a sealed relationship, which is sealed anew each time.
pub(crate) fn is_relation(key: &[u8]) -> bool {
    key.first() == Some(&(Table::Relations as u8))
}

pub(crate) fn relation_of_subject(subject: &Token, member: &Token, mark: &Token) -> Vec<u8> {
    key(Table::RelationsOfSubject, &[&subject.0, &member.0, &mark.0])
}

pub(crate) fn relations_of_subject(subject: &Token) -> Range {
    all(Table::RelationsOfSubject, &[&subject.0])
}

/// The key in the relations table that a row of [`relations_of_subject`] stands for.
pub(crate) fn relation_behind(of_subject: &[u8]) -> Option<Vec<u8>> {
    let (subject, rest) = of_subject.get(1..)?.split_at_checked(16)?;
    let (member, mark) = rest.split_at_checked(16)?;
    Some(key(Table::Relations, &[member, subject, mark]))
}

/// The member and subject of a key in the relations table.
pub(crate) fn related(relation: &[u8]) -> Option<(Token, Token)> {
    let (member, rest) = relation.get(1..)?.split_first_chunk()?;
    let (subject, _) = rest.split_first_chunk()?;
    Some((Token(*member), Token(*subject)))
}

pub(crate) fn state(kind: &Token, state: &Token) -> Vec<u8> {
    key(Table::States, &[&kind.0, &state.0])
}

pub(crate) fn states_of_kind(kind: &Token) -> Range {
    all(Table::States, &[&kind.0])
}

pub(crate) fn states() -> Range {
    all(Table::States, &[])
}

pub(crate) fn by_account(account: &Token, row: u64) -> Vec<u8> {
    key(Table::ByAccount, &[&account.0, &(!row).to_be_bytes()])
}

/// What an account saw before a row, newest first.
pub(crate) fn by_account_before(account: &Token, before: Option<u64>) -> Range {
    before_row(Table::ByAccount, account, before)
}

pub(crate) fn by_subject(subject: &Token, row: u64) -> Vec<u8> {
    key(Table::BySubject, &[&subject.0, &(!row).to_be_bytes()])
}

/// Who saw a patient before a row, newest first.
pub(crate) fn by_subject_before(subject: &Token, before: Option<u64>) -> Range {
    before_row(Table::BySubject, subject, before)
}

/// Failed sign-ins of an hour, counted from 1970, for one reason.
pub(crate) fn failures(hour: u64, reason: u8) -> Vec<u8> {
    key(Table::Failures, &[&hour.to_be_bytes(), &[reason]])
}

/// All failed sign-ins since an hour.
pub(crate) fn failures_since(hour: u64) -> Range {
    let (_, to) = all(Table::Failures, &[]);
    (key(Table::Failures, &[&hour.to_be_bytes()]), to)
}

/// The hour and the reason of a key of [`failures`].
pub(crate) fn failed(key: &[u8]) -> Option<(u64, u8)> {
    let (hour, rest) = key.get(1..)?.split_first_chunk()?;
    Some((u64::from_be_bytes(*hour), *rest.first()?))
}

fn before_row(table: Table, token: &Token, before: Option<u64>) -> Range {
    let (from, to) = all(table, &[&token.0]);
    let from = match before {
        // Rows below `before` have greater inverted numbers; below 0 there are none.
        Some(0) => to.clone(),
        Some(before) => key(table, &[&token.0, &(!(before - 1)).to_be_bytes()]),
        None => from,
    };
    (from, to)
}

const SHORT: StoreError = StoreError::Corrupt("a key of the view is too short");

/// The number at the end of a key.
pub(crate) fn number(key: &[u8]) -> Result<u64, StoreError> {
    key.last_chunk()
        .copied()
        .map(u64::from_be_bytes)
        .ok_or(SHORT)
}

/// The row at the end of a key that holds it inverted.
pub(crate) fn row(key: &[u8]) -> Result<u64, StoreError> {
    number(key).map(|inverted| !inverted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_its_token_and_no_other() {
        for token in [Token([0; 16]), Token([255; 16]), Token([7; 16])] {
            let (from, to) = versions(&token);
            for number in [0, 1, u64::MAX] {
                let key = version(&token, number);
                assert!(from <= key && key < to);
            }
            let mut next = token.0;
            next[15] = next[15].wrapping_add(1);
            let other = version(&Token(next), 0);
            assert!(other < from || other >= to);
        }
    }

    #[test]
    fn a_posting_gives_its_row_back_and_newer_ones_come_first() {
        let token = Token([8; 16]);
        for row in [0, 1, 255, 256, MAX_ROW] {
            let key = posting(&token, row);
            assert_eq!((key.len(), posted(&key)), (20, Some(!row)));
            let (from, to) = postings_from(&token, 0);
            assert!(from <= key && key < to);
            assert_eq!(postings_from(&token, !row).0, key);
        }
        assert!(posting(&token, 2) < posting(&token, 1));
    }

    #[test]
    fn rows_before_a_row_leave_it_out() {
        let token = Token([9; 16]);
        let (from, to) = by_account_before(&token, Some(5));
        let inside = |row| (from.clone()..to.clone()).contains(&by_account(&token, row));
        assert!(inside(0) && inside(4) && !inside(5) && !inside(u64::MAX));
        let (from, to) = by_account_before(&token, Some(0));
        assert!(from >= to);
    }

    #[test]
    fn failures_are_found_from_their_hour_on() {
        let (from, to) = failures_since(5);
        let inside = |hour| (from.clone()..to.clone()).contains(&failures(hour, 0));
        assert!(!inside(4) && inside(5) && inside(u64::MAX));
        assert_eq!(failed(&failures(7, 3)), Some((7, 3)));
        assert_eq!(failed(&[10, 1]), None);
    }

    #[test]
    fn a_relation_is_found_from_both_sides() {
        let (member, subject, mark) = (Token([1; 16]), Token([2; 16]), Token([3; 16]));
        let behind = relation_behind(&relation_of_subject(&subject, &member, &mark)).unwrap();
        assert_eq!(behind, relation(&member, &subject, &mark));
        assert_eq!(related(&behind), Some((member, subject)));
        assert_eq!(relation_behind(&[6, 1]), None);
    }
}
