//! An undisclosed value can't be copied, and so not be disclosed once and shown twice.
fn twice(value: &ward_store::Undisclosed<u64>) -> ward_store::Undisclosed<u64> {
    value.clone()
}

fn main() {}
