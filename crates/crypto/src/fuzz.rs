//! What the fuzz targets run, and the property tests too: readers that must stand any bytes.

use std::sync::LazyLock;

use ward_core::{Random, ResourceKey};

use crate::{Binding, OrganisationKeys, RootKey, Share, Token};

/// Opens bytes as everything that may come from a hostile disk or client. All must be refused:
/// nobody without the keys can make what opens.
///
/// # Panics
/// Where something opens.
pub fn envelope(bytes: &[u8]) {
    let Some((keys, resource)) = &*KEYS else {
        return;
    };
    let binding = Binding {
        resource,
        version: 1,
    };
    let opened = [
        keys.open_entry(bytes).is_ok(),
        keys.open_link(bytes).is_ok(),
        keys.open_state("account/1", bytes).is_ok(),
        keys.open_salt(&Token([0; 16]), bytes).is_ok(),
        keys.open_body(&keys.subject(None), &binding, bytes).is_ok(),
    ];
    assert!(
        !opened.contains(&true),
        "an envelope that was never sealed opens"
    );
    if let Ok(text) = str::from_utf8(bytes) {
        let _ = Share::parse(text);
    }
}

static KEYS: LazyLock<Option<(OrganisationKeys, ResourceKey)>> = LazyLock::new(|| {
    let root = RootKey::generate(&Fixed);
    let wrapped = root.new_organisation(&"FUZZ".parse().ok()?, &Fixed);
    Some((root.unwrap(&wrapped).ok()?, "Patient/1".parse().ok()?))
});

struct Fixed;

impl Random for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}
