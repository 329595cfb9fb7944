//! Search: parameters, values, queries, index terms.
