//! The log for everyone: checkpoint, entries, proofs, and tiles as C2SP tlog-tiles has them; and
//! what witnesses are asked.

use crate::app::App;
use crate::http::path::TilePathText;
use crate::operations::log::{leaves, newest};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kaoping_record::digest::Digest;
use kaoping_record::log::entries::encode as encode_entries;
use kaoping_record::log::leaf::Leaf;
use kaoping_record::log::tile::{TILE_WIDTH, TilePath, encode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which leaf, of which size of the log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProofQuery {
    /// The leaf's index, from 0.
    index: u64,
    /// The log's size; the present one when absent.
    size: Option<u64>,
}

/// Hashes from a leaf to the root.
#[derive(Serialize, ToSchema)]
pub struct ProofView {
    /// The leaf's index.
    index: u64,
    /// The log's size.
    size: u64,
    /// The hashes, the leaf's sibling first.
    path: Vec<String>,
}

/// Which two sizes.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConsistencyQuery {
    /// The older size, from 1.
    old: u64,
    /// The newer size; the present one when absent.
    size: Option<u64>,
}

/// Hashes that show that the log only grew.
#[derive(Serialize, ToSchema)]
pub struct ConsistencyView {
    /// The older size.
    old: u64,
    /// The newer size.
    size: u64,
    /// The hashes (RFC 6962, section 2.1.2).
    path: Vec<String>,
}

/// Which leaves.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntriesQuery {
    /// The first index.
    from: Option<u64>,
    /// How many, at most 1000.
    limit: Option<u64>,
}

/// Leaves in order.
#[derive(Serialize, ToSchema)]
pub struct EntriesView {
    entries: Vec<EntryView>,
}

/// A leaf.
#[derive(Serialize, ToSchema)]
pub struct EntryView {
    /// Its index.
    index: u64,
    /// Its entry.
    leaf: Leaf,
}

/// The log's signed checkpoint; with the witnesses' lines when they cosigned this very size.
#[utoipa::path(get, path = "/api/v1/log/checkpoint", responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn show_checkpoint(State(app): State<App>) -> Result<String, Refusal> {
    newest(&app).await.map(|(_, note)| note)
}

/// Leaves in order.
#[utoipa::path(get, path = "/api/v1/log/entries", params(EntriesQuery), responses((status = 200, body = EntriesView)))]
pub async fn list_entries(
    State(app): State<App>,
    Query(query): Query<EntriesQuery>,
) -> Result<Json<EntriesView>, Refusal> {
    let from = query.from.unwrap_or(0);
    let leaves = leaves(&app, from, query.limit.unwrap_or(100).clamp(1, 1000)).await?;
    let entries = (from..).zip(leaves).map(|(index, leaf)| EntryView { index, leaf });
    Ok(Json(EntriesView { entries: entries.collect() }))
}

/// An inclusion proof.
#[utoipa::path(get, path = "/api/v1/log/proof", params(ProofQuery), responses((status = 200, body = ProofView)))]
pub async fn prove_inclusion(
    State(app): State<App>,
    Query(query): Query<ProofQuery>,
) -> Result<Json<ProofView>, Refusal> {
    let tree = app.log_tree().await?;
    let size = query.size.unwrap_or_else(|| tree.size());
    let path = tree.inclusion(query.index, size).map_err(|_| Refusal::not_found("index"))?;
    Ok(Json(ProofView { index: query.index, size, path: path.iter().map(Digest::to_hex).collect() }))
}

/// A consistency proof.
#[utoipa::path(get, path = "/api/v1/log/consistency", params(ConsistencyQuery), responses((status = 200, body = ConsistencyView)))]
pub async fn prove_consistency(
    State(app): State<App>,
    Query(query): Query<ConsistencyQuery>,
) -> Result<Json<ConsistencyView>, Refusal> {
    let tree = app.log_tree().await?;
    let size = query.size.unwrap_or_else(|| tree.size());
    let path = tree.consistency(query.old, size).map_err(|_| Refusal::not_found("size"))?;
    Ok(Json(ConsistencyView { old: query.old, size, path: path.iter().map(Digest::to_hex).collect() }))
}

/// A tile of hashes or of entries: the path after `tile/` as tlog-tiles writes it, such as `0/000`
/// or `entries/000.p/7`.
#[utoipa::path(get, path = "/api/v1/log/tile/{*path}", params(TilePathText), responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream")))]
pub async fn show_tile(
    State(app): State<App>,
    Path(TilePathText { path }): Path<TilePathText>,
) -> Result<Response, Refusal> {
    let unknown = || Refusal::not_found("tile");
    let bytes = match TilePath::parse(&format!("tile/{path}")).map_err(|_| unknown())? {
        TilePath::Hashes(tile) => encode(app.log_tree().await?.tile(&tile).ok_or_else(unknown)?),
        TilePath::Entries(tile) => {
            let width = tile.width() as u64;
            let leaves = leaves(&app, tile.index() * TILE_WIDTH as u64, width).await?;
            if leaves.len() as u64 != width {
                return Err(unknown());
            }
            let entries = leaves.iter().map(Leaf::entry).collect::<Result<Vec<_>, _>>()?;
            encode_entries(&entries).map_err(Refusal::internal)?
        }
    };
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}
