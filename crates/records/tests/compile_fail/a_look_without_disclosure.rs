//! What the store gave is not looked at before it is written down.

use ward_store::{SealedVersion, Undisclosed};

fn look(sealed: Undisclosed<SealedVersion>) -> Vec<u8> {
    sealed.value.body
}

fn show(sealed: &Undisclosed<SealedVersion>) -> String {
    format!("{sealed:?}")
}

fn main() {}
