//! The picture (图) of an item: as its author names it, as a file that was checked, and as the
//! sealed text holds it.
//!
//! What a picture's bytes must be is checked where they are read, outside this crate: the browser
//! needs none of that.

use crate::fault::Fault;
use kaoping_record::digest::Digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The longest alternative text, in characters.
pub const MAX_ALT: usize = 120;
/// The longest path of a picture, in bytes.
pub const MAX_PATH: usize = 100;
/// Where the pictures of a bank lie within its folder.
pub const FOLDER: &str = "pictures/";

/// The picture of an item, as its author names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemImage {
    /// The file's path within the bank, such as `pictures/thermometer.svg`.
    pub file: String,
    /// A description of the drawing (替代文字), for people who cannot see it. It does not give the key
    /// away.
    pub alt: String,
}

/// The picture of an item, as its sealed text holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageContent {
    /// A description of the drawing, for people who cannot see it.
    pub alt: String,
    /// SHA-256 of the file's bytes.
    pub digest: Digest,
    /// What kind of file it is.
    #[serde(rename = "type")]
    pub picture_type: PictureType,
}

/// The kinds of picture files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum PictureType {
    /// Shapes.
    #[serde(rename = "image/svg+xml")]
    Svg,
    /// Pixels, without loss.
    #[serde(rename = "image/png")]
    Png,
    /// A photograph.
    #[serde(rename = "image/jpeg")]
    Jpeg,
}

impl PictureType {
    /// The kind that a path names by its ending; `None` when the path is not of the form that banks
    /// use: `pictures/` and one name of lowercase letters, digits, `-` and `.`, which begins with a
    /// letter or digit.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let name = path.strip_prefix(FOLDER).filter(|_| path.len() <= MAX_PATH)?;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
        let (stem, ending) = name.rsplit_once('.')?;
        if !stem.starts_with(|c: char| c.is_ascii_alphanumeric()) || !name.chars().all(plain) {
            return None;
        }
        match ending {
            "svg" => Some(Self::Svg),
            "png" => Some(Self::Png),
            "jpg" | "jpeg" => Some(Self::Jpeg),
            _ => None,
        }
    }

    /// The largest file of this kind, in bytes.
    #[must_use]
    pub const fn most_bytes(self) -> usize {
        match self {
            Self::Svg => 64 * 1024,
            Self::Png | Self::Jpeg => 300 * 1024,
        }
    }
}

/// A picture whose bytes were checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What kind of file it is.
    pub picture_type: PictureType,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The files of `pictures/` by their path within the bank, each checked or refused.
pub type Pictures = BTreeMap<String, Result<Picture, Vec<Fault>>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_names_the_kind() {
        for (path, expected) in [
            ("pictures/thermometer.svg", Some(PictureType::Svg)),
            ("pictures/left-side.2.png", Some(PictureType::Png)),
            ("pictures/4.jpg", Some(PictureType::Jpeg)),
            ("pictures/4.jpeg", Some(PictureType::Jpeg)),
        ] {
            assert_eq!(PictureType::of_path(path), expected, "{path}");
        }
        let long = format!("pictures/{}.svg", "a".repeat(MAX_PATH));
        for path in [
            "",
            "a.svg",
            "pictures/.svg",
            "pictures/svg",
            "pictures/a.gif",
            "pictures/a.svgz",
            "pictures/A.svg",
            "pictures/a.SVG",
            "pictures/体温.svg",
            "pictures/a b.svg",
            "pictures/a_b.svg",
            "pictures/-a.svg",
            "pictures/../a.svg",
            "pictures/sub/a.svg",
            "pictures\\a.svg",
            "../pictures/a.svg",
            "https://example.org/a.svg",
            long.as_str(),
        ] {
            assert_eq!(PictureType::of_path(path), None, "{path}");
        }
    }
}
