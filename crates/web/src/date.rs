//! Dates and times as people here read them: `4 August 2022`, London time.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};

/// London's time zone; UTC if the built-in table lacks it.
fn london() -> TimeZone {
    TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC)
}

fn local(time: ward_core::Timestamp) -> DateTime {
    let time = Timestamp::from_microsecond(time.as_micros()).unwrap_or(Timestamp::UNIX_EPOCH);
    london().to_datetime(time)
}

/// The day that it is in London.
pub(crate) fn today(now: ward_core::Timestamp) -> Date {
    local(now).date()
}

/// The hour of the day in London.
pub(crate) fn hour(now: ward_core::Timestamp) -> i8 {
    local(now).hour()
}

/// `4 August 2022`.
pub(crate) fn day(date: Date) -> String {
    format!("{} {} {}", date.day(), month(date.month()), date.year())
}

/// `4 August 2022 at 14:05`.
pub(crate) fn moment(time: ward_core::Timestamp) -> String {
    at(local(time))
}

/// `14:05`.
pub(crate) fn clock(time: ward_core::Timestamp) -> String {
    let time = local(time);
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn at(time: DateTime) -> String {
    format!(
        "{} at {:02}:{:02}",
        day(time.date()),
        time.hour(),
        time.minute()
    )
}

fn month(number: i8) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let index = usize::try_from(number).unwrap_or(0).saturating_sub(1);
    NAMES.get(index).copied().unwrap_or_default()
}

/// A FHIR date, dateTime or instant (R4, datatypes 2.24.0.1): to a year, a month, a day or a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FhirDate {
    /// Its first day, by which it is sorted.
    pub(crate) first: Date,
    precision: Precision,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Precision {
    Year,
    Month,
    Day,
    Moment(DateTime),
}

impl FhirDate {
    /// Reads one. A moment is turned into London's time.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (first, precision) = match text.len() {
            4 => (format!("{text}-01-01").parse().ok()?, Precision::Year),
            7 => (format!("{text}-01").parse().ok()?, Precision::Month),
            10 => (text.parse().ok()?, Precision::Day),
            _ => {
                let time = london().to_datetime(text.parse::<Timestamp>().ok()?);
                (time.date(), Precision::Moment(time))
            }
        };
        Some(Self { first, precision })
    }

    /// As a day, or what is known of one.
    pub(crate) fn day(self) -> String {
        match self.precision {
            Precision::Year => self.first.year().to_string(),
            Precision::Month => format!("{} {}", month(self.first.month()), self.first.year()),
            Precision::Day | Precision::Moment(_) => day(self.first),
        }
    }

    /// With the time of day, where there is one.
    pub(crate) fn moment(self) -> String {
        match self.precision {
            Precision::Moment(time) => at(time),
            _ => self.day(),
        }
    }

    /// Sorts by day, then by time.
    pub(crate) fn order(self) -> (Date, Option<DateTime>) {
        let time = match self.precision {
            Precision::Moment(time) => Some(time),
            _ => None,
        };
        (self.first, time)
    }

    /// The age on a day, in the unit that means something at that age. `None` before birth, or
    /// where not even the year of birth is certain enough to count from.
    pub(crate) fn age_on(self, day: Date) -> Option<String> {
        if day < self.first {
            return None;
        }
        let count = |number: i64, unit: &str| {
            let plural = if number == 1 { "" } else { "s" };
            format!("{number} {unit}{plural}")
        };
        if self.precision == Precision::Year {
            let years = i64::from(day.year()) - i64::from(self.first.year());
            return Some(format!("about {}", count(years, "year")));
        }
        let span = self.first.until((jiff::Unit::Year, day)).ok()?;
        let months = i64::from(span.get_years()) * 12 + i64::from(span.get_months());
        Some(match months {
            24.. => count(months / 12, "year"),
            1..24 => count(months, "month"),
            _ => count(i64::from(span.get_days()), "day"),
        })
    }
}

/// The FHIR date of a day, month and year that a person typed, of which all but the year may be
/// missing: `1952`, `1952-08`, `1952-08-04`.
///
/// # Errors
/// What is wrong, for the person who typed it.
pub(crate) fn typed(parts: [&str; 3], today: Date) -> Result<Option<String>, &'static str> {
    let number = |text: &str, what| match text.trim() {
        "" => Ok(None),
        digits if digits.len() <= 4 => digits.parse::<i16>().map(Some).map_err(|_| what),
        _ => Err(what),
    };
    let [day, month, year] = parts;
    let day = number(day, "The day must be a number")?;
    let month = number(month, "The month must be a number")?;
    let year = number(year, "The year must be a number")?;
    let text = match (day, month, year) {
        (None, None, None) => return Ok(None),
        (_, _, None) => return Err("Type the year too"),
        (_, _, Some(..1880)) => return Err("Type the year with four digits"),
        (Some(_), None, _) => return Err("Type the month too"),
        (None, None, Some(year)) => format!("{year}"),
        (None, Some(month), Some(year)) => format!("{year}-{month:02}"),
        (Some(day), Some(month), Some(year)) => format!("{year}-{month:02}-{day:02}"),
    };
    match FhirDate::parse(&text) {
        None => Err("There is no such day"),
        Some(date) if date.first > today => Err("A date of birth is in the past"),
        Some(_) => Ok(Some(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_says_no_more_than_is_known() {
        for (text, day, moment) in [
            ("2022", "2022", "2022"),
            ("2022-08", "August 2022", "August 2022"),
            ("2022-08-04", "4 August 2022", "4 August 2022"),
            (
                "2022-08-04T13:05:00Z",
                "4 August 2022",
                "4 August 2022 at 14:05",
            ),
            (
                "2022-12-31T23:30:00-01:00",
                "1 January 2023",
                "1 January 2023 at 00:30",
            ),
        ] {
            let date = FhirDate::parse(text).unwrap();
            assert_eq!((date.day().as_str(), date.moment().as_str()), (day, moment));
        }
        for bad in [
            "",
            "soon",
            "2022-13",
            "2022-02-30",
            "20220804",
            "2022-08-04T99:00:00Z",
        ] {
            assert_eq!(FhirDate::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_age_is_in_the_unit_that_fits() {
        let age = |born: &str, on: &str| FhirDate::parse(born).unwrap().age_on(on.parse().unwrap());
        assert_eq!(age("1952-08-04", "2026-08-03").as_deref(), Some("73 years"));
        assert_eq!(age("1952-08-04", "2026-08-04").as_deref(), Some("74 years"));
        assert_eq!(
            age("2025-10-23", "2026-11-23").as_deref(),
            Some("13 months")
        );
        assert_eq!(age("2026-11-22", "2026-11-23").as_deref(), Some("1 day"));
        assert_eq!(age("1952", "2026-11-23").as_deref(), Some("about 74 years"));
        assert_eq!(age("2027-01-01", "2026-11-23"), None);
    }

    #[test]
    fn a_typed_date_may_be_only_a_year_and_is_explained_when_wrong() {
        let today = "2026-11-23".parse().unwrap();
        let days = |parts| typed(parts, today);
        let date = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!(days(["", " ", ""]), Ok(None));
        assert_eq!(days(["", "", "1952"]), date("1952"));
        assert_eq!(days(["", "2", "1952"]), date("1952-02"));
        assert_eq!(days(["4", "08", "1952"]), date("1952-08-04"));
        for bad in [
            ["31", "6", "1952"],
            ["4", "", "1952"],
            ["4", "8", ""],
            ["4", "8", "52"],
            ["x", "8", "1952"],
            ["4", "8", "2999"],
            ["4", "999", "1952"],
            ["-1", "8", "1952"],
            ["4", "8", "99999999999"],
        ] {
            assert!(days(bad).is_err(), "{bad:?}");
        }
    }
}
