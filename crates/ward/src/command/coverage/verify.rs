//! `ward coverage --verify`: offline, by whoever holds the key of the organisation's log.

use std::path::Path;

use serde_json::{Value, json};
use ward_log::Statement;

use crate::{data::read_verifiers, error::Error, files};

/// Says who stated what, and when; fails where the signature does not hold, or something was open.
pub(super) fn run(report: &Path, key: &Path, as_json: bool) -> Result<(), Error> {
    let note = files::read(report)?;
    let statement = Statement::verify(&note, &read_verifiers(key)?);
    let statement =
        statement.map_err(|error| Error::Told(format!("{}: {error}", report.display())))?;
    let found: Value = serde_json::from_str(&statement.text).unwrap_or_default();
    let part = |name| found.get(name).unwrap_or(&Value::Null);
    let covered = statement.about == "coverage" && *part("covered") == true;
    if as_json {
        let (by, at) = (statement.by, statement.at.to_string());
        println!(
            "{}",
            json!({"signed": true, "origin": statement.origin, "by": by, "at": at, "report": found})
        );
    } else {
        println!(
            "Signed by the key of {}: account {} stated at {} that of {} questions {} were let in.",
            statement.origin,
            statement.by,
            statement.at,
            part("probes"),
            part("let_in")
        );
        for open in part("open").as_array().into_iter().flatten() {
            println!("  open: {}", open.as_str().unwrap_or_default());
        }
    }
    if covered {
        Ok(())
    } else {
        Err(Error::Told(
            "the report does not say that nothing is open".into(),
        ))
    }
}
