//! Time as records carry it: milliseconds since 1970-01-01T00:00:00Z.

use serde::{Deserialize, Serialize};

/// A point in time in milliseconds since the Unix epoch, UTC, without leap seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(i64);

impl Time {
    /// A time from its milliseconds since the epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This time moved by `millis`, which may be negative; stays at the end of the range instead of wrapping.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this time; negative when `earlier` is later.
    #[must_use]
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// RFC 3339 in UTC with seconds, as credentials print it (`2026-11-22T04:00:00Z`).
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let seconds = self.0.div_euclid(1000);
        let (year, month, day) = civil(seconds.div_euclid(86_400));
        let rest = seconds.rem_euclid(86_400);
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
    }

    /// Reads RFC 3339 exactly as [`Time::to_rfc3339`] writes it; `None` for another form or a day that does not exist.
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        let number = |place: std::ops::Range<usize>| text.get(place)?.parse::<u32>().ok().map(i64::from);
        let days = days_of_civil(number(0..4)?, number(5..7)?, number(8..10)?);
        let seconds = number(11..13)? * 3600 + number(14..16)? * 60 + number(17..19)?;
        let time = Self((days * 86_400 + seconds) * 1000);
        (time.to_rfc3339() == text).then_some(time)
    }
}

/// Days since 1970-01-01 of a day in the proleptic Gregorian calendar, the inverse of [`civil`].
#[must_use]
pub const fn days_of_civil(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin on 1 March put the leap day at the end of a year.
    let year = if month <= 2 { year - 1 } else { year };
    let shifted_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

/// Year, month and day of a count of days since 1970-01-01 in the proleptic Gregorian calendar.
#[must_use]
pub fn civil(days: i64) -> (i64, i64, i64) {
    // Eras of 400 years that begin on 1 March put the leap day at the end of a year.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_of_known_seconds() {
        // Values from `date -u -d @N`.
        assert_eq!(Time::from_millis(0).to_rfc3339(), "1970-01-01T00:00:00Z");
        assert_eq!(Time::from_millis(951_782_400_000).to_rfc3339(), "2000-02-29T00:00:00Z");
        assert_eq!(Time::from_millis(1_795_320_245_999).to_rfc3339(), "2026-11-22T04:04:05Z");
        assert_eq!(Time::from_millis(-1).to_rfc3339(), "1969-12-31T23:59:59Z");
        assert_eq!(Time::from_rfc3339("2000-02-29T00:00:00Z"), Some(Time::from_millis(951_782_400_000)));
        assert_eq!(Time::from_rfc3339("2026-11-22T04:04:05Z"), Some(Time::from_millis(1_795_320_245_000)));
        assert_eq!(Time::from_rfc3339("1969-12-31T23:59:59Z"), Some(Time::from_millis(-1000)));
        for text in ["", "2001-02-29T00:00:00Z", "2026-11-22T04:04:60Z", "2026-11-22 04:04:05Z", "2026-11-22T04:04:05"]
        {
            assert_eq!(Time::from_rfc3339(text), None, "{text}");
        }
    }
}
