//! A proof can't be read from bytes.

fn read<T: serde::de::DeserializeOwned>() {}

fn main() {
    read::<ward_identity::Assured>();
}
