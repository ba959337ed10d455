//! Identifiers: opaque, short, ASCII, never reused.

/// The longest identifier, in bytes.
pub const MAX_ID_BYTES: usize = 64;

/// Text that cannot be an identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an identifier is 1 to {most} characters of a-z, 0-9, `-`, `.` or `_`; got `{text}`")]
pub struct IdError {
    text: String,
    most: usize,
}

/// Random bytes that go into a new identifier: 80 bits.
pub type IdSeed = [u8; 10];

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Declares types of identifiers of at most that many bytes: text of a-z, 0-9, `-`, `.` and `_`, in
/// JSON a string.
#[macro_export]
macro_rules! id_types {
    (at most $most:expr; $($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(value_type = String))]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
        pub struct $name(String);

        impl $name {
            /// Reads an identifier.
            ///
            /// # Errors
            /// [`IdError`]($crate::id::IdError) when it is empty, too long or holds another
            /// character.
            pub fn new(text: impl Into<String>) -> Result<Self, $crate::id::IdError> {
                $crate::id::checked(text.into(), $most).map(Self)
            }

            /// The identifier's text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::id::IdError;
            fn from_str(text: &str) -> Result<Self, $crate::id::IdError> {
                Self::new(text)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(<String as ::serde::Deserialize>::deserialize(deserializer)?).map_err(::serde::de::Error::custom)
            }
        }
    )+};
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {
        $crate::id_types! { at most MAX_ID_BYTES; $($(#[$doc])* $name;)+ }

        $(impl $name {
            /// A new identifier from 80 random bits, as 16 characters of Crockford's base 32.
            #[must_use]
            pub fn random(seed: IdSeed) -> Self {
                Self(base32(seed))
            }
        })+
    };
}

ids! {
    /// An item of a bank (试题).
    ItemId;
    /// An option of an item (选项).
    OptionId;
    /// A case group: items that are kept together in a paper.
    GroupId;
    /// What a draw deals as one: an item, or a case group.
    UnitId;
    /// A bank (题库).
    BankId;
    /// A blueprint (组卷方案).
    BlueprintId;
    /// A difficulty band of a blueprint, such as `easy`.
    BandName;
    /// A versioned policy, such as a way of scoring.
    PolicyId;
    /// A theory paper of a batch (试卷).
    PaperId;
    /// A score sheet of the practical exam (考核评分记录表).
    SheetId;
    /// An item of a score sheet.
    SheetItemId;
    /// A batch (批次).
    BatchId;
    /// A person's pseudonym within one batch.
    PseudonymId;
    /// One sitting: a pseudonym's theory or practical exam in a batch.
    SittingId;
    /// A seat of a room (座位), or a spare paper.
    SeatId;
    /// A room (考场).
    RoomId;
    /// A panel of examiners (考评组).
    PanelId;
    /// An account of a member of staff.
    AccountId;
    /// A custodian of a draw's secret.
    CustodianId;
    /// One examiner's scoring of one sheet for one sitting.
    AssignmentId;
    /// An appeal against a result (成绩复核).
    AppealId;
}

/// Checks the text of an identifier of at most `most` bytes; the types of
/// [`id_types!`](crate::id_types) call it.
///
/// # Errors
/// [`IdError`], which repeats at most 80 characters of the text.
pub fn checked(text: String, most: usize) -> Result<String, IdError> {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_');
    if (1..=most).contains(&text.len()) && text.bytes().all(allowed) {
        Ok(text)
    } else {
        Err(IdError { text: text.chars().take(80).collect(), most })
    }
}

/// 80 bits as 16 characters of Crockford's base 32, in small letters.
#[must_use]
pub fn base32(seed: IdSeed) -> String {
    let bits = seed.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    (0..16)
        .rev()
        .filter_map(|place| ALPHABET.get((bits >> (place * 5) & 31) as usize))
        .map(|letter| char::from(*letter))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_not_an_identifier() {
        for text in ["", "A", "a b", "准考证", &"a".repeat(65)] {
            assert!(ItemId::new(text).is_err(), "{text}");
        }
        assert!(ItemId::new("a".repeat(64)).is_ok());
    }

    #[test]
    fn base32_of_known_bits() {
        assert_eq!(ItemId::random([0; 10]).as_str(), "0000000000000000");
        assert_eq!(ItemId::random([255; 10]).as_str(), "zzzzzzzzzzzzzzzz");
        // 80 bits that end in 00001_00010: the last two characters are 1 and 2.
        assert_eq!(ItemId::random([0, 0, 0, 0, 0, 0, 0, 0, 0, 0x22]).as_str(), "0000000000000012");
    }
}
