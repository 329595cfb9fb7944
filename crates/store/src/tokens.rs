//! The tokens under which the view keeps its rows.
//!
//! The view's files never hold an id: they hold keyed tokens of ids. The domain makes tokens of one
//! text for different ends different.

use ward_core::{AccountId, PatientId, ResourceKey};
use ward_crypto::{OrganisationKeys, Token};

/// The token of a patient, by which salts, relationships and disclosures are found.
pub fn subject(keys: &OrganisationKeys, patient: &PatientId) -> Token {
    keys.token("subject", &[patient.as_str().as_bytes()])
}

/// The distinct tokens of some patients.
pub(crate) fn subjects<'a>(
    keys: &OrganisationKeys,
    patients: impl IntoIterator<Item = &'a PatientId>,
) -> Vec<Token> {
    let mut subjects: Vec<_> = patients.into_iter().map(|it| subject(keys, it)).collect();
    subjects.sort_unstable();
    subjects.dedup();
    subjects
}

pub(crate) fn resource(keys: &OrganisationKeys, resource: &ResourceKey) -> Token {
    keys.token("resource", &[resource.as_str().as_bytes()])
}

pub(crate) fn account(keys: &OrganisationKeys, account: &AccountId) -> Token {
    keys.token("account", &[account.as_bytes()])
}

/// A relationship's own mark: a resource may make several between the same two.
pub(crate) fn relation(keys: &OrganisationKeys, source: &ResourceKey, index: usize) -> Token {
    keys.token(
        "relation",
        &[source.as_str().as_bytes(), &index.to_be_bytes()],
    )
}

/// The kind of a state: its key up to the first `/`.
pub(crate) fn state_kind(keys: &OrganisationKeys, key: &str) -> Token {
    let kind = key.split_once('/').map_or(key, |(kind, _)| kind);
    keys.token("state-kind", &[kind.as_bytes()])
}

pub(crate) fn state(keys: &OrganisationKeys, key: &str) -> Token {
    keys.token("state", &[key.as_bytes()])
}

/// Tells one token key from another, without telling the key.
pub(crate) fn fingerprint(keys: &OrganisationKeys) -> Token {
    keys.token("view", &[b"fingerprint"])
}
