//! One thing in a record, as the page shows it.

use serde::Serialize;

use crate::status::Status;

/// One thing in a record: what, in which state, when, and who says so.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Item {
    /// The problem, medicine, test...
    pub(crate) what: String,
    /// Dose, value, reaction: what belongs beside it.
    pub(crate) detail: Option<String>,
    /// Only where it is not what one expects in this list.
    pub(crate) status: Option<Status>,
    pub(crate) date: Option<String>,
    /// Who recorded it. Where that is not known the page says so.
    pub(crate) source: String,
}

/// One list of a record.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Section {
    pub(crate) id: &'static str,
    pub(crate) heading: &'static str,
    /// The table's first three columns; the fourth is the source.
    pub(crate) columns: [&'static str; 3],
    /// How many there are: `25+` where not all are on the page.
    pub(crate) total: String,
    pub(crate) items: Vec<Item>,
    /// Those that are folded away.
    pub(crate) earlier: Vec<Item>,
    /// What the fold says.
    pub(crate) earlier_label: String,
    /// Said where not all are on the page.
    pub(crate) unshown: Option<String>,
    /// Said where there are none.
    pub(crate) none: &'static str,
}

#[cfg(test)]
impl Item {
    pub(crate) fn sample(what: &str, detail: &str, status: Option<Status>, date: &str) -> Self {
        Self {
            what: what.to_owned(),
            detail: Some(detail.to_owned()).filter(|detail| !detail.is_empty()),
            status,
            date: Some(date.to_owned()),
            source: "Dr Priya Raman, Moorland Health".to_owned(),
        }
    }
}
