//! Whether a period ends before it starts.

/// Whether `start` is surely after `end`, both valid dateTimes. What partial dates leave open is
/// not held against them.
pub(super) fn is_reversed(start: &str, end: &str) -> bool {
    if start.contains('T') && end.contains('T') {
        let (start, end) = (
            start.parse::<jiff::Timestamp>(),
            end.parse::<jiff::Timestamp>(),
        );
        return matches!((start, end), (Ok(start), Ok(end)) if start > end);
    }
    // A zone may move a time by a day against a date without one: compare only dates.
    if start.contains('T') || end.contains('T') {
        return day_number(start, 1, 1) > day_number(end, 12, 31).saturating_add(1);
    }
    let length = start.len().min(end.len());
    start.get(..length) > end.get(..length)
}

/// Days on a scale, with `month` and `day` for what a partial date leaves open; monotone, not a
/// calendar.
fn day_number(text: &str, month: u32, day: u32) -> u32 {
    let number = |from, to| {
        text.get(from..to)
            .and_then(|digits| digits.parse::<u32>().ok())
    };
    let month = number(5, 7).unwrap_or(month);
    (number(0, 4).unwrap_or(0) * 12 + month) * 31 + number(8, 10).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_surely_reversed_is_told() {
        for (start, end) in [
            ("2022-08-05", "2022-08-04"),
            ("2023", "2022-08-04"),
            ("2022-08-04T07:00:00Z", "2022-08-04T07:59:59+01:00"),
            ("2022-08-06T07:00:00Z", "2022-08-04"),
            ("2023", "2022-08-04T07:00:00Z"),
        ] {
            assert!(is_reversed(start, end), "{start} {end}");
        }
        for (start, end) in [
            ("2022-08-04", "2022-08-04"),
            ("2022-08-04", "2022"),
            ("2022", "2022-01"),
            ("2022-08-04T23:00:00-05:00", "2022-08-04"),
            ("2022-08-04T07:00:00Z", "2022"),
            ("2022", "2022-08-04T07:00:00Z"),
            ("2022-08", "2022-08-20T10:00:00Z"),
        ] {
            assert!(!is_reversed(start, end), "{start} {end}");
        }
    }
}
