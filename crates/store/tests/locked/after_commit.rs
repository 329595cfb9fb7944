//! The steps between a value and its disclosure can't be taken apart.
fn part(value: ward_store::Undisclosed<u64>, ods: &ward_core::Ods) {
    let _ = value.part(ods);
}

fn main() {}
