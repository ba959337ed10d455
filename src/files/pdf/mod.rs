//! Documents as PDF/A-2u: the page of a certificate, by the organization's template.
//!
//! - [`fonts`]: fonts that were read once, and which of them shows a character
//! - [`certificate`]: a certificate's page
//! - `code`: its QR code

pub mod certificate;
mod code;
pub mod fonts;

use kaoping_engine::fault::{Fault, Text};

/// Why a document cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// No font shows a character.
    #[error("no font has the character `{letter}` (U+{:04X}) of {place}", u32::from(*letter))]
    Glyph {
        /// The character.
        letter: char,
        /// The field that it stands in.
        place: &'static str,
    },
    /// A text does not fit, even in letters of half the size.
    #[error("the text of {place} is too long for its place")]
    Long {
        /// The field.
        place: &'static str,
    },
    /// A code that needs more than 65 modules a side.
    #[error("the code is too long")]
    Code,
    /// The writer of PDF refused.
    #[error("PDF cannot be written: {0}")]
    Write(String),
}

impl PdfError {
    /// The same for the person who prints.
    #[must_use]
    pub fn fault(&self) -> Fault {
        let en = self.to_string();
        let fault = |code, place: &str, zh: String, cure: (&str, &str)| {
            Fault::new(code, place, Text::new(zh, en.clone()), Text::new(cure.0, cure.1))
        };
        match self {
            Self::Glyph { letter, place } => fault(
                "glyph_missing",
                place,
                format!("“{letter}”（U+{:04X}）在现有字体里没有字形，印出来会是空框。", u32::from(*letter)),
                (
                    "请管理员用 --font 加上有这个字的字体，重新启动服务。",
                    "have the service started with a font that has it (--font)",
                ),
            ),
            Self::Long { place } => fault(
                "text_too_long",
                place,
                "文字太长，缩小一半也放不下。".to_owned(),
                ("在证书模板里加宽这个字段。", "make the field of the template wider"),
            ),
            Self::Code => fault(
                "code_too_long",
                "二维码",
                "二维码的内容太长。".to_owned(),
                ("请联系管理员。", "tell the administrator"),
            ),
            Self::Write(_) => fault(
                "pdf",
                "PDF",
                "PDF 写不出来。".to_owned(),
                ("换一种字体再试；仍不行请联系管理员。", "try another font, or tell the administrator"),
            ),
        }
    }
}
