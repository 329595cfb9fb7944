//! Somebody who types commands.

use std::{
    fs,
    process::{Command, Output},
};

use serde_json::{Value, json};

/// Somebody at a terminal, in a folder of their own.
pub(crate) struct Operator {
    folder: tempfile::TempDir,
}

impl Operator {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn ward(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// A command as it is typed: with nothing of the environment but a home.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ward"));
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path().join("home"))
            .args(arguments);
        command
    }

    /// What a command prints that must succeed.
    pub(crate) fn says(&self, arguments: &[&str]) -> String {
        let output = self.ward(arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command says that must fail.
    pub(crate) fn refuses(&self, arguments: &[&str]) -> String {
        let output = self.ward(arguments);
        assert!(!output.status.success(), "{arguments:?} succeeded");
        String::from_utf8(output.stderr).unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn with_a_ward() -> Self {
        let operator = Self::new();
        operator.says(&["init", "--organisation", "WRD01:Larkfield", "--unsealed"]);
        operator
    }

    pub(crate) fn import(&self, name: &str, text: &str) -> Value {
        fs::write(self.path(name), text).unwrap();
        let report = self.says(&["import", "--organisation", "WRD01", "--json", name]);
        serde_json::from_str(&report).unwrap()
    }
}

pub(crate) fn patient(id: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "name": [{"family": "Example"}]})
}
