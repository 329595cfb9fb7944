//! What a service's scopes come to, one permission each.

use std::collections::BTreeSet;

use ward_identity::{Level, Permission, Scopes};

/// The single permissions of a service, each written `system/Type.letter` or `system/*.letter`.
/// Scopes of another level than `system/` are no service's and permit nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Permissions(BTreeSet<Box<str>>);

impl Permissions {
    /// The permissions of some scopes.
    pub(crate) fn of(scopes: &Scopes) -> Self {
        let mut permissions = BTreeSet::new();
        for scope in scopes.iter().filter(|scope| scope.level() == Level::System) {
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

/// `system/Type.letter`.
pub(crate) fn permission(resource_type: &str, permission: Permission) -> Box<str> {
    let letter = match permission {
        Permission::Create => 'c',
        Permission::Read => 'r',
        Permission::Update => 'u',
        Permission::Delete => 'd',
        Permission::Search => 's',
    };
    format!("system/{resource_type}.{letter}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scopes: &str) -> Vec<String> {
        Permissions::of(&Scopes::parse(scopes).unwrap())
            .iter()
            .map(ToOwned::to_owned)
            .collect()
    }

    #[test]
    fn a_scope_is_taken_apart() {
        assert_eq!(
            of("system/Observation.rs"),
            ["system/Observation.r", "system/Observation.s"]
        );
        assert_eq!(of("system/*.c"), ["system/*.c"]);
        assert_eq!(of("system/Patient.cruds").len(), 5);
    }

    #[test]
    fn scopes_of_people_are_no_services() {
        assert!(of("user/*.cruds patient/Observation.rs").is_empty());
    }
}
