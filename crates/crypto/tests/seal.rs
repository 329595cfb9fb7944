//! What is sealed opens in its own place, with its own key, unaltered; and nowhere else.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use proptest::{collection::vec, prelude::*, sample::Index};
use ward_core::{Ods, ResourceKey};
use ward_crypto::{Binding, CryptoError, OrganisationKeys, RootKey, Salt, SubjectKey, Token, fuzz};
use ward_testkit::SeededRandom;

fn random() -> SeededRandom {
    SeededRandom::new(7)
}

fn ods(code: &str) -> Ods {
    code.parse().unwrap()
}

fn key(text: &str) -> ResourceKey {
    text.parse().unwrap()
}

fn organisation(code: &str, seed: u64) -> OrganisationKeys {
    let random = SeededRandom::new(seed);
    let root = RootKey::generate(&random);
    root.unwrap(&root.new_organisation(&ods(code), &random))
        .unwrap()
}

/// Everything that seals and opens, as one pair of functions each.
struct Way {
    name: &'static str,
    seal: fn(&OrganisationKeys, &[u8], &SeededRandom) -> Vec<u8>,
    open: fn(&OrganisationKeys, &[u8]) -> Result<Vec<u8>, CryptoError>,
}

fn nobody(keys: &OrganisationKeys) -> SubjectKey {
    keys.subject(None)
}

fn patient(keys: &OrganisationKeys) -> SubjectKey {
    keys.subject(Some(&Salt::random(&SeededRandom::new(99))))
}

const WAYS: [Way; 5] = [
    Way {
        name: "entry",
        seal: |keys, plain, random| keys.seal_entry(plain, random),
        open: OrganisationKeys::open_entry,
    },
    Way {
        name: "state",
        seal: |keys, plain, random| keys.seal_state("account/1", plain, random),
        open: |keys, sealed| keys.open_state("account/1", sealed),
    },
    Way {
        name: "link",
        seal: |keys, plain, random| keys.seal_link(plain, random),
        open: OrganisationKeys::open_link,
    },
    Way {
        name: "body of a patient",
        seal: |keys, plain, random| {
            let resource = key("Observation/1");
            let binding = Binding {
                resource: &resource,
                version: 1,
            };
            keys.seal_body(&patient(keys), &binding, plain, random)
        },
        open: |keys, sealed| {
            let resource = key("Observation/1");
            let binding = Binding {
                resource: &resource,
                version: 1,
            };
            keys.open_body(&patient(keys), &binding, sealed)
        },
    },
    Way {
        name: "body of nobody",
        seal: |keys, plain, random| {
            let resource = key("Organization/1");
            let binding = Binding {
                resource: &resource,
                version: 1,
            };
            keys.seal_body(&nobody(keys), &binding, plain, random)
        },
        open: |keys, sealed| {
            let resource = key("Organization/1");
            let binding = Binding {
                resource: &resource,
                version: 1,
            };
            keys.open_body(&nobody(keys), &binding, sealed)
        },
    },
];

#[test]
fn a_seal_opens_one_way_alone() {
    let keys = organisation("WRD01", 1);
    for sealed_by in &WAYS {
        let sealed = (sealed_by.seal)(&keys, b"plain", &random());
        for opened_by in &WAYS {
            let opened = (opened_by.open)(&keys, &sealed);
            let own = sealed_by.name == opened_by.name;
            let expected = if own {
                Ok(b"plain".to_vec())
            } else {
                Err(CryptoError::Refused)
            };
            assert_eq!(opened, expected, "{} as {}", sealed_by.name, opened_by.name);
        }
    }
}

#[test]
fn a_seal_opens_for_its_organisation_alone() {
    // The same root key and the same key bytes would still be bound to the organisation: here both
    // organisations are made from the same randomness.
    let (own, other) = (organisation("WRD01", 1), organisation("WRD02", 1));
    for Way { name, seal, open } in &WAYS {
        let sealed = seal(&own, b"plain", &random());
        assert_eq!(open(&other, &sealed), Err(CryptoError::Refused), "{name}");
    }
}

#[test]
fn a_body_opens_for_its_patient_resource_and_version_alone() {
    let keys = organisation("WRD01", 1);
    let [own, other] = [1, 2].map(|seed| Salt::random(&SeededRandom::new(seed)));
    let (own, other) = (keys.subject(Some(&own)), keys.subject(Some(&other)));
    let resource = key("Observation/1");
    let binding = Binding {
        resource: &resource,
        version: 2,
    };
    let sealed = keys.seal_body(&own, &binding, b"plain", &random());
    assert_eq!(
        keys.open_body(&own, &binding, &sealed),
        Ok(b"plain".to_vec())
    );
    for version in [0, 1, 3, 2 << 8, u64::MAX] {
        let elsewhere = Binding { version, ..binding };
        assert_eq!(
            keys.open_body(&own, &elsewhere, &sealed),
            Err(CryptoError::Refused)
        );
    }
    for resource in ["Observation/2", "Observation/12", "Condition/1"].map(key) {
        let elsewhere = Binding {
            resource: &resource,
            ..binding
        };
        assert_eq!(
            keys.open_body(&own, &elsewhere, &sealed),
            Err(CryptoError::Refused)
        );
    }
    for subject in [&other, &keys.subject(None)] {
        assert_eq!(
            keys.open_body(subject, &binding, &sealed),
            Err(CryptoError::Refused)
        );
    }
}

#[test]
fn a_state_opens_under_its_key_alone() {
    let keys = organisation("WRD01", 1);
    let sealed = keys.seal_state("account/1", b"plain", &random());
    for other in ["account/2", "account/", "", "account/1\0"] {
        assert_eq!(
            keys.open_state(other, &sealed),
            Err(CryptoError::Refused),
            "{other}"
        );
    }
}

#[test]
fn a_salt_opens_for_its_patient_alone_and_gives_the_same_key() {
    let keys = organisation("WRD01", 1);
    let salt = Salt::random(&random());
    let token = keys.token("patient", &[b"1"]);
    let sealed = keys.seal_salt(&token, &salt, &random());
    let again = keys.open_salt(&token, &sealed).unwrap();
    let resource = key("Patient/1");
    let binding = Binding {
        resource: &resource,
        version: 1,
    };
    let body = keys.seal_body(&keys.subject(Some(&salt)), &binding, b"plain", &random());
    let subject = keys.subject(Some(&again));
    assert_eq!(
        keys.open_body(&subject, &binding, &body),
        Ok(b"plain".to_vec())
    );
    assert_eq!(
        keys.open_salt(&Token([0; 16]), &sealed).err(),
        Some(CryptoError::Refused)
    );
    // A link is not a salt, whatever it holds.
    let link = keys.seal_link(&[0; 32], &random());
    assert_eq!(
        keys.open_salt(&token, &link).err(),
        Some(CryptoError::Refused)
    );
}

#[test]
fn a_repeated_nonce_does_not_open_anything() {
    // Two envelopes of the same nonce, as after a restored snapshot: swapping their parts gains nothing.
    let keys = organisation("WRD01", 1);
    let [one, two] = [b"plain one", b"plain two"].map(|plain| keys.seal_entry(plain, &random()));
    let (head, tail) = (&one[..20], &two[20..]);
    assert_eq!(one[..17], two[..17]);
    assert_ne!(one[17..], two[17..]);
    assert_eq!(
        keys.open_entry(&[head, tail].concat()),
        Err(CryptoError::Refused)
    );
}

#[test]
fn equal_things_have_equal_tokens_and_nothing_else_has() {
    let keys = organisation("WRD01", 1);
    let token = |domain: &str, parts: &[&[u8]]| keys.token(domain, parts);
    assert_eq!(token("name", &[b"smith"]), token("name", &[b"smith"]));
    let all = [
        token("name", &[b"smith"]),
        token("name", &[b"smit", b"h"]),
        token("name", &[b"", b"smith"]),
        token("name", &[b"smith", b""]),
        token("names", &[b"mith"]),
        token("", &[b"name", b"smith"]),
        organisation("WRD01", 2).token("name", &[b"smith"]),
        organisation("WRD02", 1).token("name", &[b"smith"]),
    ];
    let distinct: std::collections::HashSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
}

#[test]
fn a_token_shows_four_of_its_digits() {
    assert_eq!(format!("{:?}", Token([0xab; 16])), "Token(abab..)");
}

proptest! {
    #[test]
    fn what_is_sealed_opens(plain in vec(any::<u8>(), 0..3000), seed in any::<u64>()) {
        let keys = organisation("WRD01", seed);
        for Way { name, seal, open } in &WAYS {
            let sealed = seal(&keys, &plain, &SeededRandom::new(seed));
            prop_assert_eq!(sealed.len(), plain.len() + 33);
            prop_assert_eq!(open(&keys, &sealed), Ok(plain.clone()), "{}", name);
        }
    }

    #[test]
    fn a_flipped_bit_is_refused(plain in vec(any::<u8>(), 0..300), place in any::<Index>()) {
        let keys = organisation("WRD01", 1);
        for Way { name, seal, open } in &WAYS {
            let mut sealed = seal(&keys, &plain, &random());
            let bit = place.index(sealed.len() * 8);
            sealed[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(open(&keys, &sealed).is_err(), "{}", name);
        }
    }

    #[test]
    fn a_cut_or_lengthened_envelope_is_refused(
        plain in vec(any::<u8>(), 0..300),
        place in any::<Index>(),
        more in vec(any::<u8>(), 1..40),
    ) {
        let keys = organisation("WRD01", 1);
        for Way { name, seal, open } in &WAYS {
            let sealed = seal(&keys, &plain, &random());
            let cut = place.index(sealed.len());
            prop_assert!(open(&keys, &sealed[..cut]).is_err(), "{}", name);
            prop_assert!(open(&keys, &sealed[cut + 1..]).is_err(), "{}", name);
            prop_assert!(open(&keys, &[&sealed, &more[..]].concat()).is_err(), "{}", name);
        }
    }

    #[test]
    fn another_key_is_refused(seed in 2..u64::MAX) {
        let (own, other) = (organisation("WRD01", 1), organisation("WRD01", seed));
        for Way { name, seal, open } in &WAYS {
            let sealed = seal(&own, b"plain", &random());
            prop_assert_eq!(open(&other, &sealed), Err(CryptoError::Refused), "{}", name);
        }
    }

    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in vec(any::<u8>(), 0..200)) {
        fuzz::envelope(&bytes);
        fuzz::envelope(&[&[1, 0, 0, 0, 1], &bytes[..]].concat());
    }
}
