//! The data that are part of the program: sample banks, blueprints and score sheets, embedded from
//! `question-bank/`.

use kaoping_engine::bank::Level;
use kaoping_engine::blueprint::Blueprint;
use kaoping_engine::practical::sheet::ValidSheet;
use kaoping_record::canonical;
use kaoping_record::id::SheetId;
use rust_embed::RustEmbed;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "../../question-bank"]
#[include = "*.json"]
#[include = "national/5/pictures/*"]
#[exclude = "schema/*"]
#[exclude = "readings/*"]
#[exclude = "practice/*"]
#[exclude = "extended/*"]
#[exclude = "national/4/*"]
#[exclude = "national/3/*"]
struct Files;

/// Blueprints and sheets that were read and checked.
pub struct Library {
    /// Blueprints in the order of their files.
    pub blueprints: Vec<Blueprint>,
    /// Sheets by identifier.
    pub sheets: BTreeMap<SheetId, ValidSheet>,
}

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library {
    blueprints: files("blueprints/").filter_map(|(_, bytes)| canonical::from_authored(&bytes).ok()).collect(),
    sheets: files("sheets/")
        .filter_map(|(_, bytes)| ValidSheet::from_json(&bytes).ok())
        .map(|sheet| (sheet.sheet().id.clone(), sheet))
        .collect(),
});

/// The library. Files that cannot be read are left out; a test reads each of them.
#[must_use]
pub fn library() -> &'static Library {
    &LIBRARY
}

impl Library {
    /// The sheets of a level.
    pub fn sheets_of(&self, level: Level) -> impl Iterator<Item = &ValidSheet> {
        self.sheets.values().filter(move |sheet| sheet.sheet().level == level)
    }
}

/// Embedded files below a folder, by path, with their bytes.
pub fn files(folder: &str) -> impl Iterator<Item = (String, Vec<u8>)> {
    let mut paths: Vec<_> = Files::iter().filter(|path| path.starts_with(folder)).collect();
    paths.sort();
    paths.into_iter().filter_map(|path| Some((path.to_string(), Files::get(&path)?.data.into_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_file_is_read() {
        assert_eq!(library().blueprints.len(), files("blueprints/").count());
        assert_eq!(library().sheets.len(), files("sheets/").count());
        assert!(library().sheets_of(Level::Five).count() >= 8);
    }
}
