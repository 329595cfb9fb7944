//! What an import came to.

use std::path::{Path, PathBuf};

use serde_json::json;
use ward_records::Imported;

/// Problems that are printed, and warnings; all of them are beside what is kept aside.
const SHOWN: usize = 20;

/// Counts, and what is wrong where.
pub(super) struct Report {
    /// To be shown as JSON, which lists all; else only as many as are printed are held.
    is_json: bool,
    created: usize,
    updated: usize,
    unchanged: usize,
    /// Changed since an earlier import, and left so.
    kept: usize,
    deleted: usize,
    refused: usize,
    warned: usize,
    problems: Told,
    warnings: Told,
    /// Files that tell the reasons, one for each file with something refused or warned of.
    pub(super) aside: Vec<PathBuf>,
}

/// Lines to be told.
#[derive(Default)]
struct Told {
    lines: Vec<String>,
    more: usize,
}

impl Told {
    fn add(&mut self, place: &str, reasons: &[String], most: usize) {
        for reason in reasons {
            if self.lines.len() < most {
                self.lines.push(format!("{place}: {reason}"));
            } else {
                self.more += 1;
            }
        }
    }

    fn print(&self, what: &str) {
        for line in &self.lines {
            println!("{what}{line}");
        }
        if self.more > 0 {
            println!("{what}... and {} more", self.more);
        }
    }
}

impl Report {
    pub(super) fn new(is_json: bool) -> Self {
        Self {
            is_json,
            created: 0,
            updated: 0,
            unchanged: 0,
            kept: 0,
            deleted: 0,
            refused: 0,
            warned: 0,
            problems: Told::default(),
            warnings: Told::default(),
            aside: Vec::new(),
        }
    }

    /// Counts what went in; what was refused or warned of is counted one by one.
    pub(super) fn count(&mut self, imported: &Imported) {
        self.created += imported.created;
        self.updated += imported.updated;
        self.unchanged += imported.unchanged;
        self.kept += imported.kept;
        self.deleted += imported.deleted;
    }

    pub(super) fn refuse(&mut self, place: &str, reasons: &[String]) {
        self.refused += 1;
        self.problems.add(place, reasons, self.most());
    }

    pub(super) fn warn(&mut self, place: &str, reasons: &[String]) {
        self.warned += 1;
        self.warnings.add(place, reasons, self.most());
    }

    const fn most(&self) -> usize {
        if self.is_json { usize::MAX } else { SHOWN }
    }

    /// Prints it.
    pub(super) fn show(&self, aside: &Path) {
        if self.is_json {
            println!("{}", self.json());
            return;
        }
        self.problems.print("");
        self.warnings.print("warning: ");
        println!(
            "{} created, {} updated, {} unchanged, {} deleted, {} left as changed since, {} refused; {} went in with a warning",
            self.created,
            self.updated,
            self.unchanged,
            self.deleted,
            self.kept,
            self.refused,
            self.warned
        );
        if self.kept > 0 {
            println!(
                "What was changed or deleted here since an earlier import is as it was; --overwrite writes it again."
            );
        }
        if self.refused > 0 {
            println!(
                "What was refused is in {}: mend it and import it.",
                aside.display()
            );
        }
        for file in &self.aside {
            println!("All reasons: {}", file.display());
        }
    }

    fn json(&self) -> serde_json::Value {
        json!({
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "deleted": self.deleted,
            "kept": self.kept,
            "refused": self.refused,
            "warned": self.warned,
            "problems": self.problems.lines,
            "warnings": self.warnings.lines,
            "aside": self.aside,
        })
    }
}
