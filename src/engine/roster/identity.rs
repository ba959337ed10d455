//! Identity documents and their numbers.

use super::codes::Sex;
use crate::date::{Date, DateError};
use crate::text::{fold_width, masked_number};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A kind of identity document (证件类型).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdKind {
    /// 居民身份证.
    ResidentIdCard,
    /// 港澳台居民居住证, with a number of the same form.
    ResidencePermit,
    /// 港澳居民来往内地通行证.
    HongKongMacauTravelPermit,
    /// 台湾居民来往大陆通行证.
    TaiwanTravelPermit,
    /// 外国人永久居留身份证.
    ForeignPermanentResidentCard,
    /// 护照.
    Passport,
}

/// An identity document: its kind and its number, which is checked as its kind demands.
///
/// In JSON two fields, `id_kind` and `id_number`. `Debug` masks the number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct IdDocument {
    kind: IdKind,
    number: String,
}

/// Why a number does not belong to a document of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdNumberError {
    /// The 15 digits that were issued until 1999 and are void since 2013.
    #[error("number is of the old form with 15 digits")]
    OldForm,
    /// Not 18 characters.
    #[error("number has {found} characters, not 18")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// Not 17 digits and a digit or X.
    #[error("number is not 17 digits followed by a digit or X")]
    Character,
    /// The digits 7 to 14 are no real date of birth.
    #[error("number holds a date of birth that does not exist")]
    BirthDate,
    /// The last character is not the one that GB 11643 computes.
    #[error("check character does not agree")]
    Checksum,
    /// A number of another document that is not 5 to 20 letters and digits.
    #[error("number is not 5 to 20 letters, digits, hyphens or brackets")]
    FreeForm,
}

impl IdKind {
    /// All kinds.
    pub const ALL: &[Self] = &[
        Self::ResidentIdCard,
        Self::ResidencePermit,
        Self::HongKongMacauTravelPermit,
        Self::TaiwanTravelPermit,
        Self::ForeignPermanentResidentCard,
        Self::Passport,
    ];

    /// The Chinese name, as exports write it.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::ResidentIdCard => "居民身份证",
            Self::ResidencePermit => "港澳台居民居住证",
            Self::HongKongMacauTravelPermit => "港澳居民来往内地通行证",
            Self::TaiwanTravelPermit => "台湾居民来往大陆通行证",
            Self::ForeignPermanentResidentCard => "外国人永久居留身份证",
            Self::Passport => "护照",
        }
    }

    /// Reads a name, including the short ones in use (身份证, 港澳居民居住证, 回乡证, 台胞证, 外国护照 …).
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text: String = fold_width(text).split_whitespace().collect();
        if let Some(kind) = Self::ALL.iter().find(|kind| kind.chinese() == text) {
            return Some(*kind);
        }
        match text.as_str() {
            "身份证" | "二代身份证" | "中华人民共和国居民身份证" => Some(Self::ResidentIdCard),
            "港澳居民居住证" | "台湾居民居住证" | "居住证" | "港澳台居住证" => {
                Some(Self::ResidencePermit)
            }
            "港澳通行证" | "回乡证" | "港澳居民通行证" => Some(Self::HongKongMacauTravelPermit),
            "台湾通行证" | "台胞证" | "台湾居民通行证" => Some(Self::TaiwanTravelPermit),
            "外国人永久居留证" | "永久居留身份证" => Some(Self::ForeignPermanentResidentCard),
            "外国护照" | "外籍护照" | "中国护照" => Some(Self::Passport),
            _ => None,
        }
    }

    /// Whether the number is a citizen number of GB 11643, with date of birth, sex and check character.
    #[must_use]
    pub const fn has_citizen_number(self) -> bool {
        matches!(self, Self::ResidentIdCard | Self::ResidencePermit)
    }
}

impl IdDocument {
    /// Reads a number as its kind demands: full width is folded, small letters become capital ones.
    ///
    /// # Errors
    /// [`IdNumberError`].
    pub fn read(kind: IdKind, number: &str) -> Result<Self, IdNumberError> {
        let number = fold_width(number.trim()).to_ascii_uppercase();
        if kind.has_citizen_number() {
            check_citizen_number(&number)?;
        } else {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'(' | b')' | b'/');
            if !(5..=20).contains(&number.len()) || !number.bytes().all(allowed) {
                return Err(IdNumberError::FreeForm);
            }
        }
        Ok(Self { kind, number })
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> IdKind {
        self.kind
    }

    /// The number in full.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The number as it may be shown: `100000********0025`.
    #[must_use]
    pub fn masked(&self) -> String {
        masked_number(&self.number)
    }

    /// The date of birth in the number; `None` for documents whose number holds none.
    #[must_use]
    pub fn birth_date(&self) -> Option<Date> {
        if self.kind.has_citizen_number() { birth_date(&self.number).ok() } else { None }
    }

    /// The sex in the number's 17th digit, odd for men; `None` for documents whose number holds none.
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        if !self.kind.has_citizen_number() {
            return None;
        }
        let digit = self.number.as_bytes().get(16)?;
        Some(if digit % 2 == 1 { Sex::Male } else { Sex::Female })
    }
}

/// The check character of GB 11643-1999 (ISO 7064, MOD 11-2) for 17 digits; `None` when they are not 17 digits.
#[must_use]
pub fn check_character(digits: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    if digits.len() != 17 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let sum: u32 = digits.bytes().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    "10X98765432".chars().nth((sum % 11) as usize)
}

fn check_citizen_number(number: &str) -> Result<(), IdNumberError> {
    let found = number.chars().count();
    if found == 15 && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(IdNumberError::OldForm);
    }
    if found != 18 {
        return Err(IdNumberError::Length { found });
    }
    let (Some(digits), Some(last)) = (number.get(..17), number.get(17..)) else {
        return Err(IdNumberError::Character);
    };
    let Some(check) = check_character(digits) else {
        return Err(IdNumberError::Character);
    };
    if !last.bytes().all(|byte| byte.is_ascii_digit() || byte == b'X') || number.starts_with('0') {
        return Err(IdNumberError::Character);
    }
    match birth_date(number) {
        Ok(date) if date.year() >= 1900 => {}
        _ => return Err(IdNumberError::BirthDate),
    }
    if last.starts_with(check) { Ok(()) } else { Err(IdNumberError::Checksum) }
}

fn birth_date(number: &str) -> Result<Date, DateError> {
    number.get(6..14).map_or(Err(DateError::Form), Date::read)
}

/// The form in JSON.
#[derive(Serialize, Deserialize)]
struct Fields {
    id_kind: IdKind,
    id_number: String,
}

impl TryFrom<Fields> for IdDocument {
    type Error = IdNumberError;
    fn try_from(fields: Fields) -> Result<Self, IdNumberError> {
        Self::read(fields.id_kind, &fields.id_number)
    }
}

impl From<IdDocument> for Fields {
    fn from(document: IdDocument) -> Self {
        Self { id_kind: document.kind, id_number: document.number }
    }
}

impl fmt::Debug for IdDocument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "IdDocument({:?} {})", self.kind, self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resident(number: &str) -> Result<IdDocument, IdNumberError> {
        IdDocument::read(IdKind::ResidentIdCard, number)
    }

    #[test]
    fn numbers_of_the_unassigned_region_are_read() -> Result<(), Box<dyn std::error::Error>> {
        let woman = resident("100000196803140025")?;
        assert_eq!(woman.birth_date(), Some(Date::new(1968, 3, 14)?));
        assert_eq!(woman.sex(), Some(Sex::Female));
        assert_eq!(woman.masked(), "100000********0025");
        assert_eq!(resident("１０００００１９６６０９０８１０５ｘ")?.number(), "10000019660908105X");
        assert_eq!(resident("10000019660908105x")?.sex(), Some(Sex::Male));
        assert_eq!(resident(" 100000197506061042\u{3000}")?.number(), "100000197506061042");
        assert!(IdDocument::read(IdKind::ResidencePermit, "100000197506061042").is_ok());
        Ok(())
    }

    #[test]
    fn each_defect_has_its_name() {
        assert_eq!(resident("100000197902290015"), Err(IdNumberError::BirthDate));
        assert_eq!(resident("100000189912310019"), Err(IdNumberError::BirthDate));
        assert_eq!(resident("100000196803140026"), Err(IdNumberError::Checksum));
        assert_eq!(resident("100000196803140052"), Err(IdNumberError::Checksum), "two digits exchanged");
        assert_eq!(resident("10000019680314002"), Err(IdNumberError::Length { found: 17 }));
        assert_eq!(resident("100000680314002"), Err(IdNumberError::OldForm));
        assert_eq!(resident("10000019680314 025"), Err(IdNumberError::Character));
        assert_eq!(resident("1000001968031400二5"), Err(IdNumberError::Character));
        assert_eq!(resident("000000196803140025"), Err(IdNumberError::Character));
        assert_eq!(IdDocument::read(IdKind::Passport, "E123"), Err(IdNumberError::FreeForm));
        assert_eq!(IdDocument::read(IdKind::Passport, "E12345678 9"), Err(IdNumberError::FreeForm));
    }

    #[test]
    fn other_documents_tell_nothing() -> Result<(), IdNumberError> {
        let passport = IdDocument::read(IdKind::Passport, "e12345678")?;
        assert_eq!((passport.number(), passport.birth_date(), passport.sex()), ("E12345678", None, None));
        Ok(())
    }

    #[test]
    fn json_and_debug() -> Result<(), Box<dyn std::error::Error>> {
        let document = resident("100000196803140025")?;
        let json = r#"{"id_kind":"resident_id_card","id_number":"100000196803140025"}"#;
        assert_eq!(serde_json::to_string(&document)?, json);
        assert_eq!(serde_json::from_str::<IdDocument>(json)?, document);
        assert!(serde_json::from_str::<IdDocument>(&json.replace("0025", "0026")).is_err());
        assert!(!format!("{document:?}").contains("19680314"));
        Ok(())
    }

    #[test]
    fn names_in_use_are_read() {
        assert_eq!(IdKind::read("身份证"), Some(IdKind::ResidentIdCard));
        assert_eq!(IdKind::read(" 居民 身份证 "), Some(IdKind::ResidentIdCard));
        assert_eq!(IdKind::read("台湾居民居住证"), Some(IdKind::ResidencePermit));
        assert_eq!(IdKind::read("驾驶证"), None);
    }
}
