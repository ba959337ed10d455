//! The certificate list of a batch's passers, with the numbers that it gives.

use super::{credentials, log, organization, roster};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::state::batch::BatchState;
use crate::state::export::{ExportEvent, ExportState};
use crate::state::result::{Certified, ResultEvent, ResultState, Revoked, result_key};
use crate::state::serial::{SerialEvent, SerialState};
use crate::work::{Work, transact};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kaoping_engine::bank::Profile;
use kaoping_engine::date::Date;
use kaoping_engine::plan::certificate::CertificateNumber;
use kaoping_engine::plan::organization::Organization;
use kaoping_engine::result::certificate::{Basis, CertificateCredential, CertificateParts};
use kaoping_engine::result::credential::ResultCredential;
use kaoping_engine::result::outcome::Outcome;
use kaoping_files::certificates::{CertificateRow, CsvEncoding, certificates_csv, certificates_xlsx};
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::jws;
use kaoping_record::log::leaf::LeafKind;
use serde::Deserialize;
use utoipa::ToSchema;

/// How the list is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListFormat {
    /// Excel workbook.
    Xlsx,
    /// CSV in UTF-8.
    Csv,
    /// CSV in GBK.
    CsvGbk,
}

/// A list and why it is taken.
#[derive(Deserialize, ToSchema)]
pub struct CertificatesRequest {
    reason: String,
    format: ListFormat,
}

/// The 11-column list of passers. It holds names and ID numbers, so it needs a reason and is logged.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/certificates", request_body = CertificatesRequest, params(("batch" = String, Path)), responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub async fn list(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
    Json(request): Json<CertificatesRequest>,
) -> Result<Response, ApiError> {
    let reason = super::needed_reason(&request.reason)?;
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let today = Date::in_china(app.now()).map_err(ApiError::internal)?;
    certify(&app, &member, &state, today).await?;
    let rows = rows(&app, &state).await?;
    let file = match request.format {
        ListFormat::Xlsx => certificates_xlsx(&rows, today),
        ListFormat::Csv => certificates_csv(&rows, CsvEncoding::Utf8),
        ListFormat::CsvGbk => certificates_csv(&rows, CsvEncoding::Gbk),
    }
    .map_err(|error| ApiError::faulty(("证书清单", "the certificate list"), vec![error.fault()]))?;
    transact!(app, &member.actor, |work| {
        let event = ExportEvent::Taken {
            what: "certificates".to_owned(),
            reason: reason.clone(),
            rows: u32::try_from(rows.len()).unwrap_or(u32::MAX),
        };
        work.append::<ExportState>(batch.as_str(), event).await
    })?;
    let (kind, ending) = match request.format {
        ListFormat::Xlsx => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        ListFormat::Csv | ListFormat::CsvGbk => ("text/csv", "csv"),
    };
    let disposition = format!("attachment; filename=\"certificates-{batch}.{ending}\"");
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], file).into_response())
}

/// Gives numbers to passers that have none: one after the other, none twice.
async fn certify(app: &App, member: &Member, state: &BatchState, today: Date) -> Result<(), ApiError> {
    let plan = state.plan()?;
    let organization = organization::needed(app).await?;
    let entries = roster::entries(app, state).await?;
    let series = format!("{}.{}.{}", organization.organization_code.to_lowercase(), today.year(), plan.level.number());
    transact!(app, &member.actor, |work| {
        let mut last = work.load::<SerialState>(&series).await?.last;
        let mut given = 0;
        for entry in entries.iter() {
            let key = result_key(&plan.batch, &entry.pseudonym);
            let result: ResultState = work.load(&key).await?;
            if !deserves(&result) || result.certified.is_some() {
                continue;
            }
            last += 1;
            given += 1;
            let number =
                CertificateNumber::new(&organization, today.year(), plan.level, last).map_err(ApiError::internal)?;
            sign(app, work, &organization, (&plan.batch, &entry.pseudonym), &result, (number, today)).await?;
        }
        if given > 0 {
            work.append::<SerialState>(&series, SerialEvent::Given { count: given }).await?;
        }
        Ok(())
    })
}

/// Whether a certificate may rest on the result.
fn deserves(result: &ResultState) -> bool {
    let (Some(signed), Some(leaf)) = (&result.signed, &result.leaf) else { return false };
    signed.outcome == Outcome::Passed && !result.is_revoked(&leaf.record)
}

/// Signs and logs the same certificate on a corrected result, when there was one that counts.
///
/// # Errors
/// 500 when a key or the store fails.
pub async fn renew(
    app: &App,
    work: &mut Work,
    organization: &Organization,
    batch: &BatchId,
    pseudonym: &PseudonymId,
) -> Result<(), ApiError> {
    let result: ResultState = work.load(&result_key(batch, pseudonym)).await?;
    let Some(certified) = &result.certified else { return Ok(()) };
    if result.is_revoked(&certified.leaf.record) {
        return Ok(());
    }
    let number = certified.number.parse().map_err(ApiError::internal)?;
    let issued_on = Date::read(&certified.issued_on).map_err(ApiError::internal)?;
    sign(app, work, organization, (batch, pseudonym), &result, (number, issued_on)).await
}

/// Signs a certificate on the result that counts, and logs it.
async fn sign(
    app: &App,
    work: &mut Work,
    organization: &Organization,
    (batch, pseudonym): (&BatchId, &PseudonymId),
    result: &ResultState,
    (number, issued_on): (CertificateNumber, Date),
) -> Result<(), ApiError> {
    let (Some(signed), Some(leaf)) = (&result.signed, &result.leaf) else { return Err(ApiError::not_found("result")) };
    let claimed: ResultCredential = jws::Unverified::parse(&signed.jws)?.claimed()?;
    let subject = claimed.credential_subject;
    let mut credential = CertificateCredential::new(CertificateParts {
        organization,
        pseudonym,
        batch,
        number: number.clone(),
        issued_on,
        level: subject.level,
        identity: subject.evidence.identity,
        basis: Basis::Exam { results: vec![leaf.record] },
        profile: if subject.label.is_some() { Profile::Sample } else { Profile::Formal },
        issued_at: work.now(),
    });
    credential.required_signatures = credentials::required(app);
    let issued = credentials::issue(app, &credential)?;
    let certified = Certified {
        number: number.to_string(),
        issued_on: issued_on.to_string(),
        jws: issued.jws,
        proofs: issued.proofs,
        leaf: log::append(app, work, batch, LeafKind::Certificate, issued.identity).await?,
    };
    work.append::<ResultState>(&result_key(batch, pseudonym), ResultEvent::Certified { certified }).await
}

async fn rows(app: &App, state: &BatchState) -> Result<Vec<CertificateRow>, ApiError> {
    let plan = state.plan()?;
    let organization = organization::needed(app).await?;
    let mut rows = Vec::new();
    for entry in roster::entries(app, state).await?.iter() {
        let result: ResultState = app.read(&result_key(&plan.batch, &entry.pseudonym)).await?;
        // What was revoked stays on record, and off the list.
        let counts = deserves(&result);
        let Some(certified) = result.certified.filter(|known| counts && !revoked(&result.revoked, known)) else {
            continue;
        };
        let person = roster::person(app, &entry.pseudonym).await?;
        rows.push(CertificateRow {
            name: person.name,
            document: person.document,
            employer: person.employer.unwrap_or_default(),
            level: plan.level,
            number: certified.number.parse().map_err(ApiError::internal)?,
            issued: Date::read(&certified.issued_on).map_err(ApiError::internal)?,
            evaluator: organization.name.clone(),
            issuer: organization.name.clone(),
        });
    }
    rows.sort_by(|a, b| a.number.cmp(&b.number));
    Ok(rows)
}

fn revoked(revocations: &[Revoked], certified: &Certified) -> bool {
    revocations.iter().any(|revoked| revoked.what.identity() == certified.leaf.record)
}
