//! Keys at rest: sealed root keys, quorums, rotation.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use proptest::{prelude::*, sample::Index};
use ward_core::{KeyId, Ods};
use ward_crypto::{
    CheckpointSigner, CryptoError, OrganisationKeys, RootKey, Salt, SealedRoot, Share, SubjectKey,
    Unlock, UnlockedBy, WrappedOrganisationKeys,
};
use ward_testkit::SeededRandom;

const PASSPHRASE: &str = "correct horse battery staple";

fn random() -> SeededRandom {
    SeededRandom::new(7)
}

fn ods() -> Ods {
    "WRD01".parse().unwrap()
}

/// Whether two root keys are one: what one wraps, the other unwraps.
fn same(one: &RootKey, two: &RootKey) -> bool {
    two.unwrap(&one.new_organisation(&ods(), &random())).is_ok()
}

fn through_toml<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    toml::from_str(&toml::to_string(value).unwrap()).unwrap()
}

/// Of a type with `Debug` this holds twice over, and which is meant can't be told: no `_` compiles.
trait Hidden<Way> {
    fn is_hidden() {}
}

impl<T> Hidden<()> for T {}
impl<T: std::fmt::Debug> Hidden<u8> for T {}

#[test]
fn keys_cannot_be_printed() {
    <RootKey as Hidden<_>>::is_hidden();
    <SealedRoot as Hidden<_>>::is_hidden();
    <Share as Hidden<_>>::is_hidden();
    <WrappedOrganisationKeys as Hidden<_>>::is_hidden();
    <OrganisationKeys as Hidden<_>>::is_hidden();
    <CheckpointSigner as Hidden<_>>::is_hidden();
    <SubjectKey as Hidden<_>>::is_hidden();
    <Salt as Hidden<_>>::is_hidden();
    <Unlock<'_> as Hidden<_>>::is_hidden();
}

#[test]
fn an_unsealed_root_key_opens_with_nothing_and_says_so() {
    let root = RootKey::generate(&random());
    let sealed = through_toml(&SealedRoot::unsealed(&root));
    assert_eq!(sealed.unlocked_by(), UnlockedBy::Nothing);
    assert!(same(&root, &sealed.open(Unlock::Nothing).unwrap()));
    let other_way = sealed.open(Unlock::Passphrase(PASSPHRASE)).err();
    assert_eq!(other_way, Some(CryptoError::WrongUnlock));
}

#[test]
fn a_passphrase_opens_the_root_key_and_no_other_does() {
    let root = RootKey::generate(&random());
    let short = SealedRoot::with_passphrase(&root, "only fifteen ch", &random()).err();
    assert_eq!(short, Some(CryptoError::PassphraseTooShort));
    let sealed = SealedRoot::with_passphrase(&root, "café au lait, chaud", &random()).unwrap();
    let sealed = through_toml(&sealed);
    assert_eq!(sealed.unlocked_by(), UnlockedBy::Passphrase);
    // The accent as a letter of its own is the same passphrase on another keyboard.
    for right in ["café au lait, chaud", "cafe\u{301} au lait, chaud"] {
        assert!(
            same(&root, &sealed.open(Unlock::Passphrase(right)).unwrap()),
            "{right}"
        );
    }
    for wrong in ["cafe au lait, chaud", "café au lait, chaud ", ""] {
        let opened = sealed.open(Unlock::Passphrase(wrong)).err();
        assert_eq!(opened, Some(CryptoError::WrongPassphrase), "{wrong}");
    }
    assert_eq!(
        sealed.open(Unlock::Nothing).err(),
        Some(CryptoError::WrongUnlock)
    );
}

#[test]
fn a_file_with_another_cost_opens_nothing_and_takes_no_memory() {
    let root = RootKey::generate(&random());
    let sealed = SealedRoot::with_passphrase(&root, PASSPHRASE, &random()).unwrap();
    let file = toml::to_string(&sealed).unwrap();
    let open = |from: &str, to: &str| {
        assert!(file.contains(from), "{file}");
        let sealed: SealedRoot = toml::from_str(&file.replace(from, to)).unwrap();
        sealed.open(Unlock::Passphrase(PASSPHRASE)).err()
    };
    assert_eq!(
        open("passes = 3", "passes = 1"),
        Some(CryptoError::WrongPassphrase)
    );
    let malformed = Some(CryptoError::Malformed("root key"));
    assert_eq!(
        open("memory_kib = 65536", "memory_kib = 4294967295"),
        malformed
    );
    assert_eq!(open("memory_kib = 65536", "memory_kib = 0"), malformed);
    assert_eq!(open("passes = 3", "passes = 4000000000"), malformed);
    assert_eq!(open("lanes = 4", "lanes = 0"), malformed);
}

fn quorum(needed: u8, of: u8) -> (RootKey, SealedRoot, Vec<Share>) {
    let root = RootKey::generate(&random());
    let (sealed, shares) = SealedRoot::quorum(&root, needed, of, &random()).unwrap();
    (root, through_toml(&sealed), shares)
}

fn pick(shares: &[Share], which: &[usize]) -> Vec<Share> {
    which
        .iter()
        .map(|at| Share::parse(shares[*at].to_text().expose()).unwrap())
        .collect()
}

#[test]
fn any_three_of_five_shares_open_the_root_key_and_two_do_not() {
    let (root, sealed, shares) = quorum(3, 5);
    assert_eq!(
        sealed.unlocked_by(),
        UnlockedBy::Quorum {
            needed: 3,
            shares: 5
        }
    );
    for a in 0..5 {
        for b in 0..5 {
            let two = sealed
                .open(Unlock::Shares(&pick(&shares, &[a, b, a, b])))
                .err();
            let given = if a == b { 1 } else { 2 };
            assert_eq!(two, Some(CryptoError::SharesMissing { given, needed: 3 }));
            for c in (0..5).filter(|c| a != b && *c != a && *c != b) {
                let opened = sealed
                    .open(Unlock::Shares(&pick(&shares, &[c, a, b])))
                    .unwrap();
                assert!(same(&root, &opened));
            }
        }
    }
    let all = sealed
        .open(Unlock::Shares(&pick(&shares, &[0, 1, 2, 3, 4, 0])))
        .unwrap();
    assert!(same(&root, &all));
}

#[test]
fn shares_of_another_quorum_are_told_apart() {
    let (root, sealed, shares) = quorum(2, 3);
    let (_, others) = SealedRoot::quorum(&root, 2, 3, &SeededRandom::new(8)).unwrap();
    let mixed = [pick(&shares, &[0]), pick(&others, &[1])].concat_shares();
    assert_eq!(
        sealed.open(Unlock::Shares(&mixed)).err(),
        Some(CryptoError::ForeignShare)
    );
    assert_eq!(
        sealed.open(Unlock::Nothing).err(),
        Some(CryptoError::WrongUnlock)
    );
}

trait ConcatShares {
    fn concat_shares(self) -> Vec<Share>;
}

impl<const N: usize> ConcatShares for [Vec<Share>; N] {
    fn concat_shares(self) -> Vec<Share> {
        self.into_iter().flatten().collect()
    }
}

#[test]
fn a_quorum_must_make_sense() {
    let root = RootKey::generate(&random());
    for (needed, shares) in [(0, 0), (0, 3), (1, 3), (4, 3), (2, 33), (255, 255)] {
        let quorum = SealedRoot::quorum(&root, needed, shares, &random()).err();
        assert_eq!(quorum, Some(CryptoError::BadQuorum), "{needed} of {shares}");
    }
    assert!(SealedRoot::quorum(&root, 32, 32, &random()).is_ok());
}

#[test]
fn a_share_is_one_line_that_is_read_back_however_it_is_typed() {
    let (_, _, shares) = quorum(2, 3);
    let text = shares[1].to_text().expose().clone();
    assert!(
        text.starts_with("WARD-") && !text.contains(char::is_whitespace),
        "{text}"
    );
    for typed in [
        text.to_lowercase(),
        text.replace('-', " "),
        format!("\n {text}\r\n"),
    ] {
        assert_eq!(Share::parse(&typed).unwrap().to_text().expose(), &text);
    }
    assert_eq!((shares[1].index(), shares[1].needed()), (2, 2));
    for wrong in [
        "",
        "WARD-",
        &text[1..],
        &text[..text.len() - 1],
        &format!("{text}A"),
        "WARD-ÅÅ",
    ] {
        assert_eq!(
            Share::parse(wrong).err(),
            Some(CryptoError::Malformed("share")),
            "{wrong}"
        );
    }
}

fn rotated() -> (RootKey, WrappedOrganisationKeys, WrappedOrganisationKeys) {
    let root = RootKey::generate(&random());
    let first = root.new_organisation(&ods(), &random());
    let second = root.add_key(&first, &SeededRandom::new(8)).unwrap();
    (root, first, second)
}

#[test]
fn an_added_key_seals_and_the_earlier_one_still_opens() {
    let (root, first, second) = rotated();
    assert_eq!((first.current(), second.current()), (KeyId(1), KeyId(2)));
    assert!(second.key_ids().eq([KeyId(1), KeyId(2)]));
    let (old, new) = (root.unwrap(&first).unwrap(), root.unwrap(&second).unwrap());
    let salt = Salt::random(&random());
    let resource = "Patient/1".parse().unwrap();
    let binding = ward_crypto::Binding {
        resource: &resource,
        version: 1,
    };
    let [before, after] = [&old, &new].map(|keys| {
        let subject = keys.subject(Some(&salt));
        (
            keys.seal_entry(b"plain", &random()),
            keys.seal_body(&subject, &binding, b"plain", &random()),
        )
    });
    assert_eq!(
        (&before.0[..5], &after.0[..5]),
        (&[1, 0, 0, 0, 1][..], &[1, 0, 0, 0, 2][..])
    );
    let subject = new.subject(Some(&salt));
    for (entry, body) in [&before, &after] {
        assert_eq!(new.open_entry(entry), Ok(b"plain".to_vec()));
        assert_eq!(
            new.open_body(&subject, &binding, body),
            Ok(b"plain".to_vec())
        );
    }
    // A patient's key made before the rotation still serves after it.
    let earlier = old.subject(Some(&salt));
    assert_eq!(
        new.open_body(&earlier, &binding, &after.1),
        Ok(b"plain".to_vec())
    );
    assert_eq!(
        old.open_entry(&after.0),
        Err(CryptoError::UnknownKey(KeyId(2)))
    );
}

#[test]
fn tokens_and_earlier_checkpoint_keys_outlive_a_rotation() {
    let (root, first, second) = rotated();
    let (old, new) = (root.unwrap(&first).unwrap(), root.unwrap(&second).unwrap());
    assert_eq!(
        old.token("name", &[b"smith"]),
        new.token("name", &[b"smith"])
    );
    let signed_before = old.checkpoint_signer().public_key();
    assert_ne!(signed_before, new.checkpoint_signer().public_key());
    let all = [signed_before, new.checkpoint_signer().public_key()];
    assert_eq!(new.checkpoint_public_keys(), all);
    assert_eq!(new.checkpoint_signer().name(), "ward/WRD01");
}

#[test]
fn a_new_root_key_takes_the_keys_over_and_the_old_one_is_out() {
    let (root, _, wrapped) = rotated();
    let sealed = root
        .unwrap(&wrapped)
        .unwrap()
        .seal_entry(b"plain", &random());
    let new = RootKey::generate(&SeededRandom::new(8));
    let rewrapped = through_toml(&root.rewrap(&wrapped, &new, &random()).unwrap());
    assert_eq!(
        new.unwrap(&rewrapped).unwrap().open_entry(&sealed),
        Ok(b"plain".to_vec())
    );
    let foreign = Some(CryptoError::ForeignKeys);
    assert_eq!(root.unwrap(&rewrapped).err(), foreign);
    assert_eq!(new.unwrap(&wrapped).err(), foreign);
    assert_eq!(new.rewrap(&wrapped, &root, &random()).err(), foreign);
    assert_eq!(new.add_key(&wrapped, &random()).err(), foreign);
}

#[test]
fn nobody_else_can_take_a_key_away_or_bring_an_old_one_back() {
    let (root, first, second) = rotated();
    let file = toml::to_string(&second).unwrap();
    let one = toml::to_string(&first).unwrap();
    let parts: Vec<_> = file.split("[[keys]]").collect();
    let old_key = one.split("[[keys]]").nth(1).unwrap();
    let join = |parts: &[&str]| parts.join("[[keys]]");
    let altered = [
        file.replace("current = 2", "current = 1"),
        file.replace("tokens = 1", "tokens = 2"),
        file.replace("WRD01", "WRD02"),
        join(&[parts[0], parts[1]]),
        join(&[parts[0], parts[2]]),
        join(&[parts[0], parts[2], parts[1]]),
        join(&[parts[0], parts[1], parts[2], old_key]),
        join(&[parts[0]]) + "keys = []",
    ];
    for file in altered {
        let altered: WrappedOrganisationKeys = toml::from_str(&file).unwrap();
        assert_eq!(
            root.unwrap(&altered).err(),
            Some(CryptoError::ForeignKeys),
            "{file}"
        );
    }
}

#[test]
fn an_unreadable_file_is_refused_without_showing_it() {
    for file in [
        "kind = \"unsealed\"\nkey = \"s3cret!\"",
        "kind = \"quorum\"",
        "kind = \"none\"",
    ] {
        let error = toml::from_str::<SealedRoot>(file).err().unwrap();
        assert!(!error.message().contains("s3cret"), "{error}");
    }
    let short: SealedRoot = toml::from_str("kind = \"unsealed\"\nkey = \"AAAA\"").unwrap();
    let opened = short.open(Unlock::Nothing).err();
    assert_eq!(opened, Some(CryptoError::Malformed("root key")));
}

proptest! {
    #[test]
    fn any_quorum_opens_with_any_that_suffice(
        (needed, of) in (2_u8..=8).prop_flat_map(|needed| (Just(needed), needed..=12)),
        order in any::<Index>(),
    ) {
        let (root, sealed, mut shares) = quorum(needed, of);
        let from = order.index(shares.len());
        shares.rotate_left(from);
        shares.truncate(usize::from(needed));
        prop_assert!(same(&root, &sealed.open(Unlock::Shares(&shares)).unwrap()));
        shares.pop();
        prop_assert!(sealed.open(Unlock::Shares(&shares)).is_err());
    }

    #[test]
    fn a_mistyped_share_is_told(at in any::<Index>(), letter in "[A-Z2-7]") {
        let (_, _, shares) = quorum(2, 3);
        let text = shares[0].to_text().expose().clone();
        let at = at.index(text.len());
        let mut typed = text.clone();
        typed.replace_range(at..=at, &letter);
        let read = Share::parse(&typed);
        prop_assert!(typed == text || text.as_bytes()[at] == b'-' || read.is_err());
    }

    #[test]
    fn any_text_is_read_as_a_share_without_a_panic(text in any::<String>()) {
        prop_assert!(Share::parse(&text).is_err());
    }

    #[test]
    fn a_key_file_with_any_byte_altered_is_refused(at in any::<Index>(), to in 32_u8..127) {
        let (root, _, wrapped) = rotated();
        let mut file = toml::to_string(&wrapped).unwrap().into_bytes();
        let at = at.index(file.len());
        let same = file[at] == to;
        file[at] = to;
        let altered = toml::from_str::<WrappedOrganisationKeys>(str::from_utf8(&file).unwrap());
        let read_as_before = altered.as_ref().is_ok_and(|altered| {
            toml::to_string(altered).unwrap() == toml::to_string(&wrapped).unwrap()
        });
        let refused = altered.ok().is_none_or(|altered| root.unwrap(&altered).is_err());
        prop_assert!(same || read_as_before || refused);
    }
}
