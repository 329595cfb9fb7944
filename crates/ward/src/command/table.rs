//! Answers of the server, for a person or a program.

use std::fmt::Write as _;

use clap::Args;
use serde_json::Value;

use crate::client::{field, list};

/// How an answer is printed.
#[derive(Args, Clone, Copy)]
pub(crate) struct Printed {
    /// Print JSON, as the server gives it.
    #[arg(long)]
    json: bool,
}

impl Printed {
    /// Prints a list as a table: a column for each field, under its title.
    pub(crate) fn list(self, answer: &Value, name: &str, columns: &[(&str, &str)]) {
        if self.json {
            println!("{answer}");
            return;
        }
        let rows = list(answer, name);
        if rows.is_empty() {
            println!("None.");
        } else {
            print!("{}", table(rows, columns));
        }
    }

    /// Prints one thing, a field a line.
    pub(crate) fn one(self, answer: &Value, fields: &[(&str, &str)]) {
        if self.json {
            println!("{answer}");
            return;
        }
        for (title, name) in fields {
            println!("{title:<14} {}", cell(field(answer, name)));
        }
    }

    /// Says that something was done; a program sees it by how the command ends.
    pub(crate) fn done(self, text: &str) {
        if !self.json {
            println!("{text}");
        }
    }
}

fn table(rows: &[Value], columns: &[(&str, &str)]) -> String {
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            columns
                .iter()
                .map(|(_, name)| cell(field(row, name)))
                .collect()
        })
        .collect();
    let titles: Vec<String> = columns
        .iter()
        .map(|(title, _)| (*title).to_owned())
        .collect();
    let lines = || std::iter::once(&titles).chain(&cells);
    let width = |column: usize| {
        let widths = lines().filter_map(|line| line.get(column));
        widths.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let mut text = String::new();
    for line in lines() {
        let mut shown = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            // Writing to a String does not fail.
            let _ = write!(shown, "{cell:<width$}  ");
        }
        text.push_str(shown.trim_end());
        text.push('\n');
    }
    text
}

/// A value in words, in one line. What could move a terminal's cursor is left out: names are what
/// people call themselves.
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(all) => all.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Number(_) | Value::Object(_) => value.to_string(),
    };
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_as_wide_as_what_stands_in_them() {
        let rows = [
            json!({"name": "é", "used": null}),
            json!({"name": "long", "used": true}),
        ];
        let shown = table(&rows, &[("NAME", "name"), ("USED", "used")]);
        assert_eq!(shown, "NAME  USED\né     -\nlong  yes\n");
    }

    /// The attack: an account is called something that rewrites the line above it.
    #[test]
    fn no_name_moves_the_cursor() {
        let shown = cell(&json!(["a\u{1b}[2Jb", "c\r\nd"]));
        assert_eq!(shown, "a [2Jb, c  d");
    }
}
