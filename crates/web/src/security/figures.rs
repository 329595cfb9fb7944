//! Figures, and the bar that shows them.

use serde::Serialize;

/// The width of the bar, in units of its picture.
const WIDTH: usize = 720;

/// One part of a whole.
#[derive(Debug, Serialize)]
pub(super) struct Part {
    pub(super) label: &'static str,
    pub(super) count: usize,
    /// The class of its colour.
    pub(super) colour: &'static str,
    /// Where it begins in the bar, and how wide it is.
    x: usize,
    width: usize,
    /// Where the list of them is.
    pub(super) href: String,
}

/// Parts side by side, as wide as they are many. What is there is seen, be it one in a thousand.
pub(super) fn bar(parts: Vec<(&'static str, usize, &'static str, String)>) -> Vec<Part> {
    const LEAST: usize = 6;
    let all: usize = parts.iter().map(|(_, count, ..)| count).sum();
    let shown = parts.iter().filter(|(_, count, ..)| *count > 0).count();
    let room = WIDTH.saturating_sub(shown * LEAST);
    let mut x = 0;
    let mut placed = Vec::with_capacity(parts.len());
    for (label, count, colour, href) in parts {
        let share = (count * room).checked_div(all).unwrap_or(0);
        let width = if count == 0 { 0 } else { share + LEAST };
        placed.push(Part {
            label,
            count,
            colour,
            x,
            width,
            href,
        });
        x += width;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_never_wider_than_its_picture_and_hides_nobody() {
        for counts in [[0, 0, 0], [1, 0, 0], [100_000, 1, 0], [3, 3, 3]] {
            let parts = counts.map(|count| ("", count, "", String::new())).into();
            let placed = bar(parts);
            let width: usize = placed.iter().map(|part| part.width).sum();
            assert!(width <= WIDTH);
            for part in placed {
                assert_eq!(part.width > 0, part.count > 0);
            }
        }
    }
}
