//! A set of changes to a view.

/// Changes that are made together. Of two changes to one key, the later holds.
#[derive(Debug, Default, Clone)]
pub struct Changes {
    rows: Vec<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Changes {
    /// Sets a key's value.
    pub fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.rows.push((key, Some(value)));
    }

    /// Removes a key, whether or not it is there.
    pub fn delete(&mut self, key: Vec<u8>) {
        self.rows.push((key, None));
    }

    /// Adds changes that come after these.
    pub fn append(&mut self, mut later: Self) {
        self.rows.append(&mut later.rows);
    }

    /// How many changes there are, overruled ones included.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// One change a key, in order of keys: both engines write neighbours together cheaply, and
    /// fjall gives all changes of a batch one sequence number, so that a key must not come twice.
    pub(crate) fn in_key_order(mut self) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
        self.rows.sort_by(|one, other| one.0.cmp(&other.0));
        self.rows.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 = later.1.take();
            }
            same
        });
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_of_two_changes_to_a_key_holds() {
        let mut changes = Changes::default();
        changes.put(vec![2], vec![1]);
        changes.put(vec![1], vec![1]);
        changes.delete(vec![2]);
        changes.delete(vec![3]);
        changes.put(vec![3], vec![9]);
        let rows = changes.in_key_order();
        assert_eq!(
            rows,
            [
                (vec![1], Some(vec![1])),
                (vec![2], None),
                (vec![3], Some(vec![9]))
            ]
        );
    }
}
