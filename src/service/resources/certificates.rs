//! The certificate list of a batch's passers, with the numbers that it gives.

use super::{organization, roster};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::state::batch::BatchState;
use crate::state::export::{ExportEvent, ExportState};
use crate::state::result::{Certified, ResultEvent, ResultState, result_key};
use crate::state::serial::{SerialEvent, SerialState};
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kaoping_engine::plan::candidate::Date;
use kaoping_engine::plan::certificate::CertificateNumber;
use kaoping_engine::result::outcome::Outcome;
use kaoping_files::certificates::{CertificateRow, CsvEncoding, certificates_csv, certificates_xlsx};
use kaoping_record::id::BatchId;
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
            let passed = result.signed.is_some_and(|signed| signed.outcome == Outcome::Passed);
            if !passed || result.certified.is_some() {
                continue;
            }
            last += 1;
            given += 1;
            let number =
                CertificateNumber::new(&organization, today.year(), plan.level, last).map_err(ApiError::internal)?;
            let certified = Certified { number: number.to_string(), issued_on: today.to_string() };
            work.append::<ResultState>(&key, ResultEvent::Certified { certified }).await?;
        }
        if given > 0 {
            work.append::<SerialState>(&series, SerialEvent::Given { count: given }).await?;
        }
        Ok(())
    })
}

async fn rows(app: &App, state: &BatchState) -> Result<Vec<CertificateRow>, ApiError> {
    let plan = state.plan()?;
    let organization = organization::needed(app).await?;
    let mut rows = Vec::new();
    for entry in roster::entries(app, state).await?.iter() {
        let result: ResultState = app.read(&result_key(&plan.batch, &entry.pseudonym)).await?;
        let Some(certified) = result.certified else { continue };
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
