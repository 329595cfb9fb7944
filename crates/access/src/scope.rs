//! What the scopes of a service or an app come to, one permission each.

use std::collections::BTreeSet;

use ward_identity::{Level, Permission, Scope, Scopes};

/// Single permissions, each written `Type.letter` or `*.letter`. In whose record they hold, and on a
/// condition, is for the door to see.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Permissions(BTreeSet<Box<str>>);

impl Permissions {
    /// What scopes permit a service; with `through_app`, a person's app. Those of the other permit
    /// nothing.
    pub(crate) fn of(scopes: &Scopes, through_app: bool) -> Self {
        let is_own = |scope: &&Scope| (scope.level() == Level::System) != through_app;
        let mut permissions = BTreeSet::new();
        for scope in scopes.iter().filter(is_own) {
            let resource_type = scope.resource_type();
            for kind in ALL
                .into_iter()
                .filter(|one| scope.allows(resource_type, *one))
            {
                permissions.insert(permission(resource_type, kind));
            }
        }
        Self(permissions)
    }

    /// Each permission.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }
}

const ALL: [Permission; 5] = [
    Permission::Create,
    Permission::Read,
    Permission::Update,
    Permission::Delete,
    Permission::Search,
];

/// `Type.letter`.
pub(crate) fn permission(resource_type: &str, permission: Permission) -> Box<str> {
    let letter = match permission {
        Permission::Create => 'c',
        Permission::Read => 'r',
        Permission::Update => 'u',
        Permission::Delete => 'd',
        Permission::Search => 's',
    };
    format!("{resource_type}.{letter}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scopes: &str, through_app: bool) -> Vec<String> {
        Permissions::of(&Scopes::parse(scopes).unwrap(), through_app)
            .iter()
            .map(ToOwned::to_owned)
            .collect()
    }

    #[test]
    fn a_scope_is_taken_apart() {
        assert_eq!(
            of("system/Observation.rs", false),
            ["Observation.r", "Observation.s"]
        );
        assert_eq!(of("system/*.c", false), ["*.c"]);
        assert_eq!(of("system/Patient.cruds", false).len(), 5);
        assert_eq!(of("user/*.r patient/Flag.s", true), ["*.r", "Flag.s"]);
    }

    #[test]
    fn scopes_of_people_are_no_services_and_the_other_way_round() {
        assert!(of("user/*.cruds patient/Observation.rs", false).is_empty());
        assert!(of("system/*.cruds", true).is_empty());
    }
}
