//! An undisclosed value is opened only by who holds the organisation's keys.
fn look(value: ward_store::Undisclosed<u64>) {
    let mut seen = 0;
    let _value = value.open(|value| seen = value);
}

fn sift(value: ward_store::Undisclosed<u64>) {
    let _value = value.sift(|value| Some(value));
}

fn main() {}
