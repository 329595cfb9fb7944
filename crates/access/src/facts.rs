//! Everything that a policy may see, as one value.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, ParseErrors, Request,
    RestrictedExpression, Schema,
};
use ward_core::Ods;
use ward_identity::Role;
use ward_log::{Purpose, RelationshipKind};

use crate::{
    AccessError, Category, Verb,
    scope::{Permissions, permission},
};

/// Everything that a policy may see. The request to Cedar is built from this alone, so two requests
/// with equal facts have equal answers, and the facts are the whole key of the cache.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Facts {
    pub(crate) principal: Arc<PrincipalFacts>,
    pub(crate) verb: Verb,
    pub(crate) category: Category,
    /// Only where a scope is needed: people's policies don't see types, so that these share answers.
    pub(crate) scoped_type: Option<Arc<str>>,
    pub(crate) organisation: Ods,
    pub(crate) patient_data: bool,
    pub(crate) sealed: bool,
    pub(crate) relationship: Option<(RelationshipKind, bool)>,
    pub(crate) purpose: Purpose,
    /// The proof is no older than [`FRESH_PROOF`](ward_core::limits::FRESH_PROOF).
    pub(crate) fresh: bool,
}

/// What a policy may see of who asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact that policies see"
)]
pub(crate) struct PrincipalFacts {
    pub(crate) role: Role,
    pub(crate) organisation: Ods,
    pub(crate) suspended: bool,
    /// Asks through an app that the person let act for them.
    pub(crate) through_app: bool,
    pub(crate) second_factor: bool,
    pub(crate) phishing_resistant: bool,
    pub(crate) permissions: Permissions,
}

impl PrincipalFacts {
    /// Whether scopes say what it may do: of a service, and of an app.
    pub(crate) fn is_scoped(&self) -> bool {
        self.role == Role::Service || self.through_app
    }
}

impl Facts {
    /// The same facts with another relationship, or none.
    pub(crate) fn through(&self, relationship: Option<(RelationshipKind, bool)>) -> Self {
        Self {
            relationship,
            ..self.clone()
        }
    }

    /// The same facts after a step-up: a proof just given, and phishing-resistant.
    pub(crate) fn stepped_up(&self) -> Self {
        let principal = PrincipalFacts {
            phishing_resistant: true,
            ..(*self.principal).clone()
        };
        Self {
            principal: Arc::new(principal),
            fresh: true,
            ..self.clone()
        }
    }

    /// The request and the entities that Cedar is asked about.
    pub(crate) fn to_cedar(&self, schema: &Schema) -> Result<(Request, Entities), AccessError> {
        let account = uid("Account", "asking")?;
        let record = uid("Record", "asked")?;
        let action = uid("Action", self.verb.as_str())?;
        let principal = &self.principal;
        let entities = [
            Entity::new(
                account.clone(),
                HashMap::from([
                    ("org".to_owned(), organisation(&principal.organisation)?),
                    (
                        "suspended".to_owned(),
                        RestrictedExpression::new_bool(principal.suspended),
                    ),
                    (
                        "through_app".to_owned(),
                        RestrictedExpression::new_bool(principal.through_app),
                    ),
                    ("scopes".to_owned(), texts(principal.permissions.iter())),
                ]),
                HashSet::from([uid("Role", principal.role.as_str())?]),
            )
            .map_err(AccessError::facts)?,
            Entity::new(
                record.clone(),
                HashMap::from([
                    ("org".to_owned(), organisation(&self.organisation)?),
                    (
                        "patient_data".to_owned(),
                        RestrictedExpression::new_bool(self.patient_data),
                    ),
                    (
                        "sealed".to_owned(),
                        RestrictedExpression::new_bool(self.sealed),
                    ),
                ]),
                HashSet::from([uid("Category", self.category.as_str())?]),
            )
            .map_err(AccessError::facts)?,
        ];
        let request = Request::new(account, action, record, self.context()?, Some(schema))
            .map_err(AccessError::facts)?;
        let entities =
            Entities::from_entities(entities, Some(schema)).map_err(AccessError::facts)?;
        Ok((request, entities))
    }

    fn context(&self) -> Result<Context, AccessError> {
        let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
        let mut pairs = vec![
            (
                "second_factor".to_owned(),
                bool(self.principal.second_factor),
            ),
            (
                "phishing_resistant".to_owned(),
                bool(self.principal.phishing_resistant),
            ),
            ("fresh".to_owned(), bool(self.fresh)),
            ("purpose".to_owned(), text(purpose_name(self.purpose))),
        ];
        if let Some((kind, in_force)) = self.relationship {
            let kind = text(relationship_name(kind));
            pairs.push((
                "relationship".to_owned(),
                record([("kind", kind), ("in_force", bool(in_force))])?,
            ));
        }
        if let (Some(resource_type), Some(needed)) = (&self.scoped_type, self.verb.permission()) {
            pairs.push((
                "scope".to_owned(),
                record([
                    ("exact", text(&permission(resource_type, needed))),
                    ("any_type", text(&permission("*", needed))),
                ])?,
            ));
        }
        Context::from_pairs(pairs).map_err(AccessError::facts)
    }
}

fn bool(value: bool) -> RestrictedExpression {
    RestrictedExpression::new_bool(value)
}

fn texts<'a>(items: impl Iterator<Item = &'a str>) -> RestrictedExpression {
    RestrictedExpression::new_set(
        items.map(|item| RestrictedExpression::new_string(item.to_owned())),
    )
}

fn record<const N: usize>(
    fields: [(&str, RestrictedExpression); N],
) -> Result<RestrictedExpression, AccessError> {
    let fields = fields.map(|(name, value)| (name.to_owned(), value));
    RestrictedExpression::new_record(fields).map_err(AccessError::facts)
}

fn organisation(ods: &Ods) -> Result<RestrictedExpression, AccessError> {
    Ok(RestrictedExpression::new_entity_uid(uid(
        "Organisation",
        ods.as_str(),
    )?))
}

fn uid(entity_type: &str, id: &str) -> Result<EntityUid, AccessError> {
    let name: EntityTypeName = entity_type
        .parse()
        .map_err(|error: ParseErrors| AccessError::facts(error))?;
    Ok(EntityUid::from_type_name_and_id(name, EntityId::new(id)))
}

/// The name of a relationship in policies.
pub(crate) const fn relationship_name(kind: RelationshipKind) -> &'static str {
    match kind {
        RelationshipKind::CareTeam => "care-team",
        RelationshipKind::OpenCase => "open-case",
        RelationshipKind::Arrival => "arrival",
        RelationshipKind::Visit => "visit",
        RelationshipKind::BreakGlass => "break-glass",
    }
}

/// The name of a purpose in policies.
const fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::DirectCare => "direct-care",
        Purpose::Administration => "administration",
        Purpose::Audit => "audit",
        Purpose::Emergency => "emergency",
    }
}
