//! The names of R4's resource types.

use crate::definitions::structures;

/// Whether R4 defines a resource type of this name (the abstract ones excepted).
pub fn is_resource_type(name: &str) -> bool {
    resource_type(name).is_some()
}

/// All resource types that R4 defines, in alphabetical order.
pub fn resource_types() -> &'static [&'static str] {
    structures().resource_names()
}

pub(crate) fn resource_type(name: &str) -> Option<&'static str> {
    let index = resource_types().binary_search(&name).ok()?;
    resource_types().get(index).copied()
}
