//! Statements as signed notes.

use ward_core::AccountId;
use ward_log::{Checkpoint, LogError, Statement, Tree};

use crate::disk::{Key, ORIGIN};

fn statement() -> Statement {
    Statement {
        origin: ORIGIN.into(),
        about: "coverage".into(),
        by: AccountId::from_bytes([7; 16]),
        at: "2026-11-24T03:50:00.123Z".parse().unwrap(),
        text: r#"{"covered":true}"#.into(),
    }
}

fn signed(statement: &Statement) -> Result<String, LogError> {
    let key = Key::own();
    statement.sign(&key.verifier, |text| key.signature(text))
}

#[test]
fn a_statement_is_read_as_it_was_signed_and_by_no_other_key() {
    let note = signed(&statement()).unwrap();
    let own = [Key::own().verifier];
    assert_eq!(Statement::verify(&note, &own), Ok(statement()));
    let stranger = [Key::new(ORIGIN, 8).verifier];
    assert_eq!(Statement::verify(&note, &stranger), Err(LogError::Unsigned));
    let changed = note.replace("true", "false");
    assert_eq!(
        Statement::verify(&changed, &own),
        Err(LogError::BadSignature)
    );
}

#[test]
fn a_statement_is_never_taken_for_a_checkpoint_nor_a_checkpoint_for_a_statement() {
    let own = [Key::own().verifier];
    // Whatever is stated, and about whatever.
    for (about, text) in [
        ("1", "2"),
        ("7", "8LV8y/BWSG6bP+zUIz6QFC7OAtXxwKsiD4Do3Kl5I/k="),
    ] {
        let posing = Statement {
            about: about.into(),
            text: text.into(),
            ..statement()
        };
        let note = signed(&posing).unwrap();
        assert!(Checkpoint::verify(&note, &own).is_err());
    }
    let checkpoint = Checkpoint {
        origin: ORIGIN.into(),
        size: 0,
        root: Tree::default().root(),
        time: None,
    };
    let note = Key::own().sign(&checkpoint);
    assert!(Statement::verify(&note, &own).is_err());
}

#[test]
fn a_statement_is_one_line_and_of_the_log_whose_key_signs() {
    for text in ["", "a\nb", "a\rb", "a\0b"] {
        let two = Statement {
            text: text.into(),
            ..statement()
        };
        assert_eq!(
            signed(&two),
            Err(LogError::Malformed("statement")),
            "{text:?}"
        );
    }
    let other = Statement {
        origin: "ward/WRD02".into(),
        ..statement()
    };
    let note = signed(&other).unwrap();
    assert!(Statement::verify(&note, &[Key::own().verifier]).is_err());
}
