//! All parameters' paths of one type as a tree, so that one walk of a resource finds all values.

use super::{Parameter, SearchValue, Value, convert::Conversion, value::Token};
use crate::Node;

/// A tree of JSON names. Node 0 is the resource.
pub(super) struct Trie {
    nodes: Vec<Branch>,
    /// Parameters that have a value in every resource: false, where nothing makes them true.
    flags: Vec<usize>,
}

#[derive(Default)]
struct Branch {
    names: Vec<(&'static str, usize)>,
    conditions: Vec<(Condition, usize)>,
    leaves: Vec<Leaf>,
}

#[derive(PartialEq, Eq)]
enum Condition {
    /// `where(name='value')`
    Equals(&'static str, &'static str),
    /// `[n]`
    Index(usize),
}

struct Leaf {
    parameter: usize,
    conversion: Conversion,
    /// `where(resolve() is T)`
    target: Option<&'static str>,
}

impl Default for Trie {
    fn default() -> Self {
        Self {
            nodes: vec![Branch::default()],
            flags: Vec::new(),
        }
    }
}

impl Trie {
    /// Adds a path `key.key[filter=value]{target}` to the values of a parameter.
    pub(super) fn insert(&mut self, path: &'static str, parameter: usize, conversion: Conversion) {
        let (path, target) = match path.split_once('{') {
            Some((path, target)) => (path, Some(target.trim_end_matches('}'))),
            None => (path, None),
        };
        let mut at = 0;
        for step in path.split('.') {
            let (name, condition) = step.split_once('[').unwrap_or((step, ""));
            at = self.step(at, name);
            if let Some(condition) = read_condition(condition) {
                at = self.condition(at, condition);
            }
        }
        if matches!(conversion, Conversion::Flag) && !self.flags.contains(&parameter) {
            self.flags.push(parameter);
        }
        if let Some(branch) = self.nodes.get_mut(at) {
            branch.leaves.push(Leaf {
                parameter,
                conversion,
                target,
            });
        }
    }

    fn step(&mut self, at: usize, name: &'static str) -> usize {
        let new = self.nodes.len();
        let Some(branch) = self.nodes.get_mut(at) else {
            return at;
        };
        if let Some((_, next)) = branch.names.iter().find(|(other, _)| *other == name) {
            return *next;
        }
        branch.names.push((name, new));
        self.nodes.push(Branch::default());
        new
    }

    fn condition(&mut self, at: usize, condition: Condition) -> usize {
        let new = self.nodes.len();
        let Some(branch) = self.nodes.get_mut(at) else {
            return at;
        };
        if let Some((_, next)) = branch
            .conditions
            .iter()
            .find(|(other, _)| *other == condition)
        {
            return *next;
        }
        branch.conditions.push((condition, new));
        self.nodes.push(Branch::default());
        new
    }

    /// All values of a resource.
    pub(super) fn walk<'r>(
        &self,
        root: Node<'r>,
        parameters: &'static [Parameter],
    ) -> Vec<SearchValue<'r>> {
        let mut walk = Walk {
            trie: self,
            parameters,
            values: Vec::with_capacity(32),
        };
        walk.element(0, 0, root);
        for flag in self.flags.iter().filter_map(|at| parameters.get(*at)) {
            if !walk
                .values
                .iter()
                .any(|value| std::ptr::eq(value.parameter, flag))
            {
                let value = Value::Token(Token::boolean(false));
                walk.values.push(SearchValue {
                    parameter: flag,
                    value,
                });
            }
        }
        walk.values
    }
}

fn read_condition(text: &'static str) -> Option<Condition> {
    let text = text.strip_suffix(']')?;
    match text.split_once('=') {
        Some((name, value)) => Some(Condition::Equals(name, value)),
        None => text.parse().ok().map(Condition::Index),
    }
}

struct Walk<'t, 'r> {
    trie: &'t Trie,
    parameters: &'static [Parameter],
    values: Vec<SearchValue<'r>>,
}

impl<'r> Walk<'_, 'r> {
    fn member(&mut self, at: usize, node: Node<'r>) {
        if node.is_array() {
            for (index, item) in node.items().enumerate() {
                self.element(at, index, item);
            }
        } else {
            self.element(at, 0, node);
        }
    }

    fn element(&mut self, at: usize, index: usize, node: Node<'r>) {
        let Some(branch) = self.trie.nodes.get(at) else {
            return;
        };
        for leaf in &branch.leaves {
            if let Some(parameter) = self.parameters.get(leaf.parameter) {
                let values = &mut self.values;
                leaf.conversion.convert(node, leaf.target, &mut |value| {
                    values.push(SearchValue { parameter, value });
                });
            }
        }
        for (condition, next) in &branch.conditions {
            let holds = match condition {
                Condition::Equals(name, value) => {
                    node.get(name).and_then(Node::as_str) == Some(value)
                }
                Condition::Index(wanted) => index == *wanted,
            };
            if holds {
                self.element(*next, index, node);
            }
        }
        if branch.names.is_empty() {
            return;
        }
        for (name, member) in node.entries() {
            if let Some((_, next)) = branch.names.iter().find(|(wanted, _)| *wanted == name) {
                self.member(*next, member);
            }
        }
    }
}
