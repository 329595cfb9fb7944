//! What can go wrong before a decision can be asked for.

use std::error::Error;

/// The cause in Cedar, kept for the server's own log.
pub type Source = Box<dyn Error + Send + Sync + 'static>;

/// The policies are broken, or facts don't fit their schema. Neither names a person.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The schema can't be read.
    #[error("the policy schema can't be read")]
    Schema(#[source] Source),
    /// A policy can't be read.
    #[error("a policy can't be read")]
    Policy(#[source] Source),
    /// The facts of a decision can't be put as the schema says.
    #[error("the facts of a decision don't fit the policy schema")]
    Facts(#[source] Source),
}

impl AccessError {
    pub(crate) fn schema(source: impl Into<Source>) -> Self {
        Self::Schema(source.into())
    }

    pub(crate) fn policy(source: impl Into<Source>) -> Self {
        Self::Policy(source.into())
    }

    pub(crate) fn facts(source: impl Into<Source>) -> Self {
        Self::Facts(source.into())
    }
}
