//! Who a page is about.

use serde::Serialize;

/// Who a page is about, as the banner on top of it says.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Banner {
    /// `LOVELACE, Ada (Mrs)`.
    pub(crate) name: String,
    /// All that a page's title may say of the name.
    pub(crate) initials: String,
    /// Grouped 3 3 4, or that there is none.
    pub(crate) nhs_number: String,
    /// The number fails its check digits, or nobody has traced it.
    pub(crate) unverified: bool,
    pub(crate) born: String,
    /// `70 years`; at death, for somebody who has died.
    pub(crate) age: Option<String>,
    pub(crate) died: Option<String>,
    pub(crate) gender: String,
}

#[cfg(test)]
impl Banner {
    pub(crate) fn sample() -> Self {
        Self {
            name: "LOVELACE, Ada (Mrs)".to_owned(),
            initials: "A.L.".to_owned(),
            nhs_number: "999\u{a0}123\u{a0}4567".to_owned(),
            unverified: false,
            born: "4 August 1952".to_owned(),
            age: Some("74 years".to_owned()),
            died: None,
            gender: "Female".to_owned(),
        }
    }

    pub(crate) fn sample_died() -> Self {
        Self {
            name: "FEATHERSTONEHAUGH-CHOLMONDELEY, Maximilian Bartholomew (Reverend)".to_owned(),
            initials: "M.F.".to_owned(),
            unverified: true,
            age: Some("aged 67".to_owned()),
            died: Some("3 May 2020".to_owned()),
            gender: "Male".to_owned(),
            ..Self::sample()
        }
    }
}
