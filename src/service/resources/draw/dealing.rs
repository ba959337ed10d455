//! The papers are dealt; tasks, panels and numbers are drawn from the same seed.

use super::manifest::{indexes, seating};
use super::{DrawView, at_stage, custodian_id, read};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::resources::{batches, log, needed_blob, panels};
use crate::state::batch::{BatchEvent, BatchState, Deal, Stage};
use crate::state::paper::{DealtPaper, PaperEvent, PaperState, paper_key};
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::bank::Index;
use kaoping_engine::draw::{DrawInput, Manifest, Seating, Secret, Seed, deal as deal_papers};
use kaoping_engine::kinds::opening::Opening;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::canonical;
use kaoping_record::digest::{Digest, from_hex};
use kaoping_record::id::BatchId;
use kaoping_record::message::Signed;

/// Deals the papers, and draws tasks, panels and numbers.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/deal", params(("batch" = String, Path)), responses((status = 200, body = DrawView)))]
pub async fn deal(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
) -> Result<Json<DrawView>, ApiError> {
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.load(batch.as_str()).await?;
        at_stage(&state, Stage::Opened, ("全部保管人开启之后才能发卷。", "deal after all custodians have opened"))?;
        let named = state.manifest.as_ref().is_some_and(|fixed| fixed.entropy);
        if named && state.entropy.is_none() {
            return Err(ApiError::conflict(
                "entropy_missing",
                "entropy",
                ("清单写明的公开随机数还没有录入。", "the public entropy that the manifest names is not in yet"),
                ("等它公布后录入，再发卷。", "enter it once it is published, then deal"),
            ));
        }
        let dealt = dealt(&app, &state).await?;
        let manifest = state.manifest.as_ref().map(|fixed| fixed.digest).unwrap_or(Digest::ZERO);
        debug_assert_eq!(manifest, dealt.manifest);
        for (seated, (bytes, certificate, forced)) in dealt.seating.papers.iter().zip(dealt.papers) {
            let digest = work.blob(bytes);
            let paper = DealtPaper {
                paper: seated.paper.clone(),
                paper_use: seated.paper_use,
                session: seated.session,
                room: seated.room.clone(),
                digest,
                certificate,
                forced,
            };
            let key = paper_key(&batch, seated.paper.as_str());
            work.append::<PaperState>(&key, PaperEvent::Dealt { paper }).await?;
        }
        panels::lots::set_up(&app, work, &state, &dealt.seed).await?;
        let seed_digest = Digest::of(&canonical::to_bytes(&dealt.seed)?);
        let papers = u32::try_from(dealt.seating.papers.len()).unwrap_or(u32::MAX);
        let opening = Opening {
            at_ms: work.now(),
            attempt: state.attempt,
            batch: batch.clone(),
            manifest,
            papers,
            seed: seed_digest,
        };
        let opening = log::record(&app, work, &batch, opening).await?;
        let deal = Deal {
            seed_digest,
            opening,
            papers: dealt.list_digest,
            equivalence: work.blob(dealt.equivalence),
            count: papers,
        };
        work.append::<BatchState>(batch.as_str(), BatchEvent::Dealt { deal }).await
    })?;
    read(State(app), member, Path(batch)).await
}

/// The seed of a batch whose papers are dealt.
///
/// # Errors
/// 404 before the draw, 500 when what is stored does not fit.
pub async fn seed(app: &App, state: &BatchState) -> Result<Seed, ApiError> {
    let opened = opened(app, state).await?;
    let mut secrets = Vec::new();
    for custodian in &opened.manifest.custodians {
        let secret = opened.secrets.iter().find(|secret| secret.custodian == custodian.custodian);
        secrets.push(secret.ok_or_else(|| ApiError::not_found("secret"))?);
    }
    let manifest = state.manifest.as_ref().ok_or_else(|| ApiError::not_found("manifest"))?;
    Ok(Seed::derive(manifest.digest, &secrets, opened.entropy.as_deref().unwrap_or_default()))
}

/// What a draw needs beside its documents.
struct Opened {
    manifest: Manifest,
    secrets: Vec<Secret>,
    entropy: Option<Vec<u8>>,
}

async fn opened(app: &App, state: &BatchState) -> Result<Opened, ApiError> {
    let fixed = state.manifest.as_ref().ok_or_else(|| ApiError::not_found("manifest"))?;
    let message: Signed<Manifest> = Signed::parse(&needed_blob(app, &fixed.message).await?)?;
    let mut secrets = Vec::new();
    for (account, secret) in &state.secrets {
        let secret = Bytes32::from_hex(secret).map_err(|_| ApiError::internal("stored secret"))?;
        secrets.push(Secret { custodian: custodian_id(account)?, secret });
    }
    let entropy = state.entropy.as_ref().map(|entropy| from_hex(&entropy.bytes));
    let entropy = entropy.map(|bytes| bytes.ok_or_else(|| ApiError::internal("stored entropy"))).transpose()?;
    Ok(Opened { manifest: message.payload, secrets, entropy })
}

struct Dealt {
    seed: Seed,
    manifest: Digest,
    seating: Seating,
    papers: Vec<(Vec<u8>, String, u32)>,
    equivalence: Vec<u8>,
    list_digest: Digest,
}

async fn dealt(app: &App, state: &BatchState) -> Result<Dealt, ApiError> {
    let plan = state.plan()?;
    let opened = opened(app, state).await?;
    let indexes: Vec<Index> = indexes(app, plan).await?.into_iter().map(|(index, _)| index).collect();
    let blueprint = batches::blueprint(app, plan)?;
    let seating = seating(app, state).await?;
    let app = app.clone();
    tokio::task::spawn_blocking(move || {
        let input = DrawInput {
            manifest: &opened.manifest,
            indexes: &indexes,
            blueprint: &blueprint,
            seating: &seating,
            secrets: &opened.secrets,
            public_entropy: opened.entropy.as_deref(),
        };
        let drawn = deal_papers(&input).map_err(|error| ApiError::faulty(("抽题", "the draw"), error.faults()))?;
        let mut papers = Vec::new();
        let mut digests = Vec::new();
        for (place, paper) in drawn.papers().enumerate() {
            let certificate = drawn.certificate(place, &paper).ok_or_else(|| ApiError::internal("certificate"))?;
            let forced = u32::try_from(certificate.forced.len()).unwrap_or(u32::MAX);
            let signed = Signed::new(certificate).sign(&app.keys.room)?.to_bytes()?;
            digests.push(paper.digest());
            papers.push((paper.to_bytes(), String::from_utf8_lossy(&signed).into_owned(), forced));
        }
        let equivalence = drawn.equivalence().map_err(ApiError::internal)?;
        let equivalence = Signed::new(equivalence).sign(&*app.keys.organization)?.to_bytes()?;
        let list: Vec<&[u8]> = digests.iter().map(|digest| digest.as_bytes().as_slice()).collect();
        let (seed, manifest) = (drawn.seed(), drawn.manifest());
        let list_digest = Digest::of_parts(&list);
        Ok(Dealt { seed, manifest, papers, equivalence, list_digest, seating })
    })
    .await
    .map_err(ApiError::internal)?
}
