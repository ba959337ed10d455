//! The number of a certificate (证书编号): 22 characters, each group with its meaning, never reused.

use crate::bank::Level;
use crate::plan::organization::{Category, Organization};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The greatest serial number of an organization, year and level.
pub const MAX_SERIAL: u32 = 999_999;

/// First two digits of GB/T 2260: provinces, autonomous regions, municipalities, special
/// administrative regions.
const PROVINCES: [u8; 34] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82,
];

/// A certificate's number: category `S` or `Y`, 4 organization, 2 province, 6 site, 2 year, 1
/// level, 6 serial.
///
/// In JSON and in print the 22 characters without blanks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
#[serde(try_from = "String", into = "String")]
pub struct CertificateNumber(String);

/// Why there is no such certificate number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateNumberError {
    /// Not 22 characters.
    #[error("certificate number has {found} characters, not 22")]
    Length {
        /// Length of the text in characters.
        found: usize,
    },
    /// The first character is neither `S` nor `Y`.
    #[error("certificate number begins with `{0}`, not with S (evaluation organization) or Y (employer)")]
    Category(char),
    /// A group holds other characters than it may.
    #[error("{group} is `{found}`, not {expected}")]
    Group {
        /// The group's name, such as `site`.
        group: &'static str,
        /// The content of the part.
        found: String,
        /// The characters that are allowed.
        expected: &'static str,
    },
    /// No province of GB/T 2260.
    #[error("province `{0}` is not in GB/T 2260")]
    Province(String),
    /// No level of the occupation.
    #[error("level `{0}` is not 5, 4 or 3")]
    Level(char),
    /// Serial numbers run from 000001 to 999999.
    #[error("serial {0} is not from 1 to 999999")]
    Serial(u32),
    /// A year that two digits cannot express, or before certificates of this form.
    #[error("year {0} is not from 2000 to 2099")]
    Year(u16),
}

impl CertificateNumber {
    /// The number with a serial, of an organization as it is filed.
    ///
    /// # Errors
    /// [`CertificateNumberError`] naming the group that cannot be written.
    pub fn new(
        organization: &Organization,
        year: u16,
        level: Level,
        serial: u32,
    ) -> Result<Self, CertificateNumberError> {
        if !(2000..=2099).contains(&year) {
            return Err(CertificateNumberError::Year(year));
        }
        if !(1..=MAX_SERIAL).contains(&serial) {
            return Err(CertificateNumberError::Serial(serial));
        }
        let category = match organization.category {
            Category::S => 'S',
            Category::Y => 'Y',
        };
        let Organization { organization_code, province, site_code, .. } = organization;
        group("organization", organization_code, 4, code, CODE)?;
        group("province", province, 2, digit, DIGITS)?;
        group("site", site_code, 6, code, CODE)?;
        format!("{category}{organization_code}{province}{site_code}{:02}{level}{serial:06}", year % 100).parse()
    }

    /// The 22 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The holder of the certificate.
    #[must_use]
    pub fn category(&self) -> Category {
        if self.0.starts_with('Y') { Category::Y } else { Category::S }
    }

    /// The organization's four characters; `0000` when it is filed with a province.
    #[must_use]
    pub fn organization(&self) -> &str {
        self.part(1, 5)
    }

    /// The province, two digits of GB/T 2260.
    #[must_use]
    pub fn province(&self) -> &str {
        self.part(5, 7)
    }

    /// The site's six characters.
    #[must_use]
    pub fn site(&self) -> &str {
        self.part(7, 13)
    }

    /// The year of issue, 2000 to 2099.
    #[must_use]
    pub fn year(&self) -> u16 {
        self.part(13, 15).parse::<u16>().map_or(2000, |year| 2000 + year)
    }

    /// The level's digit.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.part(15, 16).parse::<u8>().ok().and_then(|number| Level::try_from(number).ok())
    }

    /// The serial number, from 1, of the organization, year and level.
    #[must_use]
    pub fn serial(&self) -> u32 {
        self.part(16, 22).parse().unwrap_or_default()
    }

    fn part(&self, start: usize, end: usize) -> &str {
        self.0.get(start..end).unwrap_or_default()
    }
}

const CODE: &str = "digits or capital letters";
const DIGITS: &str = "digits";

fn code(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase()
}

fn digit(byte: u8) -> bool {
    byte.is_ascii_digit()
}

fn group(
    name: &'static str,
    found: &str,
    length: usize,
    allowed: fn(u8) -> bool,
    expected: &'static str,
) -> Result<(), CertificateNumberError> {
    if found.len() == length && found.bytes().all(allowed) {
        Ok(())
    } else {
        Err(CertificateNumberError::Group { group: name, found: found.chars().take(22).collect(), expected })
    }
}

impl FromStr for CertificateNumber {
    type Err = CertificateNumberError;

    /// Reads the 22 characters, in capital letters and without blanks.
    fn from_str(text: &str) -> Result<Self, CertificateNumberError> {
        let found = text.chars().count();
        if found != 22 {
            return Err(CertificateNumberError::Length { found });
        }
        if let Some(first) = text.chars().next().filter(|first| !matches!(first, 'S' | 'Y')) {
            return Err(CertificateNumberError::Category(first));
        }
        // 22 characters that are not all ASCII have no groups by bytes.
        if !text.is_ascii() {
            return Err(CertificateNumberError::Group { group: "number", found: text.to_owned(), expected: CODE });
        }
        let number = Self(text.to_owned());
        group("organization", number.organization(), 4, code, CODE)?;
        group("province", number.province(), 2, digit, DIGITS)?;
        if !number.province().parse().is_ok_and(|province| PROVINCES.contains(&province)) {
            return Err(CertificateNumberError::Province(number.province().to_owned()));
        }
        group("site", number.site(), 6, code, CODE)?;
        group("year", number.part(13, 15), 2, digit, DIGITS)?;
        if number.level().is_none() {
            return Err(CertificateNumberError::Level(number.part(15, 16).chars().next().unwrap_or_default()));
        }
        group("serial", number.part(16, 22), 6, digit, DIGITS)?;
        if number.serial() == 0 { Err(CertificateNumberError::Serial(0)) } else { Ok(number) }
    }
}

impl TryFrom<String> for CertificateNumber {
    type Error = CertificateNumberError;
    fn try_from(text: String) -> Result<Self, CertificateNumberError> {
        text.parse()
    }
}

impl From<CertificateNumber> for String {
    fn from(number: CertificateNumber) -> Self {
        number.0
    }
}

impl fmt::Display for CertificateNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for CertificateNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CertificateNumber({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::organization::Filing;
    use CertificateNumberError as Error;

    fn organization() -> Result<Organization, crate::date::DateError> {
        Ok(Organization {
            name: "示例评价机构".to_owned(),
            credit_code: "91110000MA00000000".to_owned(),
            province: "31".to_owned(),
            category: Category::S,
            organization_code: "0000".to_owned(),
            site_code: "010023".to_owned(),
            filing: Filing {
                number: "示例001".to_owned(),
                occupation: "4-14-01-03".to_owned(),
                levels: vec![Level::Five],
                expires: "2029-12-31".parse()?,
            },
            complaint_contact: "示例".to_owned(),
        })
    }

    #[test]
    fn groups_of_a_number() -> Result<(), Box<dyn std::error::Error>> {
        let number = CertificateNumber::new(&organization()?, 2026, Level::Five, 42)?;
        assert_eq!(number.as_str(), "S000031010023265000042");
        let read: CertificateNumber = "Y00AB11ZZ0001993999999".parse()?;
        assert_eq!((read.category(), read.organization(), read.province()), (Category::Y, "00AB", "11"));
        assert_eq!(
            (read.site(), read.year(), read.level(), read.serial()),
            ("ZZ0001", 2099, Some(Level::Three), 999_999)
        );
        assert_eq!(serde_json::from_str::<CertificateNumber>("\"S000031010023265000042\"")?, number);
        Ok(())
    }

    #[test]
    fn each_wrong_group_is_named() {
        let refused = |text: &str| text.parse::<CertificateNumber>().err();
        assert_eq!(refused(""), Some(Error::Length { found: 0 }));
        assert_eq!(refused("S00003101002326500042"), Some(Error::Length { found: 21 }));
        assert_eq!(refused("s000031010023265000042"), Some(Error::Category('s')));
        assert_eq!(refused("S000099010023265000042"), Some(Error::Province("99".to_owned())));
        assert_eq!(refused("S000031010023266000042"), Some(Error::Level('6')));
        assert_eq!(refused("S000031010023265000000"), Some(Error::Serial(0)));
        let group = |group, found: &str, expected| Some(Error::Group { group, found: found.to_owned(), expected });
        assert_eq!(refused("S00a031010023265000042"), group("organization", "00a0", CODE));
        assert_eq!(refused("S0000AB010023265000042"), group("province", "AB", DIGITS));
        assert_eq!(refused("S00003101 023265000042"), group("site", "01 023", CODE));
        assert_eq!(refused("S000031010023X65000042"), group("year", "X6", DIGITS));
        assert_eq!(refused("S00003101002326500004O"), group("serial", "00004O", DIGITS));
        assert_eq!(refused("S证书编号10023265000042000"), group("number", "S证书编号10023265000042000", CODE));
    }

    #[test]
    fn what_cannot_be_written_is_refused() -> Result<(), Box<dyn std::error::Error>> {
        let mut filed = organization()?;
        assert_eq!(CertificateNumber::new(&filed, 2026, Level::Five, 0), Err(Error::Serial(0)));
        assert_eq!(CertificateNumber::new(&filed, 2026, Level::Five, 1_000_000), Err(Error::Serial(1_000_000)));
        assert_eq!(CertificateNumber::new(&filed, 1999, Level::Five, 1), Err(Error::Year(1999)));
        filed.site_code = "12345".to_owned();
        let expected = Error::Group { group: "site", found: "12345".to_owned(), expected: CODE };
        assert_eq!(CertificateNumber::new(&filed, 2026, Level::Five, 1), Err(expected));
        Ok(())
    }
}
