//! What a draw publishes: certificates at once, everything that it takes to draw again after the
//! batch is closed.

use crate::aggregates::paper::PaperState;
use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::ceremony::publication::draw_bundle;
use crate::operations::stored::state_of;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use kaoping_engine::draw::certificate::PaperCertificate;
use kaoping_engine::draw::seating::PaperUse;
use kaoping_engine::verify::draw::bundle::kind_first;
use kaoping_record::digest::Digest;
use kaoping_record::id::{PaperId, RoomId};
use kaoping_record::message::Signed;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A page of papers.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PapersQuery {
    /// The last paper of the page before.
    after: Option<String>,
    /// How many, at most 500.
    limit: Option<u32>,
}

/// A paper with its certificate.
#[derive(Serialize, ToSchema)]
pub struct PaperLine {
    paper: PaperId,
    #[serde(rename = "use")]
    paper_use: PaperUse,
    session: Option<u32>,
    room: Option<RoomId>,
    digest: Digest,
    /// How many cards were forced.
    forced: u32,
    /// The signed paper certificate.
    certificate: Signed<PaperCertificate>,
}

/// Papers with their certificates.
#[derive(Serialize, ToSchema)]
pub struct PapersView {
    papers: Vec<PaperLine>,
    /// The last paper, when there may be more.
    next: Option<String>,
}

/// Papers with their certificates.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/draw/papers", params(BatchPath, PapersQuery), responses((status = 200, body = PapersView)))]
pub async fn list_papers(
    State(app): State<App>,
    Path(BatchPath { batch }): Path<BatchPath>,
    Query(query): Query<PapersQuery>,
) -> Result<Json<PapersView>, Refusal> {
    let limit = query.limit.unwrap_or(100).clamp(1, 500);
    let prefix = format!("{batch}.");
    let after = query.after.map(|after| format!("{prefix}{after}"));
    let rows = app.store.page(Collection::Paper, &prefix, after.as_deref(), limit).await?;
    let mut papers = Vec::with_capacity(rows.len());
    for row in &rows {
        let state: PaperState = state_of(row)?;
        let dealt = state.dealt;
        papers.push(PaperLine {
            certificate: serde_json::from_str(&dealt.certificate).map_err(Refusal::internal)?,
            paper: dealt.paper,
            paper_use: dealt.paper_use,
            session: dealt.session,
            room: dealt.room,
            digest: dealt.digest,
            forced: dealt.forced,
        });
    }
    let full = rows.len() == limit as usize;
    let next = rows.last().filter(|_| full).and_then(|row| row.key.strip_prefix(&prefix).map(str::to_owned));
    Ok(Json(PapersView { papers, next }))
}

/// The data that anyone needs to draw again, once the batch is closed.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/draw/bundle", params(BatchPath), responses((status = 200, body = Object)))]
pub async fn download_draw_bundle(
    State(app): State<App>,
    Path(BatchPath { batch }): Path<BatchPath>,
) -> Result<Response, Refusal> {
    let bundle = draw_bundle(&app, &batch).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], kind_first(&bundle)).into_response())
}
