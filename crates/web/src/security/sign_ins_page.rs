use serde::Serialize;

use super::chart::Chart;
use crate::render::Page;

/// Failed sign-ins: a picture, and the same as a table.
#[derive(Debug, Serialize)]
pub(crate) struct SignInsPage {
    pub(super) period: &'static str,
    pub(super) is_month: bool,
    pub(super) sum: u64,
    pub(super) withheld: u64,
    pub(super) kinds: Vec<Kind>,
    pub(super) chart: Chart,
    /// The newest first; hours and days without any are left out.
    pub(super) rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
pub(super) struct Kind {
    pub(super) text: &'static str,
    pub(super) colour: &'static str,
    pub(super) count: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) when: String,
    pub(super) counts: [u64; 4],
    pub(super) sum: u64,
}

impl Page for SignInsPage {
    const TEMPLATE: &'static str = "security/sign_ins.jinja";

    fn title(&self) -> String {
        "Failed sign-ins".to_owned()
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        use super::{
            sign_ins::shown,
            tally::{Bucket, Period, Tally},
        };
        let bucket = |hour: u64| Bucket {
            label: format!("{hour}:00"),
            counts: [hour % 3, hour % 5, hour / 20, 0],
        };
        let tally = |buckets, withheld| Tally { buckets, withheld };
        vec![
            shown(&tally((0..24).map(bucket).collect(), 1_900), Period::Day),
            shown(&tally(Vec::new(), 0), Period::Month),
        ]
    }
}
