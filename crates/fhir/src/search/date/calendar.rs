//! Days of the proleptic Gregorian calendar.

/// Days from 1970-01-01 of a date of the proleptic Gregorian calendar.
pub(crate) fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years that start in March put the leap day last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    era * 146_097 + year * 365 + year / 4 - year / 100 + (153 * month + 2) / 5 + day - 1 - 719_468
}

/// The year and month of a day counted from 1970-01-01: the inverse of [`days`].
pub(crate) fn year_and_month(day: i64) -> (i64, i64) {
    let day = day + 719_468;
    let (era, day) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let in_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * in_year + 2) / 153;
    let year = year + era * 400;
    if month < 10 {
        (year, month + 3)
    } else {
        (year + 1, month - 9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_1970_and_back() {
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2000, 3, 1), 11_017);
        let mut day = days(1, 1, 1);
        for year in 1..=2400 {
            for month in 1..=12 {
                assert_eq!(days(year, month, 1), day.max(days(year, month, 1)));
                assert_eq!(year_and_month(days(year, month, 1)), (year, month));
                assert_eq!(year_and_month(days(year, month, 28)), (year, month));
                day = days(year, month, 1);
            }
        }
        assert_eq!(year_and_month(days(2024, 2, 29)), (2024, 2));
        assert_eq!(days(2024, 2, 29) + 1, days(2024, 3, 1));
    }
}
