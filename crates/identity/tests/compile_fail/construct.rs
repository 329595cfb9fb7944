//! Only `ward-identity` makes the proof.

use ward_identity::Assured;

fn main() {
    let _ = Assured { role: todo!() };
    let _ = Assured::new();
    let _: Assured = Default::default();
}
