//! What changed from one text to the next, line by line.

use serde::Serialize;
use similar::{ChangeTag, TextDiff};

/// One line of what changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Change {
    /// What a screen reader says before the line; empty where it is in both texts.
    pub(super) how: &'static str,
    /// `+`, `-`, or a blank.
    pub(super) mark: &'static str,
    pub(super) text: String,
}

/// Every line of either text, in order.
pub(super) fn between(before: &str, after: &str) -> Vec<Change> {
    // A last line is the same line, whether or not it ends.
    let (before, after) = (ended(before), ended(after));
    let diff = TextDiff::from_lines(&before, &after);
    let lines = diff.iter_all_changes().map(|change| {
        let (how, mark) = match change.tag() {
            ChangeTag::Equal => ("", " "),
            ChangeTag::Insert => ("Added: ", "+"),
            ChangeTag::Delete => ("Removed: ", "-"),
        };
        let text = change.value().trim_end_matches(['\r', '\n']).to_owned();
        Change { how, mark, text }
    });
    lines.collect()
}

fn ended(text: &str) -> String {
    text.lines().flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_kept_added_or_removed() {
        let marks: Vec<_> = between("a\nb\nc", "a\nx\nc\n")
            .into_iter()
            .map(|change| format!("{}{}", change.mark, change.text))
            .collect();
        assert_eq!(marks, [" a", "-b", "+x", " c"]);
        assert!(between("", "").is_empty());
    }
}
