//! An undisclosed value can't be guessed by comparing.
fn guess(one: ward_store::Undisclosed<u64>, other: ward_store::Undisclosed<u64>) -> bool {
    one == other
}

fn main() {}
