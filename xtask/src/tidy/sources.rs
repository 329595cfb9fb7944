//! Rules on the text of the tree: lengths, words that must not stand there, pages that list crates.

use std::path::Path;

use super::{Metadata, floors};
use crate::command::{output, program, root};

/// More lines than this in one source file means two ideas.
const LINES_MAX: usize = 800;

pub(super) fn check(metadata: &Metadata) -> Result<Vec<String>, String> {
    let listing =
        output(program("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let mut wrong = Vec::new();
    for path in listing.lines() {
        let Ok(text) = std::fs::read_to_string(root().join(path)) else {
            continue;
        };
        wrong.extend(check_file(path, &text));
    }
    wrong.extend(check_crates_are_described(metadata)?);
    Ok(wrong)
}

fn check_file(path: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let is_rust = Path::new(path).extension().is_some_and(|end| end == "rs");
    let lines = text.lines().count();
    if is_rust && lines > LINES_MAX {
        wrong.push(format!(
            "{path}: {lines} lines; a file is one idea ({LINES_MAX} at most)"
        ));
    }
    if path.ends_with("package-lock.json") && text.contains("\"resolved\"") {
        wrong.push(format!(
            "{path}: names a registry's address; npm install --omit-lockfile-registry-resolved"
        ));
    }
    // The words are put together here so that this file does not find itself.
    let unfinished = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["XX", "X"].concat(),
    ];
    for (number, line) in text.lines().enumerate() {
        if is_rust
            && unfinished
                .iter()
                .any(|word| line.contains(&format!("// {word}")))
        {
            wrong.push(format!("{path}:{}: unfinished", number + 1));
        }
        if is_rust && line.trim_end() != line {
            wrong.push(format!(
                "{path}:{}: space at the end of the line",
                number + 1
            ));
        }
    }
    wrong
}

/// ARCHITECTURE names every crate and no other, so that the page can't rot.
fn check_crates_are_described(metadata: &Metadata) -> Result<Vec<String>, String> {
    let page = std::fs::read_to_string(root().join("docs/ARCHITECTURE.md"))
        .map_err(|error| format!("docs/ARCHITECTURE.md: {error}"))?;
    let mut wrong = Vec::new();
    for (name, _) in floors::ORDER {
        if !page.contains(&format!("`{name}`")) {
            wrong.push(format!("docs/ARCHITECTURE.md: does not describe `{name}`"));
        }
    }
    for word in page.split('`').skip(1).step_by(2) {
        if word.starts_with("ward-") && !floors::ORDER.iter().any(|(name, _)| *name == word) {
            wrong.push(format!(
                "docs/ARCHITECTURE.md: names `{word}`, which is no crate"
            ));
        }
    }
    for package in metadata
        .ours()
        .filter(|package| package.name.starts_with("ward"))
    {
        let entry = ["src/lib.rs", "src/main.rs"]
            .iter()
            .find_map(|file| std::fs::read_to_string(format!("{}/{file}", package.folder)).ok());
        if !entry.is_some_and(|text| text.starts_with("//!")) {
            wrong.push(format!(
                "{}: its first line must say what it is for (//!)",
                package.name
            ));
        }
    }
    Ok(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_and_an_unfinished_one_are_found() {
        assert_eq!(check_file("a.rs", &"x\n".repeat(LINES_MAX + 1)).len(), 1);
        assert_eq!(
            check_file("a.rs", &format!("// {}{} later\n", "TO", "DO")).len(),
            1
        );
        assert_eq!(check_file("a.rs", "fn main() {}\n"), Vec::<String>::new());
    }

    #[test]
    fn a_registry_address_in_a_lock_file_is_found() {
        assert_eq!(
            check_file("web/package-lock.json", "\"resolved\": \"x\"").len(),
            1
        );
    }
}
