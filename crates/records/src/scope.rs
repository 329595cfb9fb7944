//! What the scopes of an app or a service leave of what its account may do (SMART App Launch 2.2,
//! scopes for requesting FHIR resources).
//!
//! An app may do what its person may, and of that what one of its scopes allows: by the type, by
//! what is done, by whose record it is in, and by what the resource says.

use ward_access::{Action, Refused};
use ward_crypto::Token;
use ward_fhir::{
    Resource,
    search::{SearchQuery, SearchValues, extract, parse_query_at},
};
use ward_identity::{Assured, Level, Permission, Role, Scope};
use ward_log::RefusalReason;
use ward_store::Undisclosed;

use crate::{Door, Error, Records, Version, query_pairs, records::Organisation};

/// The limits that somebody's scopes set.
pub(crate) struct Limits {
    scopes: Vec<(Scope, Condition)>,
    /// The one patient whom `patient/` scopes reach.
    patient: Option<Token>,
}

/// What a scope asks of the resource itself.
enum Condition {
    Nothing,
    Search(Box<SearchQuery>),
    /// It can't be read: nothing meets it.
    Never,
}

impl Condition {
    fn of(scope: &Scope, base: &str) -> Self {
        let Some(text) = scope.condition() else {
            return Self::Nothing;
        };
        let query = query_pairs(text)
            .and_then(|pairs| parse_query_at(base, scope.resource_type(), &pairs).ok());
        // Without a criterion (`_count=1`) everything would match.
        match query.filter(SearchQuery::has_criteria) {
            Some(query) => Self::Search(Box::new(query)),
            None => Self::Never,
        }
    }

    fn is_met(&self, values: &SearchValues<'_>) -> bool {
        match self {
            Self::Nothing => true,
            Self::Search(query) => query.matches(values),
            Self::Never => false,
        }
    }
}

impl Limits {
    /// Those of an app and of a service; a person's own session has none.
    pub(crate) fn of(assured: &Assured, records: &Records, own: &Organisation) -> Option<Self> {
        if assured.app().is_none() && assured.role() != Role::Service {
            return None;
        }
        let base = records.base_of(own.keys.ods());
        let scopes = assured.scopes().iter();
        let scopes = scopes.map(|scope| (scope.clone(), Condition::of(scope, &base)));
        let patient = assured.app().and_then(|app| app.patient());
        Some(Self {
            scopes: scopes.collect(),
            patient: patient.map(|patient| own.store.subject(patient)),
        })
    }

    /// The scopes that allow this on a resource of the type in the records of these patients.
    fn allowing<'a>(
        &'a self,
        permission: Permission,
        resource_type: &'a str,
        subjects: &'a [Token],
    ) -> impl Iterator<Item = &'a Condition> {
        // What is in nobody's record, or in another's as well, is not the launch patient's.
        let is_patients =
            !subjects.is_empty() && subjects.iter().all(|it| Some(it) == self.patient.as_ref());
        self.scopes
            .iter()
            .filter(move |(scope, _)| scope.allows(resource_type, permission))
            .filter(move |(scope, _)| scope.level() != Level::Patient || is_patients)
            .map(|(_, condition)| condition)
    }
}

impl Door<'_> {
    /// Refuses what no scope allows to anything of the type.
    pub(crate) fn check_type<A: Action>(&self, resource_type: &str) -> Result<(), Refused> {
        let Some(limits) = &self.limits else {
            return Ok(());
        };
        let permission = A::VERB.permission();
        let mut scopes = limits.scopes.iter();
        let allows =
            permission.is_some_and(|it| scopes.any(|(scope, _)| scope.allows(resource_type, it)));
        allows.then_some(()).ok_or(OUTSIDE)
    }

    /// Refuses what no scope allows in the records of these patients.
    pub(crate) fn check_subjects<A: Action>(
        &self,
        resource_type: &str,
        subjects: &[Token],
    ) -> Result<(), Refused> {
        let Some(limits) = &self.limits else {
            return Ok(());
        };
        let permission = A::VERB.permission().ok_or(OUTSIDE)?;
        let mut allowing = limits.allowing(permission, resource_type, subjects);
        allowing.next().map(|_| ()).ok_or(OUTSIDE)
    }

    /// Whether a scope lets through what a resource says.
    pub(crate) fn lets_through<A: Action>(
        &self,
        resource_type: &str,
        subjects: &[Token],
        values: &SearchValues<'_>,
    ) -> bool {
        let Some((limits, permission)) = self.limits.as_ref().zip(A::VERB.permission()) else {
            return self.limits.is_none();
        };
        let mut allowing = limits.allowing(permission, resource_type, subjects);
        allowing.any(|condition| condition.is_met(values))
    }

    /// The same of a resource that is not taken apart yet.
    pub(crate) fn lets_through_resource<A: Action>(
        &self,
        subjects: &[Token],
        resource: &Resource,
    ) -> bool {
        let of_type = resource.resource_type();
        self.is_unconditional::<A>(of_type, subjects)
            || self.lets_through::<A>(of_type, subjects, &extract(resource))
    }

    /// A version, if a scope lets it through. One that says that there is nothing more (a delete)
    /// says nothing else.
    pub(crate) fn lets_through_version<A: Action>(
        &self,
        subjects: &[Token],
        version: Undisclosed<Version>,
    ) -> Result<Option<Undisclosed<Version>>, Error> {
        let mut failed = Ok(());
        let found = version.sift(&self.own.keys, |version| {
            let of_type = version.key.resource_type();
            let passes = if version.is_deleted() {
                Ok(self.is_unconditional::<A>(of_type, subjects))
            } else if self.is_unconditional::<A>(of_type, subjects) {
                Ok(true)
            } else {
                version
                    .resource()
                    .map(|resource| self.lets_through_resource::<A>(subjects, &resource))
            };
            match passes {
                Ok(passes) => passes.then_some(version),
                Err(error) => {
                    failed = Err(error);
                    None
                }
            }
        });
        failed.map(|()| found)
    }

    /// The launch patient, where a search can find nothing elsewhere.
    pub(crate) fn searches_only(&self, resource_type: &str) -> Option<Token> {
        let limits = self.limits.as_ref()?;
        let mut scopes = limits.scopes.iter();
        let elsewhere = scopes.any(|(scope, _)| {
            scope.level() != Level::Patient && scope.allows(resource_type, Permission::Search)
        });
        limits.patient.filter(|_| !elsewhere)
    }

    fn is_unconditional<A: Action>(&self, resource_type: &str, subjects: &[Token]) -> bool {
        let Some((limits, permission)) = self.limits.as_ref().zip(A::VERB.permission()) else {
            return self.limits.is_none();
        };
        let mut allowing = limits.allowing(permission, resource_type, subjects);
        allowing.any(|condition| matches!(condition, Condition::Nothing))
    }
}

const OUTSIDE: Refused = Refused {
    reason: RefusalReason::OutsideScopes,
};
