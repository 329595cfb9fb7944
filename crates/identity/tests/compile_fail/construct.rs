//! Only `ward-identity` makes the proof.

fn main() {
    let _ = ward_identity::Assured::new;
}
