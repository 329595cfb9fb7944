//! How long a failing sign-in takes, for an account that exists and for none. A measurement, not a
//! judgement: `cargo test -p ward-identity --release -- --ignored --nocapture how_long`.

use std::time::Duration;

use ward_core::{Clock, SystemClock};

use crate::world::{World, from};

const TIMES: u8 = 25;

#[tokio::test]
#[ignore = "measures; run it on a quiet machine"]
async fn how_long_a_failure_takes_tells_nothing() {
    let world = World::new();
    for n in 0..TIMES {
        world.with_password(&format!("known{n}")).await;
    }
    let (mut known, mut unknown, mut passkey_only) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..TIMES {
        world.with_passkey(&format!("touch{n}")).await;
        for (kind, times) in [
            ("known", &mut known),
            ("nobody", &mut unknown),
            ("touch", &mut passkey_only),
        ] {
            let (name, caller) = (format!("{kind}{n}@WRD01"), from(&format!("192.0.2.{n}")));
            let started = SystemClock.now();
            let failed = world
                .identity
                .sign_in_with_password(&name, "wrong", "000000", &caller);
            assert!(failed.await.is_err());
            times.push(SystemClock.now().since(started));
        }
    }
    for (kind, times) in [
        ("known", known),
        ("unknown", unknown),
        ("passkey only", passkey_only),
    ] {
        let (least, median) = middle(times);
        println!("{kind:<14} least {least:?}, median {median:?}");
    }
}

fn middle(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    let at = |place: usize| times.get(place).copied().unwrap_or_default();
    (at(0), at(times.len() / 2))
}
