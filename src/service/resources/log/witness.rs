//! Outside witnesses: what they are asked to cosign, and their lines when they did.

use super::sign_checkpoint;
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::state::log::{Cosigned, KEY, LogEvent, LogState};
use crate::work::transact;
use axum::Json;
use axum::extract::{Query, State};
use kaoping_record::key::Signer as _;
use kaoping_record::log::add_checkpoint::AddCheckpoint;
use kaoping_record::log::checkpoint::Checkpoint;
use kaoping_record::log::cosignature::cosigned;
use kaoping_record::log::note::{Note, NoteKey, NoteKeyKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What the witness saw last.
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
pub async fn read(State(app): State<App>) -> Result<Json<WitnessView>, ApiError> {
    let size = app.log_tree().await?.size();
    let state: LogState = app.read(KEY).await?;
    let cosigned = state.cosigned.map(|cosigned| CosignedView {
        size: cosigned.size,
        witness: cosigned.witness,
        at_ms: cosigned.at_ms.millis(),
    });
    Ok(Json(WitnessView { size, cosigned }))
}

/// What a witness is asked (C2SP tlog-witness, `add-checkpoint`): the size it saw last, the consistency proof, the checkpoint.
#[utoipa::path(get, path = "/api/v1/log/witness/request", params(WitnessQuery), responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn request(State(app): State<App>, Query(query): Query<WitnessQuery>) -> Result<String, ApiError> {
    let tree = app.log_tree().await?;
    let proof = if query.old == 0 { Ok(Vec::new()) } else { tree.consistency(query.old, tree.size()) };
    let proof = proof.map_err(|_| ApiError::not_found("old"))?;
    let checkpoint = Note::parse(&sign_checkpoint(&app, &tree, tree.size())?).map_err(ApiError::internal)?;
    Ok(AddCheckpoint { old_size: query.old, proof, checkpoint }.to_string())
}

/// Takes a witness's cosignature of one of the log's checkpoints.
#[utoipa::path(post, path = "/api/v1/log/witness/cosignatures", request_body = CosignatureRequest, responses((status = 200, body = WitnessView)))]
pub async fn take(
    State(app): State<App>,
    member: Member,
    Json(request): Json<CosignatureRequest>,
) -> Result<Json<WitnessView>, ApiError> {
    let key = NoteKey::parse(request.witness.trim()).ok().filter(|key| key.kind() == NoteKeyKind::Witness);
    let key = key.ok_or_else(|| refused("witness", "见证方公钥不对", "the verifier key is not a witness's"))?;
    let unreadable = || refused("note", "这不是存证日志的签名检查点", "this is no signed checkpoint of the log");
    let note = Note::parse(&request.note).map_err(|_| unreadable())?;
    let log = app.keys.log.public_key();
    let checkpoint = Checkpoint::verify(&request.note, &app.settings.log_origin, log).map_err(|_| unreadable())?;
    let line = cosigned(&note, &key).ok().flatten();
    let line =
        line.ok_or_else(|| refused("note", "没有这一见证方的有效签名", "it bears no valid line of this witness"))?;
    let root = app.log_tree().await?.root(checkpoint.size);
    if root != Ok(checkpoint.root) {
        return Err(refused("note", "检查点与本日志不符", "the checkpoint is not one of this log"));
    }
    transact!(app, &member.actor, |work| {
        let state: LogState = work.load(KEY).await?;
        if state.cosigned.is_some_and(|known| known.size > checkpoint.size) {
            return Err(refused("note", "已有更新的检查点得到见证", "a newer checkpoint is cosigned already"));
        }
        let cosigned = Cosigned {
            size: checkpoint.size,
            note: request.note.clone(),
            witness: line.witness.clone(),
            key: key.to_string(),
            at_ms: line.at,
        };
        work.append::<LogState>(KEY, LogEvent::Cosigned { cosigned }).await
    })?;
    read(State(app)).await
}

fn refused(place: &str, zh: &str, en: &str) -> ApiError {
    ApiError::invalid(
        "cosignature",
        place,
        (&format!("{zh}，没有保存。"), en),
        ("请用最新的见证请求重新办理。", "start again with the newest request"),
    )
}
