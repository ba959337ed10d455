//! Fonts that are read once and shared by all documents.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::FileRef;
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider as _};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Where Debian's package fonts-noto-cjk puts its fonts.
pub const DEBIAN_FONTS: [&str; 2] = [
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
];

/// Why a font cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// The file cannot be read.
    #[error("font `{path}`: {cause}")]
    File {
        /// The file.
        path: String,
        cause: std::io::Error,
    },
    /// The file is no font.
    #[error("`{path}` is no OpenType font")]
    Form {
        /// The file.
        path: String,
    },
}

/// Fonts in the order in which they are asked for a character.
pub struct FontSet {
    faces: Vec<Face>,
}

struct Face {
    font: Font,
    data: Arc<Vec<u8>>,
    index: u32,
}

/// A character of a text with the font that shows it.
#[derive(Clone, Debug)]
struct Letter {
    face: usize,
    glyph: u32,
    /// Width as a share of the size of the letters.
    advance: f32,
    place: Range<usize>,
}

/// A part of a text in one font.
pub(super) struct Run {
    pub(super) font: Font,
    pub(super) text: String,
    pub(super) glyphs: Vec<KrillaGlyph>,
}

/// A text as glyphs.
pub(super) struct Line {
    pub(super) runs: Vec<Run>,
    /// Width as a share of the size of the letters.
    pub(super) width: f32,
}

impl FontSet {
    /// Reads fonts. Of a collection the simplified Chinese one is taken, else the first.
    ///
    /// # Errors
    /// [`FontError`] for the first that cannot be used.
    pub fn read<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Result<Self, FontError> {
        let faces = paths.into_iter().map(|path| Face::read(path.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self { faces })
    }

    /// The glyphs of a text.
    ///
    /// # Errors
    /// The first character that no font has.
    #[expect(clippy::float_arithmetic, reason = "widths on a page")]
    pub(super) fn line(&self, text: &str) -> Result<Line, char> {
        let (mut runs, mut width, mut last) = (Vec::<Run>::new(), 0.0, None);
        for letter in self.letters(text)? {
            let Some(face) = self.faces.get(letter.face) else { continue };
            if last != Some(letter.face) {
                runs.push(Run { font: face.font.clone(), text: String::new(), glyphs: Vec::new() });
                last = Some(letter.face);
            }
            width += letter.advance;
            let Some(run) = runs.last_mut() else { continue };
            let from = run.text.len();
            run.text += text.get(letter.place).unwrap_or_default();
            run.glyphs.push(KrillaGlyph::new(
                GlyphId::new(letter.glyph),
                letter.advance,
                0.0,
                0.0,
                0.0,
                from..run.text.len(),
                None,
            ));
        }
        Ok(Line { runs, width })
    }

    #[expect(clippy::float_arithmetic, reason = "widths on a page")]
    fn letters(&self, text: &str) -> Result<Vec<Letter>, char> {
        let faces: Vec<_> = self.faces.iter().filter_map(Face::reader).collect();
        let found = text.char_indices().map(|(start, letter)| {
            faces
                .iter()
                .enumerate()
                .find_map(|(face, font)| {
                    let glyph = font.charmap().map(letter).filter(|glyph| glyph.to_u32() != 0)?;
                    let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
                    let per_em = f32::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
                    let advance = metrics.advance_width(glyph)? / per_em;
                    Some(Letter { face, glyph: glyph.to_u32(), advance, place: start..start + letter.len_utf8() })
                })
                .ok_or(letter)
        });
        found.collect()
    }
}

impl Face {
    fn read(path: &Path) -> Result<Self, FontError> {
        let shown = || path.display().to_string();
        let data = std::fs::read(path).map_err(|cause| FontError::File { path: shown(), cause })?;
        let data = Arc::new(data);
        let index = simplified_chinese(&data);
        let font = index.and_then(|index| Some((index, Font::new(Arc::clone(&data).into(), index)?)));
        let (index, font) = font.ok_or_else(|| FontError::Form { path: shown() })?;
        Ok(Self { font, data, index })
    }

    fn reader(&self) -> Option<FontRef<'_>> {
        FontRef::from_index(&self.data, self.index).ok()
    }
}

/// The index of the font to take from a file.
fn simplified_chinese(data: &[u8]) -> Option<u32> {
    let FileRef::Collection(collection) = FileRef::new(data).ok()? else { return Some(0) };
    let is_chinese = |font: &FontRef<'_>| {
        font.localized_strings(StringId::FAMILY_NAME).any(|name| name.to_string().ends_with(" SC"))
    };
    let chosen = (0..collection.len()).find(|index| collection.get(*index).is_ok_and(|font| is_chinese(&font)));
    Some(chosen.unwrap_or(0))
}
