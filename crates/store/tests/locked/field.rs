//! An undisclosed value has no field to reach.
fn take(value: ward_store::Undisclosed<u64>) -> u64 {
    value.value
}

fn main() {}
