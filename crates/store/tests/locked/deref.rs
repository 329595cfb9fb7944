//! An undisclosed value does not turn into a value by itself.
fn read(value: &ward_store::Undisclosed<String>) -> usize {
    value.len() + value.as_ref().len()
}

fn main() {}
