//! The short names inside a score sheet: unique there, and nowhere else.

/// The longest name inside a sheet, in bytes.
pub const MAX_CODE_BYTES: usize = 32;

kaoping_record::id_types! {
    at most MAX_CODE_BYTES;
    /// A module of a sheet: the one procedure, or a part of an integrated case.
    ModuleCode;
    /// A section of a module (操作前、操作中 …).
    SectionCode;
    /// A line of an item's table of awards.
    AwardCode;
    /// A veto (否定项) of a sheet.
    VetoCode;
    /// A ready-made note that an examiner picks when marking a veto, so that nobody types.
    NoteCode;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_cannot_be_a_name() {
        for text in ["", "V1", "a b", "否", &"a".repeat(33)] {
            assert!(VetoCode::new(text).is_err(), "{text}");
        }
        assert!(VetoCode::new("a".repeat(32)).is_ok());
        assert!(serde_json::from_str::<AwardCode>("\"\"").is_err());
    }
}
