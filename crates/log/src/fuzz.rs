//! What the fuzz targets run, and the property tests too: readers that must stand any bytes.

use crate::{Checkpoint, Entry, Tree, VerifiedPosition, VerifierKey};

/// Reads bytes as everything of the log that may come from a hostile disk.
///
/// # Panics
/// Where a reader is wrong: what it read does not read back as the same.
#[expect(clippy::panic, reason = "a fuzz target tells what it found by a panic")]
pub fn log_entry(bytes: &[u8]) {
    if let Ok(entry) = Entry::decode(bytes)
        && Entry::decode(&entry.encode()) != Ok(entry)
    {
        panic!("an entry does not read back");
    }
    if let Ok(tree) = Tree::from_bytes(bytes)
        && tree.to_bytes() != bytes
    {
        panic!("a tree does not read back");
    }
    if let Ok(position) = VerifiedPosition::from_bytes(bytes)
        && position.to_bytes().as_deref() != Ok(bytes)
    {
        panic!("a position does not read back");
    }
    if let Ok(text) = str::from_utf8(bytes) {
        let key = text.parse::<VerifierKey>();
        if let Ok(key) = &key
            && key.to_string() != text
        {
            panic!("a verifier key does not read back");
        }
        let _ = Checkpoint::verify(text, key.as_ref().map_or(&[], std::slice::from_ref));
    }
}
