//! What was ever sealed opens forever.
//!
//! A fixture is never edited. A change that needs another format adds a fixture beside it, made by
//! `UPDATE_EXPECT=1 cargo test -p ward-crypto --test formats`.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use data_encoding::{BASE64, HEXLOWER};
use expect_test::expect_file;
use serde::{Deserialize, Serialize};
use ward_core::{Ods, ResourceKey};
use ward_crypto::{
    Binding, OrganisationKeys, RootKey, Salt, SealedRoot, Share, Unlock, WrappedOrganisationKeys,
};
use ward_testkit::SeededRandom;

const PASSPHRASE: &str = "correct horse battery staple";
const PLAIN: &[u8] = b"{\"resourceType\":\"Patient\",\"id\":\"1\"}";
const FORMAT_1: &str = include_str!("fixtures/format-1.toml");

/// One of everything, as it lies on a disk.
#[derive(Serialize, Deserialize)]
struct Fixture {
    entry: String,
    state: String,
    salt: String,
    link: String,
    body: String,
    body_of_nobody: String,
    body_by_second_key: String,
    token: String,
    checkpoint_key: String,
    signature: String,
    shares: Vec<String>,
    unsealed: SealedRoot,
    by_passphrase: SealedRoot,
    by_quorum: SealedRoot,
    first: WrappedOrganisationKeys,
    second: WrappedOrganisationKeys,
}

fn patient() -> ResourceKey {
    "Patient/1".parse().unwrap()
}

fn binding(resource: &ResourceKey) -> Binding<'_> {
    Binding {
        resource,
        version: 3,
    }
}

/// What this version of Ward writes.
fn written() -> Fixture {
    let random = &SeededRandom::new(1);
    let root = RootKey::generate(random);
    let first = root.new_organisation(&"WRD01".parse::<Ods>().unwrap(), random);
    let second = root.add_key(&first, random).unwrap();
    let (by_quorum, shares) = SealedRoot::quorum(&root, 2, 3, random).unwrap();
    let (keys, newer) = (root.unwrap(&first).unwrap(), root.unwrap(&second).unwrap());
    let salt = Salt::random(random);
    let token = keys.token("resource", &[b"Patient", b"1"]);
    let resource = patient();
    let body = |keys: &OrganisationKeys, salt: Option<&Salt>| {
        let subject = keys.subject(salt);
        text(&keys.seal_body(&subject, &binding(&resource), PLAIN, random))
    };
    let signer = keys.checkpoint_signer();
    Fixture {
        entry: text(&keys.seal_entry(PLAIN, random)),
        state: text(&keys.seal_state("account/1", PLAIN, random)),
        salt: text(&keys.seal_salt(&token, &salt, random)),
        link: text(&keys.seal_link(PLAIN, random)),
        body: body(&keys, Some(&salt)),
        body_of_nobody: body(&keys, None),
        body_by_second_key: body(&newer, Some(&salt)),
        token: HEXLOWER.encode(&token.0),
        checkpoint_key: text(&signer.public_key()),
        signature: text(&signer.sign(b"ward/WRD01\n")),
        shares: shares
            .iter()
            .map(|share| share.to_text().expose().clone())
            .collect(),
        unsealed: SealedRoot::unsealed(&root),
        by_passphrase: SealedRoot::with_passphrase(&root, PASSPHRASE, random).unwrap(),
        by_quorum,
        first,
        second,
    }
}

fn text(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

fn bytes(text: &str) -> Vec<u8> {
    BASE64.decode(text.as_bytes()).unwrap()
}

#[test]
fn what_this_version_writes_is_format_1() {
    let written = toml::to_string(&written()).unwrap();
    expect_file!["fixtures/format-1.toml"].assert_eq(&written);
}

#[test]
fn every_root_key_of_format_1_opens() {
    let fixture: Fixture = toml::from_str(FORMAT_1).unwrap();
    let shares: Vec<_> = fixture
        .shares
        .iter()
        .map(|text| Share::parse(text).unwrap())
        .collect();
    let opened = [
        fixture.unsealed.open(Unlock::Nothing),
        fixture.by_passphrase.open(Unlock::Passphrase(PASSPHRASE)),
        fixture.by_quorum.open(Unlock::Shares(&shares)),
    ];
    for root in opened {
        root.and_then(|root| root.unwrap(&fixture.first))
            .map(drop)
            .expect("opens");
    }
}

#[test]
fn everything_of_format_1_opens_with_its_key_and_with_those_added_since() {
    let fixture: Fixture = toml::from_str(FORMAT_1).unwrap();
    let root = fixture.unsealed.open(Unlock::Nothing).unwrap();
    let resource = patient();
    let newer = root.unwrap(&fixture.second).unwrap();
    for keys in [root.unwrap(&fixture.first).unwrap(), newer.clone()] {
        assert_eq!(keys.open_entry(&bytes(&fixture.entry)).unwrap(), PLAIN);
        assert_eq!(
            keys.open_state("account/1", &bytes(&fixture.state))
                .unwrap(),
            PLAIN
        );
        assert_eq!(keys.open_link(&bytes(&fixture.link)).unwrap(), PLAIN);
        let token = keys.token("resource", &[b"Patient", b"1"]);
        assert_eq!(HEXLOWER.encode(&token.0), fixture.token);
        let salt = keys.open_salt(&token, &bytes(&fixture.salt)).unwrap();
        for (salt, body) in [
            (Some(&salt), &fixture.body),
            (None, &fixture.body_of_nobody),
        ] {
            let subject = keys.subject(salt);
            let opened = keys.open_body(&subject, &binding(&resource), &bytes(body));
            assert_eq!(opened.unwrap(), PLAIN);
        }
    }
    let token = newer.token("resource", &[b"Patient", b"1"]);
    let salt = newer.open_salt(&token, &bytes(&fixture.salt)).unwrap();
    let subject = newer.subject(Some(&salt));
    let opened = newer.open_body(
        &subject,
        &binding(&resource),
        &bytes(&fixture.body_by_second_key),
    );
    assert_eq!(opened.unwrap(), PLAIN);
}
