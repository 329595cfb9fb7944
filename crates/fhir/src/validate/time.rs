//! Dates and times, which may be partial (FHIR R4, datatypes: date, dateTime, instant, time).

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, a day that the calendar has.
pub(super) fn is_date(text: &str) -> bool {
    match text.len() {
        4 => year(text).is_some(),
        7 => month(text).is_some(),
        10 => is_day(text),
        _ => false,
    }
}

/// A date, or a date with time and time zone.
pub(super) fn is_date_time(text: &str) -> bool {
    if text.contains('T') {
        is_instant(text)
    } else {
        is_date(text)
    }
}

/// A day, a time and a time zone.
pub(super) fn is_instant(text: &str) -> bool {
    let Some((day, rest)) = text.split_once('T') else {
        return false;
    };
    let zone_at = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at_checked(zone_at).unwrap_or((rest, ""));
    day.len() == 10 && is_day(day) && is_time(time) && is_zone(zone)
}

/// `hh:mm:ss`, with a fraction of the second or without. 60 is a leap second.
pub(super) fn is_time(text: &str) -> bool {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let is_fraction =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    whole.len() == 8
        && number(whole, 0, 2).is_some_and(|hour| hour < 24)
        && is_at(whole, 2, b':')
        && number(whole, 3, 5).is_some_and(|minute| minute < 60)
        && is_at(whole, 5, b':')
        && number(whole, 6, 8).is_some_and(|second| second <= 60)
        && fraction.is_none_or(is_fraction)
}

/// `Z`, or at most fourteen hours east or west.
fn is_zone(text: &str) -> bool {
    if text == "Z" {
        return true;
    }
    let hour = number(text, 1, 3);
    let minute = number(text, 4, 6).filter(|minute| *minute < 60);
    let in_range = match (hour, minute) {
        (Some(hour), Some(minute)) => hour * 60 + minute <= 14 * 60,
        _ => false,
    };
    text.len() == 6
        && (is_at(text, 0, b'+') || is_at(text, 0, b'-'))
        && is_at(text, 3, b':')
        && in_range
}

fn year(text: &str) -> Option<u32> {
    number(text, 0, 4).filter(|year| *year > 0)
}

/// The year and the month.
fn month(text: &str) -> Option<(u32, u32)> {
    let month = number(text, 5, 7).filter(|month| (1..=12).contains(month));
    Some((year(text)?, month?)).filter(|_| is_at(text, 4, b'-'))
}

fn is_day(text: &str) -> bool {
    let Some((year, month)) = month(text) else {
        return false;
    };
    let is_leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    is_at(text, 7, b'-') && number(text, 8, 10).is_some_and(|day| (1..=days).contains(&day))
}

fn is_at(text: &str, place: usize, byte: u8) -> bool {
    text.as_bytes().get(place) == Some(&byte)
}

fn number(text: &str, from: usize, to: usize) -> Option<u32> {
    let digits = text.as_bytes().get(from..to)?;
    digits.iter().try_fold(0, |value, digit| {
        digit
            .is_ascii_digit()
            .then(|| value * 10 + u32::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_days_that_the_calendar_has() {
        for text in [
            "2022",
            "2022-08",
            "2022-08-04",
            "2024-02-29",
            "2000-02-29",
            "0001",
        ] {
            assert!(is_date(text) && is_date_time(text), "{text}");
        }
        for text in [
            "",
            "0000",
            "22",
            "2022-13",
            "2022-00",
            "2023-02-29",
            "1900-02-29",
            "2022-04-31",
            "2022-08-00",
            "2022-8-4",
            "2022/08/04",
            "2022-08-04Z",
            "+2022",
            "２０２２",
            "2022-08-0é",
        ] {
            assert!(!is_date(text) && !is_date_time(text), "{text}");
        }
    }

    #[test]
    fn a_time_of_day_needs_seconds_and_a_zone() {
        for text in [
            "2022-08-04T07:00:00Z",
            "2022-08-04T07:00:00.123456789+01:00",
            "2016-12-31T23:59:60Z",
            "2022-08-04T07:00:00-14:00",
        ] {
            assert!(is_instant(text) && is_date_time(text), "{text}");
        }
        for text in [
            "2022-08-04T07:00:00",
            "2022-08-04T07:00Z",
            "2022-08-04T24:00:00Z",
            "2022-08T07:00:00Z",
            "2022-08-04T07:60:00Z",
            "2022-08-04T07:00:61Z",
            "2022-08-04T07:00:00.Z",
            "2022-08-04T07:00:00+14:01",
            "2022-08-04T07:00:00+0100",
            "2022-08-04t07:00:00z",
            "2022-08-04T07:00:00ZZ",
            "2022-08-04 07:00:00Z",
            "2022-08-04T",
        ] {
            assert!(!is_instant(text) && !is_date_time(text), "{text}");
        }
        assert!(is_time("07:00:00") && is_time("07:00:00.5"));
        assert!(!is_time("07:00") && !is_time("7:00:00") && !is_time("07:00:00Z"));
    }
}
