//! Checkpoints as signed notes (C2SP signed-note, tlog-checkpoint).

use proptest::{prelude::*, sample::Index};
use ward_log::{Checkpoint, LogError, Tree, VerifierKey, leaf_hash};

use crate::disk::{Key, ORIGIN};

/// Made by the crates `signed_note` and `tlog_tiles` 0.2, of the same key, tree and witness.
const VKEY: &str = "ward/WRD01+73b57347+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
const WITNESS: &str = "witness.example/w1+6327c7cb+Af0XJDhaoMdbZPt4zWAvodmR/ev3axPFjtcC6sg16fYY";
const NOTE: &str = "ward/WRD01
70
8LV8y/BWSG6bP+zUIz6QFC7OAtXxwKsiD4Do3Kl5I/k=
time 2026-11-23T19:50:00.123Z

\u{2014} ward/WRD01 c7VzR+8b/Iw7kGqwbdmPODky+ktrH2UHEEctcPnqc9/ktIzF1NPUYh08+JT+Mh1ue099k6E/Er+rEw/lx0S+bTAs5ws=
";
const COSIGNED: &str = "\u{2014} witness.example/w1 YyfHy1T1IWMcTotqNatU3a43YI1E1vyBb5pC5HuTn5ghljLZ/QD6V3WoyFWi6tnsY9PbGfdvNkrkrO05fbWMplQSuQo=\n";

fn checkpoint() -> Checkpoint {
    let leaves = (0..70_u8).map(|seq| leaf_hash(seq.into(), &vec![seq; seq.into()]));
    let tree: Tree = leaves.collect();
    let time = Some("2026-11-23T19:50:00.123Z".parse().unwrap());
    Checkpoint {
        origin: ORIGIN.into(),
        size: 70,
        root: tree.root(),
        time,
    }
}

fn vkey(text: &str) -> VerifierKey {
    text.parse().unwrap()
}

#[test]
fn another_implementation_writes_the_same_note_and_key() {
    assert_eq!(Key::own().verifier.to_string(), VKEY);
    assert_eq!(Key::own().sign(&checkpoint()), NOTE);
    assert_eq!(Checkpoint::verify(NOTE, &[vkey(VKEY)]), Ok(checkpoint()));
}

#[test]
fn a_cosigned_note_is_verified_by_either_key() {
    let note = format!("{NOTE}{COSIGNED}");
    for keys in [
        vec![vkey(VKEY)],
        vec![vkey(WITNESS)],
        vec![vkey(WITNESS), vkey(VKEY)],
    ] {
        assert_eq!(Checkpoint::verify(&note, &keys), Ok(checkpoint()));
    }
}

#[test]
fn a_note_needs_a_signature_by_a_known_key() {
    let stranger = Key::new(ORIGIN, 8).verifier;
    let renamed = Key::new("ward/WRD02", 7).verifier;
    for keys in [vec![], vec![stranger], vec![renamed], vec![vkey(WITNESS)]] {
        assert_eq!(Checkpoint::verify(NOTE, &keys), Err(LogError::Unsigned));
    }
}

#[test]
fn a_wrong_signature_by_a_known_key_spoils_a_note_that_another_signed() {
    let spoiled = COSIGNED.replace("YyfHy1T1", "YyfHy1T2");
    let note = format!("{NOTE}{spoiled}");
    let both = [vkey(VKEY), vkey(WITNESS)];
    assert_eq!(
        Checkpoint::verify(&note, &both),
        Err(LogError::BadSignature)
    );
    assert_eq!(Checkpoint::verify(&note, &both[..1]), Ok(checkpoint()));
}

#[test]
fn a_checkpoint_without_a_time_and_with_unknown_lines_is_read() {
    let bare = Checkpoint {
        time: None,
        ..checkpoint()
    };
    let note = Key::own().sign(&bare);
    assert!(!note.contains("time"));
    assert_eq!(Checkpoint::verify(&note, &[vkey(VKEY)]), Ok(bare));
}

#[test]
fn a_checkpoint_has_one_spelling() {
    let key = Key::own();
    for (origin, size, tail) in [
        ("", "70", ""),
        (ORIGIN, "070", ""),
        (ORIGIN, "+70", ""),
        (ORIGIN, "-1", ""),
        (ORIGIN, "18446744073709551616", ""),
        (ORIGIN, "", ""),
        (ORIGIN, "70", "\n"),
        (ORIGIN, "70", "time soon\n"),
    ] {
        // The origin carries the text: a signer that signs anything.
        let root = "8LV8y/BWSG6bP+zUIz6QFC7OAtXxwKsiD4Do3Kl5I/k=";
        let text = format!("{origin}\n{size}\n{root}\n{tail}");
        let note = key.sign_text(&text);
        let read = Checkpoint::verify(&note, &[vkey(VKEY)]);
        assert!(
            matches!(read, Err(LogError::Malformed(_))),
            "{text:?}: {read:?}"
        );
    }
    let good = key.sign_text(&format!("{ORIGIN}\n0\n{}=\nother line\n", "A".repeat(43)));
    assert_eq!(Checkpoint::verify(&good, &[vkey(VKEY)]).unwrap().size, 0);
}

#[test]
fn a_malformed_note_is_refused() {
    let long = format!("{NOTE}{}", COSIGNED.repeat(1000));
    let notes = [
        "",
        "\n\n",
        NOTE.trim_end(),
        &NOTE.replace("\n\n", "\n"),
        &NOTE.replace('\u{2014}', "-"),
        &NOTE.replace("ward/WRD01 c7", "ward/WRD01c7"),
        &NOTE.replace("5ws=", "5ws"),
        &NOTE.replace("70", "70\r"),
        &format!("{NOTE}\n"),
        &long,
    ];
    for note in notes {
        let read = Checkpoint::verify(note, &[vkey(VKEY)]);
        assert_eq!(read, Err(LogError::Malformed("note")), "{note:?}");
    }
}

#[test]
fn a_verifier_key_reads_back_and_a_wrong_one_is_refused() {
    assert_eq!(vkey(VKEY).to_string(), VKEY);
    assert_eq!(vkey(VKEY).name(), ORIGIN);
    let wrong = [
        "",
        "ward/WRD01",
        "ward/WRD01+73b57347",
        &VKEY.replace("73b5", "73b6"),
        &VKEY.replace("73b5", "73B5"),
        &VKEY.replace("WRD01", "WRD02"),
        &VKEY.replace("+Ae", "+Be"),
        &VKEY[..VKEY.len() - 4],
        &VKEY.replace("ward/", "ward /"),
        &VKEY.replace("ward/WRD01", ""),
    ];
    for text in wrong {
        assert!(text.parse::<VerifierKey>().is_err(), "{text}");
    }
    for name in ["", "a b", "a+b", "a\nb", "a\u{a0}b"] {
        assert!(VerifierKey::new(name, [7; 32]).is_err(), "{name:?}");
    }
}

proptest! {
    #[test]
    fn a_note_with_any_bit_flipped_is_refused(at in any::<Index>(), bit in 0..8_u32) {
        let mut bytes = NOTE.as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(note) = str::from_utf8(&bytes) {
            prop_assert!(Checkpoint::verify(note, &[vkey(VKEY)]).is_err(), "{note:?}");
        }
    }

    #[test]
    fn any_text_is_refused_as_a_note_without_a_panic(text in any::<String>()) {
        prop_assert!(Checkpoint::verify(&text, &[vkey(VKEY)]).is_err());
        let signed = format!("{text}\n\n\u{2014} ward/WRD01 {text}\n");
        prop_assert!(Checkpoint::verify(&signed, &[vkey(VKEY)]).is_err());
    }
}
