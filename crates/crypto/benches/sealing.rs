//! What sealing costs: `cargo bench -p ward-crypto`. The baseline is aws-lc alone on the same bytes.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::{hint::black_box, time::Instant};

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use ward_core::{Random, SystemRandom};
use ward_crypto::{Binding, RootKey, Salt};

const ROUNDS: usize = 200;
const TIMES: u32 = 250;

fn main() {
    let random = &SystemRandom;
    let root = RootKey::generate(random);
    let keys = root
        .unwrap(&root.new_organisation(&"WRD01".parse().unwrap(), random))
        .unwrap();
    let resource = "Observation/0123456789".parse().unwrap();
    let binding = Binding {
        resource: &resource,
        version: 1,
    };
    let salt = Salt::random(random);
    let subject = keys.subject(Some(&salt));
    let plain = [7; 2048];
    let body = keys.seal_body(&subject, &binding, &plain, random);
    let entry = keys.seal_entry(&plain, random);

    let bare = LessSafeKey::new(UnboundKey::new(&AES_256_GCM_SIV, &[7; 32]).unwrap());
    measure("bare randomness, 12 bytes", || random.fill(&mut [0; 12]));
    measure("bare AES-256-GCM-SIV seal, 2 KiB", || {
        let mut text = plain.to_vec();
        let nonce = Nonce::assume_unique_for_key([0; 12]);
        bare.seal_in_place_append_tag(nonce, Aad::from([0; 64]), &mut text)
            .unwrap();
        text
    });
    measure("seal_entry, 2 KiB", || keys.seal_entry(&plain, random));
    measure("open_entry, 2 KiB", || keys.open_entry(&entry));
    measure("seal_body, 2 KiB", || {
        keys.seal_body(&subject, &binding, &plain, random)
    });
    measure("open_body, 2 KiB", || {
        keys.open_body(&subject, &binding, &body)
    });
    measure("subject", || keys.subject(Some(&salt)));
    measure("token, 36 bytes", || {
        keys.token("resource", &[b"Observation", &[7; 36]])
    });
    measure("checkpoint signature", || {
        keys.checkpoint_signer().sign(b"checkpoint")
    });
}

fn measure<R>(name: &str, mut run: impl FnMut() -> R) {
    let rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        for _ in 0..TIMES {
            black_box(run());
        }
        start.elapsed()
    });
    // The best round: what the code costs, and not what else the machine did.
    let best = rounds.min().unwrap().as_secs_f64();
    println!("{name:<34} {:>9.3} us", best * 1e6 / f64::from(TIMES));
}
