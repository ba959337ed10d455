//! Civil dates as documents carry them: year, month and day in the Gregorian calendar, without time or zone.

use crate::text::fold_width;
use kaoping_record::time::{Time, civil, days_of_civil};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// A real day between the years 1000 and 9999, written `yyyy-mm-dd`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A month, or a day of it, as the day on which somebody took up work is often known: `yyyy-mm` or `yyyy-mm-dd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    first: Date,
    with_day: bool,
}

/// Text that is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Not written as a date.
    #[error("a date is written yyyy-mm-dd")]
    Form,
    /// Written as a date, but there is no such day.
    #[error("there is no such day in the calendar")]
    Impossible,
}

impl Date {
    /// A day of the calendar.
    ///
    /// # Errors
    /// [`DateError::Impossible`] when there is no such day, or the year has not four digits.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
        let real = (1000..=9999).contains(&year) && (1..=days_in(year, month)).contains(&day);
        if real { Ok(Self { year, month, day }) } else { Err(DateError::Impossible) }
    }

    /// Reads a date as people write it: `1968-03-14`, `1968/3/14`, `1968.3.14`, `1968年3月14日`, `19680314`, also in
    /// full width and with the time `00:00:00` that Excel adds.
    ///
    /// # Errors
    /// [`DateError`].
    pub fn read(text: &str) -> Result<Self, DateError> {
        let text = fold_width(text.trim());
        let text = text.strip_suffix("00:00:00").unwrap_or(&text).trim_end();
        match numbers(text)?.as_slice() {
            [year, month, day] if *year >= 1000 => Self::of_numbers(*year, *month, *day),
            [all] if text.len() == 8 => Self::of_numbers(all / 10_000, all / 100 % 100, all % 100),
            _ => Err(DateError::Form),
        }
    }

    /// The day in China (UTC+8) at a point in time.
    ///
    /// # Errors
    /// [`DateError::Impossible`] beyond the year 9999.
    pub fn in_china(time: Time) -> Result<Self, DateError> {
        Self::of_days(time.plus_millis(8 * 3_600_000).millis().div_euclid(86_400_000))
    }

    /// The day in China (UTC+8) at a time in RFC 3339 as credentials write it: UTC, with seconds.
    ///
    /// # Errors
    /// [`DateError::Form`] for another form; [`DateError::Impossible`] outside the years 1000 to 9999.
    pub fn of_rfc3339(text: &str) -> Result<Self, DateError> {
        Self::in_china(Time::from_rfc3339(text).ok_or(DateError::Form)?)
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, from 1.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// Completed years of age on `day` of somebody born on this day; 0 before the birth.
    #[must_use]
    pub fn age_on(self, day: Self) -> u32 {
        let had_birthday = (day.month, day.day) >= (self.month, self.day);
        u32::from(day.year).saturating_sub(u32::from(self.year) + u32::from(!had_birthday))
    }

    /// This day moved by `days`, which may be negative.
    ///
    /// # Errors
    /// [`DateError::Impossible`] beyond the years 1000 to 9999.
    pub fn plus_days(self, days: i64) -> Result<Self, DateError> {
        Self::of_days(self.days().saturating_add(days))
    }

    /// Days since 1970-01-01.
    fn days(self) -> i64 {
        days_of_civil(i64::from(self.year), i64::from(self.month), i64::from(self.day))
    }

    fn of_days(days: i64) -> Result<Self, DateError> {
        // Days beyond this lie far outside four-digit years and could overflow the calendar's arithmetic.
        if days.unsigned_abs() > 10_000_000 {
            return Err(DateError::Impossible);
        }
        let (year, month, day) = civil(days);
        let small = |number: i64| u32::try_from(number).map_err(|_| DateError::Impossible);
        Self::of_numbers(small(year)?, small(month)?, small(day)?)
    }

    fn of_numbers(year: u32, month: u32, day: u32) -> Result<Self, DateError> {
        let byte = |number: u32| u8::try_from(number).map_err(|_| DateError::Impossible);
        let year = u16::try_from(year).map_err(|_| DateError::Impossible)?;
        Self::new(year, byte(month)?, byte(day)?)
    }
}

impl PartialDate {
    /// Reads a month (`2015-07`, `2015年7月`, `2015.7`, `201507`) or a full date.
    ///
    /// # Errors
    /// [`DateError`].
    pub fn read(text: &str) -> Result<Self, DateError> {
        let folded = fold_width(text.trim());
        let month = match numbers(&folded).as_deref() {
            Ok([year, month]) => Some((*year, *month)),
            Ok([all]) if folded.len() == 6 => Some((all / 100, all % 100)),
            _ => None,
        };
        match month {
            Some((year, month)) => Ok(Self { first: Date::of_numbers(year, month, 1)?, with_day: false }),
            None => Ok(Self { first: Date::read(text)?, with_day: true }),
        }
    }
}

/// The numbers of a text that holds nothing but digits and the separators of dates; none may lack digits.
fn numbers(text: &str) -> Result<Vec<u32>, DateError> {
    let text = text.strip_suffix(['日', '月', '号']).unwrap_or(text);
    text.split(['-', '/', '.', '年', '月', '—', '–'])
        .map(|part| {
            let digits = (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            if digits { part.parse().map_err(|_| DateError::Form) } else { Err(DateError::Form) }
        })
        .collect()
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 0,
    }
}

impl FromStr for Date {
    type Err = DateError;

    /// Exactly `yyyy-mm-dd`.
    fn from_str(text: &str) -> Result<Self, DateError> {
        let date = Self::read(text)?;
        if date.to_string() == text { Ok(date) } else { Err(DateError::Form) }
    }
}

impl FromStr for PartialDate {
    type Err = DateError;

    /// Exactly `yyyy-mm` or `yyyy-mm-dd`.
    fn from_str(text: &str) -> Result<Self, DateError> {
        let date = Self::read(text)?;
        if date.to_string() == text { Ok(date) } else { Err(DateError::Form) }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Date({self})")
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.with_day {
            write!(formatter, "{}", self.first)
        } else {
            write!(formatter, "{:04}-{:02}", self.first.year, self.first.month)
        }
    }
}

macro_rules! serde_as_text {
    ($($name:ident)+) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )+};
}

serde_as_text! { Date PartialDate }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for text in [
            "1968-03-14",
            "1968/3/14",
            "1968.3.14",
            "1968年3月14日",
            "19680314",
            "１９６８－０３－１４",
            " 1968-3-14 00:00:00",
            "1968—03—14",
        ] {
            assert_eq!(Date::read(text).map(|d| d.to_string()), Ok("1968-03-14".to_owned()), "{text}");
        }
        for text in ["", "1968", "1968-03", "68-3-14x", "1968--3-14", "14 March 1968", "196803140", "2.49E4", "68-3-14"]
        {
            assert_eq!(Date::read(text), Err(DateError::Form), "{text}");
        }
    }

    #[test]
    fn refuses_days_that_do_not_exist() {
        for text in ["1979-02-29", "1900-02-29", "2023-04-31", "2023-13-01", "2023-00-10", "2023-01-00"] {
            assert_eq!(Date::read(text), Err(DateError::Impossible), "{text}");
        }
        assert!(Date::read("2000-02-29").is_ok());
        assert!("2000-2-29".parse::<Date>().is_err());
    }

    #[test]
    fn age_counts_completed_years() -> Result<(), DateError> {
        let born = Date::new(2010, 11, 22)?;
        assert_eq!(born.age_on(Date::new(2026, 11, 21)?), 15);
        assert_eq!(born.age_on(Date::new(2026, 11, 22)?), 16);
        assert_eq!(born.age_on(Date::new(2009, 1, 1)?), 0);
        assert_eq!(Date::new(2008, 2, 29)?.age_on(Date::new(2026, 2, 28)?), 17);
        Ok(())
    }

    #[test]
    fn moves_over_the_calendar() -> Result<(), DateError> {
        // Checked with `date -d '2024-02-28 + N days'`.
        let day = Date::new(2024, 2, 28)?;
        assert_eq!(day.plus_days(2)?, Date::new(2024, 3, 1)?);
        assert_eq!(day.plus_days(-59)?, Date::new(2023, 12, 31)?);
        assert_eq!(Date::new(1970, 1, 1)?.plus_days(20_514)?, Date::new(2026, 3, 2)?);
        assert!(day.plus_days(i64::MAX).is_err());
        // 2026-11-21T16:00:00Z is midnight in China.
        assert_eq!(Date::in_china(Time::from_millis(1_795_276_800_000))?, Date::new(2026, 11, 22)?);
        assert_eq!(Date::in_china(Time::from_millis(1_795_276_799_999))?, Date::new(2026, 11, 21)?);
        Ok(())
    }

    // Catches a credential's time of a lax form, and the day before or after the one in China.
    #[test]
    fn times_of_credentials_fall_on_a_day_in_china() -> Result<(), DateError> {
        assert_eq!(Date::of_rfc3339("2026-11-21T16:00:00Z")?, Date::new(2026, 11, 22)?);
        assert_eq!(Date::of_rfc3339("2026-11-21T15:59:59Z")?, Date::new(2026, 11, 21)?);
        assert_eq!(Date::of_rfc3339("2024-02-28T16:00:00Z")?, Date::new(2024, 2, 29)?);
        for text in [
            "2026-11-21",
            "2026-11-21T16:00:00",
            "2026-11-21T16:00:00+08:00",
            "2026-11-21T16:00:00.5Z",
            "2026-11-21t16:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-11-21T+1:00:00Z",
            "2026-13-01T00:00:00Z",
        ] {
            assert_eq!(Date::of_rfc3339(text), Err(DateError::Form), "{text}");
        }
        assert_eq!(Date::of_rfc3339("0999-01-01T00:00:00Z"), Err(DateError::Impossible));
        Ok(())
    }

    #[test]
    fn a_month_stays_a_month() {
        for text in ["2015-07", "2015年7月", "2015.7", "201507", "2015/07"] {
            assert_eq!(PartialDate::read(text).map(|d| d.to_string()), Ok("2015-07".to_owned()), "{text}");
        }
        assert_eq!(PartialDate::read("2015/7/1").map(|d| d.to_string()), Ok("2015-07-01".to_owned()));
        assert_eq!(PartialDate::read("2015-13"), Err(DateError::Impossible));
    }
}
