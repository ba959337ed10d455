//! Certificates: passers get numbers and signed certificates; the list of them is exported with a
//! reason.

use super::credentials::Signing;
use super::doer::transact;
use super::exports::record_export;
use super::member::Member;
use super::{credentials, log, organization, roster};
use crate::aggregates::batch::BatchState;
use crate::aggregates::reason::reason;
use crate::aggregates::result::{Certified, LoggedResult, ResultEvent, ResultState, result_key};
use crate::aggregates::serial::{SerialEvent, SerialState};
use crate::app::App;
use crate::refusal::Refusal;
use crate::work::Work;
use kaoping_engine::bank::Profile;
use kaoping_engine::date::Date;
use kaoping_engine::plan::certificate::CertificateNumber;
use kaoping_engine::result::certificate::{Basis, CertificateCredential, CertificateParts};
use kaoping_engine::result::certificate_code::{CertificateCode, CodeSalt};
use kaoping_engine::result::credential::ResultCredential;
use kaoping_files::certificates::{CertificateRow, CsvEncoding, certificates_csv, certificates_xlsx};
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::jws;
use kaoping_record::log::leaf::LeafKind;

/// How many passers have certificates.
pub struct Issued {
    /// Certificates that were signed just now.
    pub new: u32,
    /// All that count, these included.
    pub all: u32,
}

/// Gives numbers and signed, logged certificates to the passers that have none: one after the
/// other, none twice.
///
/// The batch is closed before: a certificate rests on a batch whose candidates all have an end,
/// which the closing signs.
///
/// # Errors
/// `not_closed`, `key_correction_unfinished`, `not_covered` when the filing does not hold today,
/// [`Refusal::not_found`] without such a batch.
pub async fn issue_certificates(app: &App, member: &Member, batch: &BatchId) -> Result<Issued, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    if state.closed().is_err() {
        return Err(not_closed());
    }
    let plan = &state.plan;
    let entries = roster::entries(app, &state).await?;
    transact!(app, member, |work| {
        work.need::<BatchState>(batch.as_str(), "batch").await?.key_corrections()?.are_carried_out()?;
        let signing = credentials::under_filing(app, work, plan.level).await?;
        let organization = signing.organization();
        let today = Date::in_china(work.now()).map_err(Refusal::internal)?;
        let code = organization.organization_code.to_lowercase();
        let series = format!("{code}.{}.{}", today.year(), plan.level.number());
        let mut last = work.load::<SerialState>(&series).await?.map_or(0, |serial| serial.last);
        let (mut new, mut all) = (0, 0);
        for entry in entries.iter() {
            let Some(result) = work.load::<ResultState>(&result_key(&plan.batch, &entry.pseudonym)).await? else {
                continue;
            };
            let Some(logged) = result.signed().filter(|logged| logged.may_be_certified()) else { continue };
            if logged.certified.is_some() {
                all += u32::from(logged.valid_certificate().is_some());
                continue;
            }
            last += 1;
            new += 1;
            let number =
                CertificateNumber::new(organization, today.year(), plan.level, last).map_err(Refusal::internal)?;
            sign(app, work, &signing, (&plan.batch, &entry.pseudonym), logged, (number, today)).await?;
        }
        if new > 0 {
            work.append::<SerialState>(&series, SerialEvent::Given { count: new }).await?;
        }
        Ok(Issued { new, all: all + new })
    })
}

/// How the list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFormat {
    /// Excel workbook.
    Xlsx,
    /// CSV in UTF-8.
    Csv,
    CsvGbk,
}

/// The authority's list of certificates that count. It holds names and ID numbers, so that taking
/// it needs a reason and is kept on record.
///
/// # Errors
/// `reason` without one, `certificates_missing` while passers have no certificate,
/// `key_correction_unfinished`, `faults` when a name cannot be written in the format.
pub async fn export_certificates(
    app: &App,
    member: &Member,
    batch: &BatchId,
    why: &str,
    format: ListFormat,
) -> Result<Vec<u8>, Refusal> {
    let why = reason(why)?;
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    if let Ok(corrections) = state.key_corrections() {
        corrections.are_carried_out()?;
    }
    let today = Date::in_china(app.now()).map_err(Refusal::internal)?;
    let rows = rows(app, &state).await?;
    let file = match format {
        ListFormat::Xlsx => certificates_xlsx(&rows, today),
        ListFormat::Csv => certificates_csv(&rows, CsvEncoding::Utf8),
        ListFormat::CsvGbk => certificates_csv(&rows, CsvEncoding::Gbk),
    }
    .map_err(|error| Refusal::faulty(("证书清单", "the certificate list"), vec![error.fault()]))?;
    let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    record_export(app, member, batch, "certificates", &why, count).await?;
    Ok(file)
}

/// Signs and logs the same certificate on a corrected result, when there was one that counts.
///
/// # Errors
/// [`Refusal::internal`] when a key or the store fails.
pub async fn renew(
    app: &App,
    work: &mut Work,
    signing: &Signing,
    batch: &BatchId,
    pseudonym: &PseudonymId,
) -> Result<(), Refusal> {
    let result: ResultState = work.need(&result_key(batch, pseudonym), "result").await?;
    let logged = result.into_signed()?;
    let Some(certified) = logged.renewable_certificate() else { return Ok(()) };
    let number = certified.number.parse().map_err(Refusal::internal)?;
    let issued_on = Date::read(&certified.issued_on).map_err(Refusal::internal)?;
    sign(app, work, signing, (batch, pseudonym), &logged, (number, issued_on)).await
}

/// Signs a certificate on the result that counts, and logs it.
async fn sign(
    app: &App,
    work: &mut Work,
    signing: &Signing,
    (batch, pseudonym): (&BatchId, &PseudonymId),
    logged: &LoggedResult,
    (number, issued_on): (CertificateNumber, Date),
) -> Result<(), Refusal> {
    let claimed: ResultCredential = jws::Unverified::parse(&logged.result.jws)?.claimed()?;
    let subject = claimed.credential_subject;
    let mut credential = CertificateCredential::new(CertificateParts {
        organization: signing.organization(),
        pseudonym,
        batch,
        number: number.clone(),
        issued_on,
        level: subject.level,
        identity: subject.evidence.identity,
        basis: Basis::Exam { results: vec![logged.leaf.record] },
        profile: if subject.label.is_some() { Profile::Sample } else { Profile::Formal },
        issued_at: work.now(),
    });
    credential.required_signatures = credentials::required(app);
    let issued = signing.issue(&credential)?;
    let (person, salt) = (roster::person(app, pseudonym).await?, CodeSalt::random(app.id_seed()?));
    let code = CertificateCode::new(&credential, &issued.identity, (&person.name, &person.document), &salt);
    let certified = Certified {
        number: number.to_string(),
        issued_on: issued_on.to_string(),
        jws: issued.jws,
        proofs: issued.proofs,
        leaf: log::append(app, work, batch, LeafKind::Certificate, issued.identity).await?,
        code: signing.sign_code(&code.map_err(Refusal::internal)?, salt)?,
    };
    work.append::<ResultState>(&result_key(batch, pseudonym), ResultEvent::Certified { certified }).await
}

async fn rows(app: &App, state: &BatchState) -> Result<Vec<CertificateRow>, Refusal> {
    let plan = &state.plan;
    let organization = organization::needed(app).await?;
    let (mut rows, mut missing) = (Vec::new(), 0_u32);
    for entry in roster::entries(app, state).await?.iter() {
        let result: Option<ResultState> = app.read(&result_key(&plan.batch, &entry.pseudonym)).await?;
        // What was revoked stays on record, and off the list.
        let logged = result.as_ref().and_then(ResultState::signed);
        missing += u32::from(logged.is_some_and(|logged| logged.may_be_certified() && logged.certified.is_none()));
        let Some(certified) = logged.and_then(LoggedResult::valid_certificate) else { continue };
        let person = roster::person(app, &entry.pseudonym).await?;
        rows.push(CertificateRow {
            name: person.name,
            document: person.document,
            employer: person.employer.unwrap_or_default(),
            level: plan.level,
            number: certified.number.parse().map_err(Refusal::internal)?,
            issued: Date::read(&certified.issued_on).map_err(Refusal::internal)?,
            evaluator: organization.name.clone(),
            issuer: organization.name.clone(),
        });
    }
    if missing > 0 {
        return Err(not_issued(missing));
    }
    rows.sort_by(|a, b| a.number.cmp(&b.number));
    Ok(rows)
}

fn not_closed() -> Refusal {
    Refusal::conflict(
        "not_closed",
        "batch",
        ("批次关闭之后才能签发证书。", "certificates are issued once the batch is closed"),
        ("先完成评分并关闭批次。", "finish the scoring and close the batch"),
    )
}

/// An incomplete list must not reach the authority.
fn not_issued(missing: u32) -> Refusal {
    Refusal::conflict(
        "certificates_missing",
        "certificates",
        (
            &format!("还有 {missing} 名合格考生没有证书，清单不完整。"),
            &format!("{missing} passers have no certificate yet; the list would be incomplete"),
        ),
        ("先签发证书，再下载清单。", "issue the certificates first, then export the list"),
    )
}
