//! An undisclosed value is made by the store alone, with the list that goes with it.
fn make() -> ward_store::Undisclosed<u64> {
    ward_store::Undisclosed { value: 1, items: Vec::new() }
}

fn main() {}
