//! The page of a certificate.

use super::fonts::FontSet;
use super::{PdfError, code};
use kaoping_engine::plan::certificate_template::{Align, CertificateTemplate, FieldContent, TemplateField};
use kaoping_engine::result::certificate::CertificateCredential;
use kaoping_engine::result::certificate_code::CodeSalt;
use kaoping_engine::roster::{IdDocument, PersonName};
use krilla::color::luma;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;

/// What stands on a certificate.
pub struct CertificatePage<'a> {
    /// The holder's name.
    pub name: &'a PersonName,
    /// The holder's ID document, which is shown masked.
    pub document: &'a IdDocument,
    /// What was signed.
    pub certificate: &'a CertificateCredential,
    /// The text of the code.
    pub code: &'a str,
    /// The characters beside it.
    pub salt: &'a CodeSalt,
}

/// The certificate as PDF/A-2u of one page. The same input gives the same bytes.
///
/// # Errors
/// [`PdfError`].
pub fn certificate_pdf(
    template: &CertificateTemplate,
    page: &CertificatePage<'_>,
    fonts: &FontSet,
) -> Result<Vec<u8>, PdfError> {
    let refused = |what: &dyn std::fmt::Debug| PdfError::Write(format!("{what:?}"));
    let (subject, issuer) = (&page.certificate.credential_subject, &page.certificate.issuer);
    let day = subject.issued_on;
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A2_U).finish();
    let configuration = configuration.map_err(|error| refused(&error))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    document.set_metadata(
        Metadata::new()
            .title(format!("职业技能等级证书 {}", subject.number))
            .authors(vec![issuer.name.clone()])
            .creator("Kaoping".to_owned())
            .language("zh-CN".to_owned())
            .document_id(subject.number.to_string())
            .creation_date(DateTime::new(day.year()).month(day.month()).day(day.day())),
    );
    let size = PageSettings::from_wh(points(template.width), points(template.height));
    let mut sheet = document.start_page_with(size.ok_or_else(|| PdfError::Write("page".to_owned()))?);
    let mut surface = sheet.surface();
    surface.set_fill(Some(Fill { paint: luma::Color::new(0).into(), ..Fill::default() }));
    if template.frame {
        frame(&mut surface, template)?;
    }
    for field in &template.fields {
        match field.content {
            FieldContent::Code => {
                let place = (points(field.x), points(field.y));
                surface.draw_path(&code::path(page.code, place, points(field.width))?);
            }
            _ => text(&mut surface, field, page, fonts)?,
        }
    }
    surface.finish();
    sheet.finish();
    document.finish().map_err(|error| refused(&error))
}

/// Files in one archive, in their order; names are unique.
///
/// # Errors
/// [`PdfError::Write`] when a name stands twice.
pub fn archive(files: impl IntoIterator<Item = Result<(String, Vec<u8>), PdfError>>) -> Result<Vec<u8>, PdfError> {
    let refused = |error: &dyn std::error::Error| PdfError::Write(error.to_string());
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // PDF is compressed already.
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for file in files {
        let (name, bytes) = file?;
        archive.start_file(name, options).map_err(|error| refused(&error))?;
        archive.write_all(&bytes).map_err(|error| refused(&error))?;
    }
    Ok(archive.finish().map_err(|error| refused(&error))?.into_inner())
}

/// What stands in a field, and the field's name; nothing where the field is empty.
fn value(content: FieldContent, page: &CertificatePage<'_>) -> (&'static str, Option<String>) {
    let some = |place, text: String| (place, Some(text));
    let (subject, issuer) = (&page.certificate.credential_subject, &page.certificate.issuer);
    match content {
        FieldContent::Text => some("文字", String::new()),
        FieldContent::Name => some("姓名", page.name.as_str().to_owned()),
        FieldContent::IdKind => some("证件类型", page.document.kind().chinese().to_owned()),
        FieldContent::IdMasked => some("证件号码", page.document.masked()),
        FieldContent::Occupation => some("职业名称", subject.occupation.clone()),
        FieldContent::Specialty => some("工种", subject.specialty.clone()),
        FieldContent::Level => some("职业技能等级", subject.level.chinese().to_owned()),
        FieldContent::Number => some("证书编号", subject.number.to_string()),
        FieldContent::IssuedOn => {
            let day = subject.issued_on;
            some("发证日期", format!("{} 年 {} 月 {} 日", day.year(), day.month(), day.day()))
        }
        FieldContent::Issuer => some("发证机构", issuer.name.clone()),
        FieldContent::Filing => some("备案号", issuer.filing.number.clone()),
        FieldContent::Complaint => some("投诉电话", issuer.complaint_contact.clone()),
        FieldContent::SampleLabel => ("样题标记", subject.label.clone()),
        FieldContent::CodeSalt => some("校验码", page.salt.printed()),
        FieldContent::Code => ("二维码", None),
    }
}

#[expect(clippy::float_arithmetic, reason = "places on a page")]
fn text(
    surface: &mut Surface<'_>,
    field: &TemplateField,
    page: &CertificatePage<'_>,
    fonts: &FontSet,
) -> Result<(), PdfError> {
    let (place, Some(value)) = value(field.content, page) else { return Ok(()) };
    let line = fonts.line(&format!("{}{value}", field.text)).map_err(|letter| PdfError::Glyph { letter, place })?;
    let (width, wanted) = (points(field.width), small(field.size) / 10.0);
    let size = if line.width * wanted <= width { wanted } else { width / line.width };
    if size < wanted / 2.0 {
        return Err(PdfError::Long { place });
    }
    let room = width - line.width * size;
    let mut x = points(field.x)
        + match field.align {
            Align::Left => 0.0,
            Align::Center => room / 2.0,
            Align::Right => room,
        };
    // The base line lies 0.88 of the size below the upper edge, as in fonts for Chinese.
    let y = points(field.y) + 0.88 * wanted;
    for run in line.runs {
        let advance: f32 = run.glyphs.iter().map(|glyph| glyph.x_advance * size).sum();
        surface.draw_glyphs(Point::from_xy(x, y), &run.glyphs, run.font, &run.text, size, false);
        x += advance;
    }
    Ok(())
}

/// A thin line around the page, 10 mm from its edges.
#[expect(clippy::float_arithmetic, reason = "places on a page")]
fn frame(surface: &mut Surface<'_>, template: &CertificateTemplate) -> Result<(), PdfError> {
    let (width, height) = (points(template.width), points(template.height));
    let (edge, thick) = (points(100), points(5));
    let mut path = PathBuilder::new();
    for (x, y, across, down) in [
        (edge, edge, width - 2.0 * edge, thick),
        (edge, height - edge - thick, width - 2.0 * edge, thick),
        (edge, edge, thick, height - 2.0 * edge),
        (width - edge - thick, edge, thick, height - 2.0 * edge),
    ] {
        let rect = Rect::from_xywh(x, y, across, down);
        path.push_rect(rect.ok_or_else(|| PdfError::Write("frame".to_owned()))?);
    }
    surface.draw_path(&path.finish().ok_or_else(|| PdfError::Write("frame".to_owned()))?);
    Ok(())
}

/// Tenths of a millimetre in points.
#[expect(clippy::float_arithmetic, reason = "places on a page")]
fn points(tenths: u32) -> f32 {
    small(tenths) * 72.0 / 254.0
}

/// A length of a page, which a template bounds; beyond that it would be cut.
fn small(number: u32) -> f32 {
    f32::from(u16::try_from(number).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests;
