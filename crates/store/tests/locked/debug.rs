//! An undisclosed value can't be printed.
fn print(value: ward_store::Undisclosed<u64>) -> String {
    format!("{value:?}")
}

fn main() {}
