//! FHIRPath locations, written only when something is wrong there.

use std::fmt::Write;

/// The way from a resource down to an element. Holds names of definitions, never what a client sent.
pub(crate) struct Location {
    root: &'static str,
    steps: Vec<Step>,
}

#[derive(Clone, Copy)]
enum Step {
    Name(&'static str),
    Item(usize),
}

impl Location {
    /// A resource of that type.
    pub(crate) fn of(root: &'static str) -> Self {
        Self {
            root,
            steps: Vec::with_capacity(16),
        }
    }

    /// Goes down to an element.
    pub(crate) fn enter(&mut self, name: &'static str) {
        self.steps.push(Step::Name(name));
    }

    /// Goes to an item of the list that this is.
    pub(crate) fn enter_item(&mut self, index: usize) {
        self.steps.push(Step::Item(index));
    }

    /// Goes back up.
    pub(crate) fn leave(&mut self) {
        self.steps.pop();
    }

    /// The location, such as `Patient.name[0].given[1]`.
    pub(crate) fn render(&self) -> String {
        let mut text = self.root.to_owned();
        for step in &self.steps {
            let _ = match step {
                Step::Name(name) => write!(text, ".{name}"),
                Step::Item(index) => write!(text, "[{index}]"),
            };
        }
        text
    }
}
