//! What the view keeps of a resource, so that it is found again: keyed tokens.

use ward_crypto::{OrganisationKeys, Token};
use ward_fhir::{
    Resource,
    search::{SearchValues, Term, extract, index_terms},
};

/// The token of one search term.
pub(crate) fn term(keys: &OrganisationKeys, term: &Term) -> Token {
    let Term {
        resource_type,
        parameter,
        bytes,
    } = term;
    keys.token(
        "term",
        &[resource_type.as_bytes(), parameter.as_bytes(), bytes],
    )
}

/// The token that every resource of a type in a patient's record has: pages and related searches
/// go by it.
pub(crate) fn in_record(keys: &OrganisationKeys, resource_type: &str, subject: &Token) -> Token {
    keys.token("in-record", &[resource_type.as_bytes(), &subject.0])
}

/// The tokens of a resource that is in the records of some patients.
pub(crate) fn of_resource(
    keys: &OrganisationKeys,
    resource: &Resource,
    subjects: &[Token],
) -> Vec<Token> {
    of_values(keys, &extract(resource), subjects)
}

fn of_values(keys: &OrganisationKeys, values: &SearchValues<'_>, subjects: &[Token]) -> Vec<Token> {
    let terms = index_terms(values);
    let mut tokens = Vec::with_capacity(terms.len() + subjects.len());
    tokens.extend(terms.iter().map(|each| term(keys, each)));
    tokens.extend(
        subjects
            .iter()
            .map(|subject| in_record(keys, values.resource_type, subject)),
    );
    tokens
}
