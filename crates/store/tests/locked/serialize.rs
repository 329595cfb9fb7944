//! An undisclosed value can't be written into an answer.
fn serializable<T: serde::Serialize>() {}

fn main() {
    serializable::<ward_store::Undisclosed<u64>>();
}
