//! Printed certificates: PDF by the organization's layout, one or all of a batch.
//!
//! Nothing is signed here. The code's signature was made with the certificate; its text is made
//! again from the person's data and must still be what was signed.

use super::exports::record_export;
use super::member::Member;
use super::{keys, organization, roster};
use crate::aggregates::batch::BatchState;
use crate::aggregates::reason::reason;
use crate::aggregates::result::{Certified, LoggedResult, ResultState, SignedCode, result_key};
use crate::app::App;
use crate::refusal::Refusal;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kaoping_engine::bank::{Level, Profile};
use kaoping_engine::date::Date;
use kaoping_engine::plan::certificate::{CertificateNumber, MAX_SERIAL};
use kaoping_engine::plan::certificate_template::CertificateTemplate;
use kaoping_engine::result::certificate::{Basis, CertificateCredential, CertificateParts};
use kaoping_engine::result::certificate_code::{CertificateCode, CodeSalt, to_text};
use kaoping_engine::result::holder::HolderCommitment;
use kaoping_engine::roster::{IdDocument, IdKind, PersonName};
use kaoping_files::pdf::PdfError;
use kaoping_files::pdf::certificate::{CertificatePage, archive, certificate_pdf};
use kaoping_files::pdf::fonts::{DEBIAN_FONTS, FontSet};
use kaoping_keys::native::NativeVerifier;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::cose;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::jws;
use std::path::PathBuf;

/// A file with its name.
pub struct Printed {
    /// Its name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What is needed to print one certificate.
struct Sheet {
    name: PersonName,
    document: IdDocument,
    certificate: CertificateCredential,
    code: String,
    salt: CodeSalt,
}

/// One certificate as PDF. It shows a name, so that taking it needs a reason and is kept on record.
///
/// # Errors
/// `reason` without one, [`Refusal::not_found`] without a certificate that counts, `faults` when a
/// character has no glyph or a text does not fit, `fonts_missing`.
pub async fn print_certificate(
    app: &App,
    member: &Member,
    batch: &BatchId,
    pseudonym: &PseudonymId,
    why: &str,
) -> Result<Printed, Refusal> {
    let why = reason(why)?;
    let result: ResultState = app.need(&result_key(batch, pseudonym), "result").await?;
    let certified = result.signed().and_then(LoggedResult::valid_certificate);
    let certified = certified.ok_or_else(|| Refusal::not_found("certificate"))?;
    let sheets = vec![sheet(app, pseudonym, certified).await?];
    let printed = print(app, template(app).await?, sheets).await?.pop();
    record_export(app, member, batch, "certificate-page", &why, 1).await?;
    printed.ok_or_else(|| Refusal::not_found("certificate"))
}

/// All certificates of a batch that count, as PDF in one archive.
///
/// # Errors
/// As [`print_certificate`].
pub async fn print_certificates(app: &App, member: &Member, batch: &BatchId, why: &str) -> Result<Vec<u8>, Refusal> {
    let why = reason(why)?;
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let mut sheets = Vec::new();
    for entry in roster::entries(app, &state).await?.iter() {
        let result: Option<ResultState> = app.read(&result_key(batch, &entry.pseudonym)).await?;
        let certified = result.as_ref().and_then(ResultState::signed).and_then(LoggedResult::valid_certificate);
        if let Some(certified) = certified {
            sheets.push(sheet(app, &entry.pseudonym, certified).await?);
        }
    }
    if sheets.is_empty() {
        return Err(Refusal::not_found("certificate"));
    }
    sheets.sort_by(|a, b| a.certificate.credential_subject.number.cmp(&b.certificate.credential_subject.number));
    let count = u32::try_from(sheets.len()).unwrap_or(u32::MAX);
    let files = print(app, template(app).await?, sheets).await?;
    let archive = archive(files.into_iter().map(|file| Ok((file.name, file.bytes)))).map_err(Refusal::internal)?;
    record_export(app, member, batch, "certificate-pages", &why, count).await?;
    Ok(archive)
}

/// A layout with made-up data, whose code bears no signature.
///
/// # Errors
/// `faults` when it cannot be printed, `organization_missing`, `fonts_missing`.
pub async fn preview(app: &App, template: &CertificateTemplate) -> Result<Vec<u8>, Refusal> {
    organization::faultless(template)?;
    let organization = organization::needed(app).await?;
    let today = Date::in_china(app.now()).map_err(Refusal::internal)?;
    let name = PersonName::read("样张").map_err(Refusal::internal)?;
    let document = IdDocument::read(IdKind::ResidentIdCard, "100000197506061042").map_err(Refusal::internal)?;
    let number = CertificateNumber::new(&organization, today.year(), Level::Five, MAX_SERIAL);
    let certificate = CertificateCredential::new(CertificateParts {
        organization: &organization,
        pseudonym: &PseudonymId::new("preview").map_err(Refusal::internal)?,
        batch: &BatchId::new("preview").map_err(Refusal::internal)?,
        number: number.map_err(Refusal::internal)?,
        issued_on: today,
        level: Level::Five,
        identity: HolderCommitment::new(&Bytes32::new([0; 32]), &name, &document),
        basis: Basis::Exam { results: vec![Digest::of(b"")] },
        profile: Profile::Sample,
        issued_at: app.now(),
    });
    let salt = CodeSalt::random([0; 10]);
    let code = CertificateCode::new(&certificate, &Digest::of(b""), (&name, &document), &salt);
    let payload = code.map_err(Refusal::internal)?.to_bytes();
    let unsigned = cose::Unverified::new(payload, &app.keys.organization.public_key().id(), vec![0; 64]);
    let sheet = Sheet { name, document, certificate, code: to_text(&unsigned), salt };
    let printed = print(app, template.clone(), vec![sheet]).await?.pop();
    printed.map(|printed| printed.bytes).ok_or_else(|| Refusal::not_found("certificate"))
}

/// The layout by which certificates are printed.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn template(app: &App) -> Result<CertificateTemplate, Refusal> {
    let kept = organization::state(app).await?.certificate_template;
    Ok(kept.unwrap_or_else(CertificateTemplate::sample))
}

/// What stands on a certificate, with its code as it was signed.
async fn sheet(app: &App, pseudonym: &PseudonymId, certified: &Certified) -> Result<Sheet, Refusal> {
    let person = roster::person(app, pseudonym).await?;
    let certificate: CertificateCredential = jws::Unverified::parse(&certified.jws)?.claimed()?;
    let SignedCode { salt, proof } = &certified.code;
    let holder = (&person.name, &person.document);
    let code = CertificateCode::new(&certificate, &certified.leaf.record, holder, salt).map_err(Refusal::internal)?;
    let signature = URL_SAFE_NO_PAD.decode(&proof.value).map_err(Refusal::internal)?;
    let signed = cose::Unverified::new(code.to_bytes(), &proof.key, signature);
    let key = keys::by_name(app, &proof.key).await?;
    signed.verify(&NativeVerifier, &key).map_err(|_| code_differs())?;
    Ok(Sheet { name: person.name, document: person.document, certificate, code: to_text(&signed), salt: salt.clone() })
}

/// Prints on a thread of its own: a page takes some milliseconds of one core.
async fn print(app: &App, template: CertificateTemplate, sheets: Vec<Sheet>) -> Result<Vec<Printed>, Refusal> {
    let app = app.clone();
    let printed = tokio::task::spawn_blocking(move || {
        let fonts = fonts(&app)?;
        let pages = sheets.iter().map(|sheet| {
            let page = CertificatePage {
                name: &sheet.name,
                document: &sheet.document,
                certificate: &sheet.certificate,
                code: &sheet.code,
                salt: &sheet.salt,
            };
            let bytes = certificate_pdf(&template, &page, fonts).map_err(|error| not_printed(sheet, &error))?;
            let number = &sheet.certificate.credential_subject.number;
            Ok(Printed { name: format!("证书_{number}_{}.pdf", sheet.name.as_str()), bytes })
        });
        pages.collect()
    });
    printed.await.map_err(Refusal::internal)?
}

/// The fonts, which are read once.
fn fonts(app: &App) -> Result<&FontSet, Refusal> {
    if let Some(fonts) = app.fonts.get() {
        return Ok(fonts);
    }
    let debian = DEBIAN_FONTS.into_iter().map(PathBuf::from).filter(|font| font.exists());
    let paths: Vec<PathBuf> = app.settings.fonts.iter().cloned().chain(debian).collect();
    if paths.is_empty() {
        return Err(Refusal::conflict(
            "fonts_missing",
            "font",
            ("这台机器上没有中文字体，证书印不出来。", "this machine has no Chinese font to print with"),
            (
                "请管理员安装 fonts-noto-cjk，或用 --font 指定字体后重新启动服务。",
                "have the package fonts-noto-cjk installed, or the service started with --font",
            ),
        ));
    }
    let read = FontSet::read(paths).map_err(Refusal::internal)?;
    Ok(app.fonts.get_or_init(|| read))
}

fn not_printed(sheet: &Sheet, error: &PdfError) -> Refusal {
    let mut fault = error.fault();
    let number = &sheet.certificate.credential_subject.number;
    fault.place = format!("{number}「{}」", fault.place);
    Refusal::faulty(("证书", "the certificate"), vec![fault])
}

/// The person's data are not those that the code was signed for.
fn code_differs() -> Refusal {
    Refusal::conflict(
        "code_differs",
        "certificate",
        (
            "登记的姓名或证件号码与证书签发时不同，证书没有打印。",
            "name or ID number are not those for which the certificate was signed; nothing was printed",
        ),
        (
            "登记有误的，请走更正程序；仍不行请联系管理员。",
            "have it corrected by two officers, or tell the administrator",
        ),
    )
}
