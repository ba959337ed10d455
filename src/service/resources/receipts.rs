//! Receipts after the closing: whoever holds one gets what keeps its promise.

use super::{log, needed_blob};
use crate::app::App;
use crate::error::ApiError;
use crate::state::batch::{BatchState, Stage};
use crate::state::result::{ResultState, result_key};
use crate::state::sitting::SittingState;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::result::verify::receipt::{
    KeptPromise, RECEIPT_BUNDLE_KIND, RECEIPT_BUNDLE_VERSION, ReceiptBundle,
};
use kaoping_engine::session::hand_in::Receipt;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::SittingId;
use kaoping_record::message::Signed;
use serde_json::Value;

/// A receipt with the record that ended the exam and its proof; `end` is null before the batch is closed. `receipt` is the
/// receipt's identity, the SHA-256 of its payload: only who has the receipt knows it.
#[utoipa::path(get, path = "/api/v1/receipts/{sitting}/{receipt}", params(("sitting" = String, Path), ("receipt" = String, Path)), responses((status = 200, body = Object)))]
pub async fn read(
    State(app): State<App>,
    Path((sitting, receipt)): Path<(SittingId, String)>,
) -> Result<Json<ReceiptBundle>, ApiError> {
    let unknown = || ApiError::not_found("receipt");
    let asked = Digest::from_hex(&receipt).map_err(|_| unknown())?;
    let state: SittingState = app.read(sitting.as_str()).await?;
    let (Some(place), Some(ending)) = (&state.place, &state.ending) else { return Err(unknown()) };
    let signed: Signed<Receipt> = Signed::parse(ending.receipt.as_bytes())?;
    if signed.identity()? != asked {
        return Err(unknown());
    }
    let batch: BatchState = app.need(place.batch.as_str(), "batch").await?;
    let end = if batch.stage == Stage::Closed {
        let result: ResultState = app.read(&result_key(&place.batch, &place.pseudonym)).await?;
        kept(&app, result).await?
    } else {
        None
    };
    Ok(Json(ReceiptBundle {
        kind: RECEIPT_BUNDLE_KIND.to_owned(),
        v: RECEIPT_BUNDLE_VERSION,
        receipt: canonical::from_bytes(ending.receipt.as_bytes())?,
        end,
    }))
}

/// The record that ended the exam, with its place in the log.
async fn kept(app: &App, result: ResultState) -> Result<Option<KeptPromise>, ApiError> {
    let (leaf, record) = match (result.first(), result.leaf.as_ref().zip(result.end)) {
        (Some((signed, leaf)), _) => (leaf, Value::String(signed.jws.clone())),
        (None, Some((leaf, end))) => (leaf, canonical::from_bytes(&needed_blob(app, &end).await?)?),
        (None, None) => return Ok(None),
    };
    Ok(Some(KeptPromise { proof: log::proof::of(app, leaf).await?, record }))
}
