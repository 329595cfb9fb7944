//! The value sets whose codes can be listed.

/// A closed list of codes, by code system.
pub(crate) struct CodeSet {
    name: &'static str,
    systems: Vec<(&'static str, Vec<&'static str>)>,
}

impl CodeSet {
    /// The last part of the value set's URL, such as `administrative-gender`.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether any of the systems has that code.
    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.systems
            .iter()
            .any(|(_, codes)| codes.binary_search(&code).is_ok())
    }

    /// Whether that system has that code in the set.
    pub(crate) fn has(&self, system: &str, code: &str) -> bool {
        let mut of_system = self.systems.iter().filter(|(name, _)| *name == system);
        of_system.any(|(_, codes)| codes.binary_search(&code).is_ok())
    }
}

/// Reads the table, in the order of the sets' names. A line that says nothing is passed over; the
/// tests see to it that there is none.
pub(super) fn read(table: &'static str) -> Vec<CodeSet> {
    let mut sets: Vec<CodeSet> = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        match line.strip_prefix(' ') {
            None => sets.push(CodeSet {
                name: line,
                systems: Vec::new(),
            }),
            Some(system) => {
                let mut parts = system.split('\t');
                let name = parts.next().unwrap_or_default();
                if let Some(set) = sets.last_mut() {
                    set.systems.push((name, parts.collect()));
                }
            }
        }
    }
    sets.sort_unstable_by_key(|set| set.name);
    sets
}
