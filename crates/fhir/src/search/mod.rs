//! Search (FHIR R4 3.1.1): parameters, a resource's values, queries, and terms for an index.
//!
//! A resource is walked once for the values of all its parameters ([`extract`]). A query
//! ([`parse_query`]) is answered in two steps: [`query_terms`] names the rows of an index that can
//! match, never too few; [`SearchQuery::matches`] looks at the opened resource, exactly.

mod convert;
mod cover;
mod date;
mod decimal;
pub mod fuzz;
mod grammar;
mod matches;
mod order;
mod parameter;
mod query;
mod table;
mod terms;
mod text;
mod trie;
mod value;

pub use grammar::{parse_query, parse_query_at};
pub use order::SortKey;
pub use parameter::{Parameter, ParameterKind};
pub use query::{Include, SearchQuery, Sort, Total};
pub use table::{load, parameter, parameters};
pub use terms::{Term, index_terms, query_terms};
pub use value::{SearchValue, SearchValues};

pub(crate) use query::Prefix;
pub(crate) use value::Value;

use crate::Resource;

#[cfg(test)]
mod tests;

/// All values that a resource is searched by.
pub fn extract(resource: &Resource) -> SearchValues<'_> {
    let resource_type = resource.resource_type();
    let values = table::type_table(resource_type)
        .map(|table| table.trie.walk(resource.root(), &table.parameters))
        .unwrap_or_default();
    SearchValues {
        resource_type,
        values,
    }
}
