//! Lines of the table of structures, as they are written.

/// A type, with the elements that its parent does not have.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) parent: &'static str,
    pub(super) elements: Vec<ElementRow>,
}

/// An element: ` name min max type type !set`.
#[derive(Clone)]
pub(super) struct ElementRow {
    pub(super) name: &'static str,
    pub(super) min: &'static str,
    pub(super) max: &'static str,
    pub(super) types: Vec<&'static str>,
    pub(super) code_set: Option<&'static str>,
}

/// Reads the table. A line that can't be read is passed over; the tests see to it that there is
/// none.
pub(super) fn read(table: &'static str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        if let Some(element) = line.strip_prefix(' ') {
            if let (Some(row), Some(element)) = (rows.last_mut(), read_element(element)) {
                row.elements.push(element);
            }
        } else {
            rows.extend(read_type(line));
        }
    }
    rows
}

fn read_type(line: &'static str) -> Option<Row> {
    let mut words = line.split(' ');
    let (name, kind, parent) = (words.next()?, words.next()?, words.next()?);
    Some(Row {
        name,
        kind,
        parent,
        elements: Vec::new(),
    })
}

fn read_element(line: &'static str) -> Option<ElementRow> {
    let mut words = line.split(' ');
    let (name, min, max) = (words.next()?, words.next()?, words.next()?);
    let (code_sets, types) = words.partition::<Vec<_>, _>(|word| word.starts_with('!'));
    let code_set = code_sets.first().and_then(|set| set.strip_prefix('!'));
    Some(ElementRow {
        name,
        min,
        max,
        types,
        code_set,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let table = include_str!("../../tables/structures.txt");
        let rows = read(table);
        let read: usize = rows.iter().map(|row| row.elements.len() + 1).sum();
        assert_eq!(
            read,
            table.lines().filter(|line| !line.starts_with('#')).count()
        );
    }
}
