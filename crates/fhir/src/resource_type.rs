//! The names of R4's resource types.

use std::sync::LazyLock;

static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("../tables/resource-types.txt")
        .lines()
        .collect()
});

/// Whether R4 defines a resource type of this name (the abstract ones excepted).
pub fn is_resource_type(name: &str) -> bool {
    resource_type(name).is_some()
}

/// All resource types that R4 defines, in alphabetical order.
pub fn resource_types() -> &'static [&'static str] {
    &NAMES
}

pub(crate) fn resource_type(name: &str) -> Option<&'static str> {
    let index = NAMES.binary_search(&name).ok()?;
    NAMES.get(index).copied()
}
