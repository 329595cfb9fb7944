//! What can go wrong before a decision can be asked for.

use cedar_policy::{
    CedarSchemaError, ContextCreationError, EntityAttrEvaluationError, ExpressionConstructionError,
    ParseErrors, RequestValidationError, entities_errors::EntitiesError,
};

/// The policies are broken, or facts don't fit their schema. Neither names a person.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// The schema can't be read.
    #[error("the policy schema can't be read")]
    Schema(#[from] CedarSchemaError),
    /// A policy can't be read.
    #[error("a policy can't be read")]
    Policy(#[from] ParseErrors),
    /// An entity can't be built.
    #[error("an entity of a decision can't be built")]
    Entity(#[from] EntityAttrEvaluationError),
    /// The entities don't fit the schema.
    #[error("the entities of a decision don't fit the schema")]
    Entities(#[from] EntitiesError),
    /// The context can't be built.
    #[error("the context of a decision can't be built")]
    Context(#[from] ContextCreationError),
    /// A value can't be built.
    #[error("a value of a decision can't be built")]
    Value(#[from] ExpressionConstructionError),
    /// The request doesn't fit the schema.
    #[error("the request of a decision doesn't fit the schema")]
    Request(#[from] RequestValidationError),
}
