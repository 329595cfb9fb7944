//! Bars on top of each other, one column an hour or a day: numbers for a picture that the server
//! draws, and that needs no program in the browser.

use serde::Serialize;

use super::tally::{Bucket, KINDS};

const WIDTH: u64 = 720;
const HEIGHT: u64 = 160;
const GAP: u64 = 2;

/// One bar of the picture.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub(super) struct Bar {
    x: u64,
    y: u64,
    width: u64,
    height: u64,
    colour: &'static str,
}

/// The picture's bars, and the number that its top stands for.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub(super) struct Chart {
    pub(super) bars: Vec<Bar>,
    pub(super) most: u64,
    /// The label of the first column, and of the last.
    pub(super) from: String,
    pub(super) to: String,
}

impl Chart {
    /// Of some columns, the oldest first.
    pub(super) fn of(buckets: &[Bucket]) -> Self {
        let most = buckets.iter().map(Bucket::sum).max().unwrap_or(0);
        let column = WIDTH / (buckets.len() as u64).max(1);
        let mut bars = Vec::new();
        for (place, bucket) in buckets.iter().enumerate() {
            let x = place as u64 * column;
            let mut top = HEIGHT;
            let drawn = bucket.counts.into_iter().zip(KINDS);
            for (count, (_, colour)) in drawn.filter(|(count, _)| *count > 0) {
                // One in a thousand is seen, too.
                let height = (count * HEIGHT).checked_div(most).unwrap_or(0).max(1);
                top = top.saturating_sub(height);
                bars.push(Bar {
                    x,
                    y: top,
                    width: column.saturating_sub(GAP).max(1),
                    height,
                    colour,
                });
            }
        }
        let label =
            |bucket: Option<&Bucket>| bucket.map_or_else(String::new, |one| one.label.clone());
        Self {
            bars,
            most,
            from: label(buckets.first()),
            to: label(buckets.last()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_column_is_as_high_as_the_picture() {
        let bucket = |counts| Bucket {
            label: String::new(),
            counts,
        };
        let chart = Chart::of(&[bucket([0; 4]), bucket([1, 3, 0, 0]), bucket([0, 1, 0, 0])]);
        assert_eq!(chart.most, 4);
        let sizes: Vec<_> = chart
            .bars
            .iter()
            .map(|bar| (bar.x, bar.y, bar.height))
            .collect();
        assert_eq!(sizes, [(240, 120, 40), (240, 0, 120), (480, 120, 40)]);
        assert!(Chart::of(&[]).bars.is_empty());
        assert!(Chart::of(&[bucket([0; 4])]).bars.is_empty());
    }
}
