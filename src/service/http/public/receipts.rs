//! Receipts after the closing: their holder gets the record that keeps the promise.

use crate::aggregates::batch::BatchState;
use crate::aggregates::result::{ResultState, result_key};
use crate::aggregates::sitting::SittingState;
use crate::app::App;
use crate::http::path::ReceiptPath;
use crate::operations::log;
use crate::operations::stored::needed_blob;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::session::hand_in::Receipt;
use kaoping_engine::verify::file::receipt::{KeptPromise, RECEIPT_BUNDLE_KIND, RECEIPT_BUNDLE_VERSION, ReceiptBundle};
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::message::Signed;
use serde_json::Value;

/// A receipt with the record that ended the exam and its proof; `end` is null before the batch is
/// closed. `receipt` is the receipt's identity, the SHA-256 of its payload: only who has the
/// receipt knows it. A receipt that was replaced leads to the one that counts.
#[utoipa::path(get, path = "/api/v1/receipts/{sitting}/{receipt}", params(ReceiptPath), responses((status = 200, body = Object)))]
pub async fn show_receipt(
    State(app): State<App>,
    Path(ReceiptPath { sitting, receipt }): Path<ReceiptPath>,
) -> Result<Json<ReceiptBundle>, Refusal> {
    let unknown = || Refusal::not_found("receipt");
    let asked = Digest::from_hex(&receipt).map_err(|_| unknown())?;
    let state: Option<SittingState> = app.read(sitting.as_str()).await?;
    let theory = state.as_ref().and_then(|state| state.theory().ok()).ok_or_else(unknown)?;
    let ending = theory.end().ok_or_else(unknown)?;
    let place = &theory.place;
    let signed: Signed<Receipt> = Signed::parse(ending.receipt.as_bytes())?;
    let is_replaced = theory.undone.iter().any(|undone| undone.receipt == asked);
    if signed.identity()? != asked && !is_replaced {
        return Err(unknown());
    }
    let batch: BatchState = app.need(place.batch.as_str(), "batch").await?;
    let end = match app.read::<ResultState>(&result_key(&place.batch, &place.pseudonym)).await? {
        Some(result) if batch.closed().is_ok() => Some(kept(&app, &result).await?),
        _ => None,
    };
    Ok(Json(ReceiptBundle {
        kind: RECEIPT_BUNDLE_KIND.to_owned(),
        v: RECEIPT_BUNDLE_VERSION,
        receipt: canonical::from_bytes(ending.receipt.as_bytes())?,
        end,
    }))
}

/// The record that ended the exam, with its place in the log.
async fn kept(app: &App, result: &ResultState) -> Result<KeptPromise, Refusal> {
    let (leaf, record) = match result {
        ResultState::Signed(logged) => {
            let (signed, leaf) = logged.first();
            (leaf, Value::String(signed.jws.clone()))
        }
        ResultState::Ended { record, .. } => {
            (&record.leaf, canonical::from_bytes(&needed_blob(app, &record.message).await?)?)
        }
    };
    Ok(KeptPromise { proof: log::prove(app, leaf).await?, record })
}
