//! The code on a printed certificate: what the page shows, signed, in a QR code of at most 65
//! modules a side. Version 1.
//!
//! The text is `KP1:` and the Base45 (RFC 9285) of a COSE_Sign1 with ES256 (RFC 9052). It holds
//! what the page shows anyway, never the whole ID number: name and number are bound by a commitment
//! whose salt is printed beside the code. With the salt inside, the number would be found in
//! minutes, because a citizen number has few unknown digits once six and four of them are shown.

use super::certificate::{Basis, CertificateCredential};
use super::credential::ORGANIZATION_URN;
use crate::bank::Level;
use crate::date::Date;
use crate::plan::certificate::CertificateNumber;
use crate::roster::{IdDocument, PersonName};
use kaoping_record::base45::{self, Base45Error};
use kaoping_record::cbor::{CborError, Value};
use kaoping_record::cose::{self, CoseError};
use kaoping_record::digest::Digest;
use kaoping_record::id::{IdSeed, base32};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the text begins with.
pub const PREFIX: &str = "KP1:";
/// The longest text: what a QR code of 65 modules (version 12) holds at level M in its alphanumeric
/// mode (ISO/IEC 18004, table 7).
pub const MAX_CODE_CHARS: usize = 419;
/// The longest text that is read, with blanks and a salt that people paste with it.
pub const MAX_PASTED_BYTES: usize = 2048;
/// Length of the salt in characters.
pub const SALT_CHARS: usize = 16;

/// Bytes of the commitment to name and ID number.
const HOLDER_BYTES: usize = 16;
/// Bytes by which a record of the log is named.
const RECORD_BYTES: usize = 12;
/// Bytes of the signed form beside its payload: tags, lengths, header, key and signature.
const FRAME_BYTES: usize = 85;
/// The kind of the payload: a certificate, version 1.
const KIND: i64 = 1;

/// What a certificate's code says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CertificateCode {
    /// Who issued it: `urn:kaoping:organization:` and the unified social credit code.
    pub issuer: String,
    /// The certificate's number.
    pub number: CertificateNumber,
    /// The level of the certificate (技能等级): 5, 4 or 3.
    pub level: Level,
    /// The day that is printed on it.
    pub issued_on: Date,
    /// The holder's name as it is printed. One that is too long for the code ends in `…`.
    pub name: String,
    /// The ID number as it is printed, with most of its characters hidden.
    pub id_masked: String,
    /// Whether it comes from a sample bank, and so certifies nobody.
    pub sample: bool,
    /// Commitment to name and ID number, whose salt is printed beside the code.
    #[serde(skip)]
    pub holder: HolderTag,
    /// The certificate's record in the log.
    #[serde(skip)]
    pub certificate: RecordTag,
    /// The results that it rests on.
    #[serde(skip)]
    pub results: Vec<RecordTag>,
}

/// The first 16 bytes of the commitment to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HolderTag([u8; HOLDER_BYTES]);

/// The first 12 bytes of a record's identity: enough to find it, in a place that holds few bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordTag([u8; RECORD_BYTES]);

/// The salt that is printed beside the code: 80 random bits as 16 characters of Crockford's base
/// 32.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodeSalt(String);

/// Text that is no salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a salt has {SALT_CHARS} letters and digits")]
pub struct CodeSaltError;

/// Why a text is no code of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Too long, or without [`PREFIX`].
    #[error("not a certificate's code")]
    Form,
    /// Not Base45.
    #[error(transparent)]
    Text(#[from] Base45Error),
    /// Not a signed payload.
    #[error(transparent)]
    Signed(#[from] CoseError),
    /// A payload of another form.
    #[error("{0}")]
    Payload(#[from] CborError),
    /// A member is missing, is too many, or contradicts another one.
    #[error("member {0} is not as it must be")]
    Member(i64),
    /// Too long for the QR code even with a short name.
    #[error("the code would have more than 65 modules a side")]
    Long,
}

/// The members of the payload.
mod member {
    pub(super) const KIND: i64 = 0;
    pub(super) const ISSUER: i64 = 1;
    pub(super) const NUMBER: i64 = 2;
    pub(super) const LEVEL: i64 = 3;
    pub(super) const ISSUED_ON: i64 = 4;
    pub(super) const NAME: i64 = 5;
    pub(super) const ID_MASKED: i64 = 6;
    pub(super) const HOLDER: i64 = 7;
    pub(super) const CERTIFICATE: i64 = 8;
    pub(super) const RESULTS: i64 = 9;
    pub(super) const SAMPLE: i64 = 10;
}

impl HolderTag {
    /// Commits to a person of this name and document.
    #[must_use]
    pub fn new(salt: &CodeSalt, name: &PersonName, document: &IdDocument) -> Self {
        let digest = Digest::of_parts(&[
            b"kaoping/certificate-code/1",
            salt.0.as_bytes(),
            name.comparison_form().as_bytes(),
            document.kind().chinese().as_bytes(),
            document.number().as_bytes(),
        ]);
        Self(digest.as_bytes().first_chunk().copied().unwrap_or_default())
    }
}

impl RecordTag {
    /// The name of a record here.
    #[must_use]
    pub fn of(record: &Digest) -> Self {
        Self(record.as_bytes().first_chunk().copied().unwrap_or_default())
    }
}

impl CodeSalt {
    /// A new salt from random bits.
    #[must_use]
    pub fn random(seed: IdSeed) -> Self {
        Self(base32(seed))
    }

    /// Reads a salt as people type it: in small or capital letters, with blanks or hyphens, and
    /// with O, I and L for the digits that they look like.
    ///
    /// # Errors
    /// [`CodeSaltError`].
    pub fn read(text: &str) -> Result<Self, CodeSaltError> {
        let letters = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
        let salt: String = letters
            .map(|letter| match letter.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                letter => letter,
            })
            .collect();
        let known = |byte: u8| byte.is_ascii_digit() || (byte.is_ascii_lowercase() && byte != b'u');
        if salt.len() == SALT_CHARS && salt.bytes().all(known) { Ok(Self(salt)) } else { Err(CodeSaltError) }
    }

    /// The salt as it is printed: four groups of four capital letters and digits.
    #[must_use]
    pub fn printed(&self) -> String {
        let mut printed = String::with_capacity(SALT_CHARS + 3);
        for (place, letter) in self.0.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                printed.push('-');
            }
            printed.push(letter.to_ascii_uppercase());
        }
        printed
    }
}

impl fmt::Debug for CodeSalt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CodeSalt(…)")
    }
}

impl TryFrom<String> for CodeSalt {
    type Error = CodeSaltError;

    fn try_from(text: String) -> Result<Self, CodeSaltError> {
        Self::read(&text)
    }
}

impl From<CodeSalt> for String {
    fn from(salt: CodeSalt) -> Self {
        salt.0
    }
}

impl CertificateCode {
    /// The code of a certificate for a person. A name that is too long for it is cut; the
    /// commitment covers all of it.
    ///
    /// # Errors
    /// [`CodeError::Long`] when even a name of one letter is too long.
    pub fn new(
        certificate: &CertificateCredential,
        record: &Digest,
        (name, document): (&PersonName, &IdDocument),
        salt: &CodeSalt,
    ) -> Result<Self, CodeError> {
        let subject = &certificate.credential_subject;
        let results = match &subject.basis {
            Basis::Exam { results } => results.iter().map(RecordTag::of).collect(),
            Basis::Contest { .. } => Vec::new(),
        };
        let mut code = Self {
            issuer: certificate.issuer.id.clone(),
            number: subject.number.clone(),
            level: subject.level,
            issued_on: subject.issued_on,
            name: name.as_str().to_owned(),
            id_masked: document.masked(),
            sample: subject.label.is_some(),
            holder: HolderTag::new(salt, name, document),
            certificate: RecordTag::of(record),
            results,
        };
        let mut letters: Vec<char> = code.name.chars().collect();
        while !code.fits() {
            letters.pop();
            if letters.is_empty() {
                return Err(CodeError::Long);
            }
            code.name = letters.iter().chain(&['…']).collect();
        }
        Ok(code)
    }

    /// The payload's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let text = |text: &str| Value::Text(text.to_owned());
        let (year, month, day) = (self.issued_on.year(), self.issued_on.month(), self.issued_on.day());
        let issued_on = i64::from(year) * 10_000 + i64::from(month) * 100 + i64::from(day);
        let mut members = vec![
            (member::KIND, Value::Integer(KIND)),
            (member::ISSUER, text(self.issuer.strip_prefix(ORGANIZATION_URN).unwrap_or(&self.issuer))),
            (member::NUMBER, text(self.number.as_str())),
            (member::LEVEL, Value::Integer(i64::from(self.level.number()))),
            (member::ISSUED_ON, Value::Integer(issued_on)),
            (member::NAME, text(&self.name)),
            (member::ID_MASKED, text(&self.id_masked)),
            (member::HOLDER, Value::Bytes(self.holder.0.to_vec())),
            (member::CERTIFICATE, Value::Bytes(self.certificate.0.to_vec())),
        ];
        if !self.results.is_empty() {
            let tags = self.results.iter().flat_map(|tag| tag.0).collect();
            members.push((member::RESULTS, Value::Bytes(tags)));
        }
        if self.sample {
            members.push((member::SAMPLE, Value::Integer(1)));
        }
        Value::Map(members).to_bytes()
    }

    /// Reads a payload.
    ///
    /// # Errors
    /// [`CodeError::Payload`], [`CodeError::Member`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CodeError> {
        let Value::Map(members) = Value::from_bytes(bytes)? else { return Err(CodeError::Member(member::KIND)) };
        let mut members = Members(members);
        if members.integer(member::KIND)? != KIND {
            return Err(CodeError::Member(member::KIND));
        }
        let issuer = members.text(member::ISSUER)?;
        let number: CertificateNumber =
            members.text(member::NUMBER)?.parse().map_err(|_| CodeError::Member(member::NUMBER))?;
        let level = u8::try_from(members.integer(member::LEVEL)?).ok().and_then(|level| Level::try_from(level).ok());
        let level = level.filter(|level| number.level() == Some(*level)).ok_or(CodeError::Member(member::LEVEL))?;
        let issued_on = date(members.integer(member::ISSUED_ON)?).filter(|day| day.year() == number.year());
        let code = Self {
            issuer: format!("{ORGANIZATION_URN}{issuer}"),
            number,
            level,
            issued_on: issued_on.ok_or(CodeError::Member(member::ISSUED_ON))?,
            name: members.text(member::NAME)?,
            id_masked: members.text(member::ID_MASKED)?,
            holder: HolderTag(members.array(member::HOLDER)?),
            certificate: RecordTag(members.array(member::CERTIFICATE)?),
            results: members.records()?,
            sample: members.flag()?,
        };
        match members.0.first() {
            Some((unknown, _)) => Err(CodeError::Member(*unknown)),
            None if code.name.is_empty() => Err(CodeError::Member(member::NAME)),
            None => Ok(code),
        }
    }

    fn fits(&self) -> bool {
        let bytes = self.to_bytes().len() + FRAME_BYTES;
        PREFIX.len() + (bytes * 3).div_ceil(2) <= MAX_CODE_CHARS
    }
}

/// The text of a signed code.
#[must_use]
pub fn to_text(signed: &cose::Unverified) -> String {
    format!("{PREFIX}{}", base45::encode(&signed.to_bytes()))
}

/// A code as somebody read or pasted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadCode {
    /// The signed form, whose signature was not yet checked.
    pub signed: cose::Unverified,
    /// What it says.
    pub code: CertificateCode,
    /// The salt, where it stands behind the code.
    pub salt: Option<CodeSalt>,
}

/// Whether a text is meant as a code.
#[must_use]
pub fn is_code(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with(PREFIX)
}

/// Reads a code, which may be followed by a line with its salt.
///
/// # Errors
/// [`CodeError`].
pub fn read(text: &str) -> Result<ReadCode, CodeError> {
    if text.len() > MAX_PASTED_BYTES {
        return Err(CodeError::Form);
    }
    let text = text.trim_start_matches('\u{feff}').trim();
    let (line, below) = text.split_once('\n').unwrap_or((text, ""));
    let line = line.trim_end_matches('\r');
    let body = line.strip_prefix(PREFIX).filter(|_| line.len() <= MAX_CODE_CHARS).ok_or(CodeError::Form)?;
    let signed = cose::Unverified::parse(&base45::decode(body)?)?;
    let code = CertificateCode::from_bytes(signed.payload())?;
    let salt = if below.trim().is_empty() { None } else { Some(CodeSalt::read(below).map_err(|_| CodeError::Form)?) };
    Ok(ReadCode { signed, code, salt })
}

fn date(number: i64) -> Option<Date> {
    let part = |value: i64| u8::try_from(value).ok();
    Date::new(u16::try_from(number / 10_000).ok()?, part(number / 100 % 100)?, part(number % 100)?).ok()
}

/// Members that were not taken yet.
struct Members(Vec<(i64, Value)>);

impl Members {
    fn take(&mut self, key: i64) -> Option<Value> {
        let place = self.0.iter().position(|(known, _)| *known == key)?;
        Some(self.0.remove(place).1)
    }

    fn integer(&mut self, key: i64) -> Result<i64, CodeError> {
        match self.take(key) {
            Some(Value::Integer(number)) => Ok(number),
            _ => Err(CodeError::Member(key)),
        }
    }

    fn text(&mut self, key: i64) -> Result<String, CodeError> {
        match self.take(key) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(CodeError::Member(key)),
        }
    }

    fn array<const N: usize>(&mut self, key: i64) -> Result<[u8; N], CodeError> {
        match self.take(key) {
            Some(Value::Bytes(bytes)) => bytes.try_into().map_err(|_| CodeError::Member(key)),
            _ => Err(CodeError::Member(key)),
        }
    }

    /// The results' names, one behind the other.
    fn records(&mut self) -> Result<Vec<RecordTag>, CodeError> {
        let wrong = CodeError::Member(member::RESULTS);
        match self.take(member::RESULTS) {
            None => Ok(Vec::new()),
            Some(Value::Bytes(bytes)) if !bytes.is_empty() => {
                let (tags, rest) = bytes.as_chunks::<RECORD_BYTES>();
                if rest.is_empty() { Ok(tags.iter().copied().map(RecordTag).collect()) } else { Err(wrong) }
            }
            Some(_) => Err(wrong),
        }
    }

    fn flag(&mut self) -> Result<bool, CodeError> {
        match self.take(member::SAMPLE) {
            None => Ok(false),
            Some(Value::Integer(1)) => Ok(true),
            Some(_) => Err(CodeError::Member(member::SAMPLE)),
        }
    }
}

#[cfg(test)]
mod tests;
