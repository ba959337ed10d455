//! Outside witnesses: what they are asked to cosign, and their lines when they did.

use crate::app::App;
use crate::operations::log::{add_cosignature, sign_checkpoint, state};
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Query, State};
use kaoping_record::log::add_checkpoint::AddCheckpoint;
use kaoping_record::log::note::Note;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The checkpoint that the witness saw last.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WitnessQuery {
    /// The size that the witness saw last; 0 for none.
    old: u64,
}

/// A cosigned checkpoint.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CosignatureRequest {
    /// The checkpoint with the witness's line.
    note: String,
    /// The witness's verifier key, as `kaoping witness key` prints it.
    witness: String,
}

/// The newest checkpoint that a witness cosigned.
#[derive(Serialize, ToSchema)]
pub struct CosignedView {
    /// Number of leaves that it covers.
    size: u64,
    /// The witness's name.
    witness: String,
    /// When the witness cosigned.
    at_ms: i64,
}

/// What outside witnesses have seen.
#[derive(Serialize, ToSchema)]
pub struct WitnessView {
    /// Number of leaves now.
    size: u64,
    /// The newest cosigned checkpoint.
    cosigned: Option<CosignedView>,
}

/// What outside witnesses have seen.
#[utoipa::path(get, path = "/api/v1/log/witness", responses((status = 200, body = WitnessView)))]
pub async fn show_witnesses(State(app): State<App>) -> Result<Json<WitnessView>, Refusal> {
    let size = app.log_tree().await?.size();
    let state = state(&app).await?;
    let cosigned = state.cosigned.map(|cosigned| CosignedView {
        size: cosigned.size,
        witness: cosigned.witness,
        at_ms: cosigned.at_ms.millis(),
    });
    Ok(Json(WitnessView { size, cosigned }))
}

/// What a witness is asked (C2SP tlog-witness, `add-checkpoint`): the size it saw last, the
/// consistency proof, the checkpoint.
#[utoipa::path(get, path = "/api/v1/log/witness/request", params(WitnessQuery), responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn request_cosignature(State(app): State<App>, Query(query): Query<WitnessQuery>) -> Result<String, Refusal> {
    let tree = app.log_tree().await?;
    let proof = if query.old == 0 { Ok(Vec::new()) } else { tree.consistency(query.old, tree.size()) };
    let proof = proof.map_err(|_| Refusal::not_found("old"))?;
    let checkpoint = Note::parse(&sign_checkpoint(&app, &tree, tree.size())?).map_err(Refusal::internal)?;
    Ok(AddCheckpoint { old_size: query.old, proof, checkpoint }.to_string())
}

/// Takes a witness's cosignature of one of the log's checkpoints.
#[utoipa::path(post, path = "/api/v1/log/witness/cosignatures", request_body = CosignatureRequest, responses((status = 200, body = WitnessView)))]
pub async fn add_cosignatures(
    State(app): State<App>,
    member: Member,
    Json(request): Json<CosignatureRequest>,
) -> Result<Json<WitnessView>, Refusal> {
    add_cosignature(&app, &member, &request.note, &request.witness).await?;
    show_witnesses(State(app)).await
}
