use super::super::fonts::DEBIAN_FONTS;
use super::*;
use kaoping_engine::bank::{Level, Profile};
use kaoping_engine::date::Date;
use kaoping_engine::plan::organization::{Category, Filing, Organization};
use kaoping_engine::result::certificate::{Basis, CertificateParts};
use kaoping_engine::result::holder::HolderCommitment;
use kaoping_engine::roster::IdKind;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::time::Time;
use std::error::Error;

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

fn written(name: &str, code: &str, template: &CertificateTemplate) -> TestResult<Result<Vec<u8>, PdfError>> {
    let organization = Organization {
        name: "示例评价机构".into(),
        credit_code: "91310000MA1FL0000X".into(),
        province: "31".into(),
        organization_code: "0000".into(),
        site_code: "010023".into(),
        category: Category::S,
        filing: Filing {
            number: "沪人社备〔2026〕1 号".into(),
            occupation: "4-14-01-03".into(),
            levels: vec![Level::Five],
            expires: Date::new(2028, 12, 31)?,
        },
        complaint_contact: "021-00000000".into(),
    };
    let (name, document) = (PersonName::read(name)?, IdDocument::read(IdKind::ResidentIdCard, "10000019660908105X")?);
    let certificate = CertificateCredential::new(CertificateParts {
        organization: &organization,
        pseudonym: &PseudonymId::new("p1")?,
        batch: &BatchId::new("b1")?,
        number: "S000031010023265000001".parse()?,
        issued_on: Date::new(2026, 12, 5)?,
        level: Level::Five,
        identity: HolderCommitment::new(&Bytes32::new([1; 32]), &name, &document),
        basis: Basis::Exam { results: Vec::new() },
        profile: Profile::Sample,
        issued_at: Time::from_millis(1_796_000_000_000),
    });
    let page = CertificatePage {
        name: &name,
        document: &document,
        certificate: &certificate,
        code,
        salt: &CodeSalt::random([3; 10]),
    };
    Ok(certificate_pdf(template, &page, &FontSet::read(DEBIAN_FONTS)?))
}

// Catches a whole font of 26 MB in each file, and files that differ without a reason.
#[test]
fn a_page_embeds_the_glyphs_that_it_shows() -> TestResult {
    let sample = CertificateTemplate::sample();
    let code = format!("KP1:{}", "A0".repeat(207));
    let pdf = written("𠮷春梅·古丽娜", &code, &sample)??;
    assert!(pdf.starts_with(b"%PDF-1.7"));
    assert!(pdf.len() < 100_000, "{} bytes", pdf.len());
    assert_eq!(written("𠮷春梅·古丽娜", &code, &sample)??, pdf);
    Ok(())
}

// A box in the place of a character would be printed, signed and handed over.
#[test]
fn a_character_that_no_font_has_is_refused_by_name() -> TestResult {
    let refused = written("张\u{30000}", "KP1:A0", &CertificateTemplate::sample())?;
    assert_eq!(refused.as_ref().err(), Some(&PdfError::Glyph { letter: '\u{30000}', place: "姓名" }));
    let fault = refused.expect_err("no glyph").fault();
    assert_eq!((fault.code.as_str(), fault.place.as_str()), ("glyph_missing", "姓名"));
    assert!(fault.cause.zh.contains("U+30000"), "{}", fault.cause.zh);
    Ok(())
}

#[test]
fn a_text_is_set_smaller_and_refused_when_that_does_not_help() -> TestResult {
    let mut template = CertificateTemplate::sample();
    template.fields[2].width = 400;
    assert!(written("古丽娜·买", "KP1:A0", &template)?.is_ok());
    let refused = written("古丽娜·买买提吐尔逊阿卜杜热合曼", "KP1:A0", &template)?;
    assert_eq!(refused, Err(PdfError::Long { place: "姓名" }));
    Ok(())
}

#[test]
fn a_code_of_more_than_65_modules_is_refused() -> TestResult {
    let refused = written("陈桂芳", &"A0".repeat(210), &CertificateTemplate::sample())?;
    assert_eq!(refused, Err(PdfError::Code));
    Ok(())
}

#[test]
fn an_archive_holds_every_file_under_its_name() -> TestResult {
    let files = [("证书_陈桂芳.pdf".to_owned(), b"one".to_vec()), ("b.pdf".to_owned(), b"two".to_vec())];
    let bytes = archive(files.map(Ok))?;
    let mut read = zip::ZipArchive::new(Cursor::new(bytes))?;
    let mut names = Vec::new();
    for place in 0..read.len() {
        names.push(read.by_index(place)?.name()?.into_owned());
    }
    assert_eq!(names, ["证书_陈桂芳.pdf", "b.pdf"]);
    assert!(archive([Ok(("a".into(), vec![])), Ok(("a".into(), vec![]))]).is_err());
    Ok(())
}
