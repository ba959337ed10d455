//! A QR code as rectangles.

use super::PdfError;
use krilla::geom::{Path, PathBuilder, Rect};
use qrcode::{Color, EcLevel, QrCode};

/// The most modules a side: those of version 12.
const MAX_MODULES: usize = 65;
/// Blank modules around a code (ISO/IEC 18004, section 6.3.8).
const QUIET: usize = 4;

/// A text as a code at level M within a square, its quiet zone included.
///
/// # Errors
/// [`PdfError::Code`] when it needs more than 65 modules a side.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "places on a page")]
pub(super) fn path(text: &str, (left, top): (f32, f32), side: f32) -> Result<Path, PdfError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| PdfError::Code)?;
    let modules = code.width();
    if modules > MAX_MODULES {
        return Err(PdfError::Code);
    }
    let unit = side / (modules + 2 * QUIET) as f32;
    let mut path = PathBuilder::new();
    for (row, colors) in code.into_colors().chunks(modules).enumerate() {
        // Dark modules side by side are one rectangle, so that no viewer shows a seam.
        let mut start = 0;
        for part in colors.chunk_by(|a, b| a == b) {
            if part.first() == Some(&Color::Dark) {
                let (x, y) = ((start + QUIET) as f32 * unit, (row + QUIET) as f32 * unit);
                let rect = Rect::from_xywh(left + x, top + y, part.len() as f32 * unit, unit).ok_or(PdfError::Code)?;
                path.push_rect(rect);
            }
            start += part.len();
        }
    }
    path.finish().ok_or(PdfError::Code)
}
