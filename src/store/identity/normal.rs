//! Values by which people are found, brought to one form before they are digested.

use zeroize::Zeroizing;

/// The values by which an identity is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IndexKind {
    /// The number of an ID document (证件号码).
    DocumentNumber,
    /// The full name.
    Name,
    /// A mobile number.
    Phone,
}

impl IndexKind {
    /// The name that goes into the digest; it never changes.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::DocumentNumber => "document_number",
            Self::Name => "name",
            Self::Phone => "phone",
        }
    }
}

/// The one form of a value: without white space, full-width ASCII as ASCII, small letters as
/// capitals, and every interpunct as `·` (U+00B7). Names are not normalised further: their
/// characters are what the person's ID shows.
pub(crate) fn normal(value: &str) -> Zeroizing<String> {
    let form = value.chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}' && *c != '\u{feff}').map(|c| match c {
        '\u{2022}' | '\u{2027}' | '\u{30fb}' | '\u{ff0e}' => '\u{b7}',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c).to_ascii_uppercase(),
        _ => c.to_ascii_uppercase(),
    });
    Zeroizing::new(form.collect())
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn spellings_of_one_value_meet() {
        assert_eq!(normal(" 10000019660908105x ").as_str(), "10000019660908105X");
        assert_eq!(normal("１０００００19660908105ｘ").as_str(), "10000019660908105X");
        for name in ["阿依古丽•买买提", "阿依古丽‧买买提", "阿依古丽・买买提", "阿依古丽．买买提", "阿依古丽 · 买买提"]
        {
            assert_eq!(normal(name).as_str(), "阿依古丽·买买提");
        }
        assert_eq!(normal("王\u{3000}𠮷").as_str(), "王𠮷");
    }
}
