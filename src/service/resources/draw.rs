//! The draw's ceremony: custodians commit, the manifest is fixed and logged, custodians open, papers are dealt.

use super::{log, panels};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::state::account::AccountState;
use crate::state::bank::BankState;
use crate::state::batch::{BatchEvent, BatchState, Deal, FixedManifest, Stage};
use crate::state::paper::{DealtPaper, PaperEvent, PaperState, paper_key};
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, Query, State};
use kaoping_engine::bank::{BankKind, Index};
use kaoping_engine::draw::manifest::{BankEntry, CustodianEntry, MANIFEST_VERSION, Manifest};
use kaoping_engine::draw::seating::PaperUse;
use kaoping_engine::draw::{ALGORITHM, DrawInput, Seating, Secret, SecretBytes, Seed, commitment, deal as deal_papers};
use kaoping_engine::plan::schedule::Plan;
use kaoping_record::canonical;
use kaoping_record::digest::{Digest, from_hex};
use kaoping_record::id::{AccountId, BatchId, CustodianId};
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Signed;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

/// A custodian on the ceremony's page.
#[derive(Serialize, ToSchema)]
pub struct CustodianLine {
    custodian: String,
    name: String,
    outside: bool,
    committed: bool,
    commitment: Option<String>,
    opened: bool,
    /// Whether it is the one who asks.
    me: bool,
}

/// How the draw stands.
#[derive(Serialize, ToSchema)]
pub struct DrawView {
    batch: String,
    attempt: u32,
    algorithm: String,
    stage: Stage,
    custodians: Vec<CustodianLine>,
    manifest: Option<ManifestView>,
    seed_digest: Option<String>,
    papers: Option<PapersSummary>,
}

/// The manifest as it was fixed.
#[derive(Serialize, ToSchema)]
pub struct ManifestView {
    digest: String,
    log_index: u64,
    /// The signed message.
    #[schema(value_type = Object)]
    document: Value,
}

/// What was dealt.
#[derive(Serialize, ToSchema)]
pub struct PapersSummary {
    count: u32,
    /// The signed equivalence certificate.
    #[schema(value_type = Object)]
    equivalence: Value,
}

/// A commitment.
#[derive(Deserialize, ToSchema)]
pub struct CommitmentRequest {
    /// 64 hexadecimal digits.
    #[schema(value_type = String)]
    commitment: Digest,
}

/// An opened secret.
#[derive(Deserialize, ToSchema)]
pub struct OpeningRequest {
    /// 64 hexadecimal digits.
    secret: String,
}

/// A page of papers.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PapersQuery {
    /// The last paper of the page before.
    after: Option<String>,
    /// How many, at most 500.
    limit: Option<u32>,
}

/// Papers with their certificates.
#[derive(Serialize, ToSchema)]
pub struct PapersView {
    #[schema(value_type = Vec<Object>)]
    papers: Vec<Value>,
    /// The last paper, when there may be more.
    next: Option<String>,
}

/// How the draw stands.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/draw", params(("batch" = String, Path)), responses((status = 200, body = DrawView)))]
pub async fn read(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
) -> Result<Json<DrawView>, ApiError> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let plan = state.plan()?;
    let mut custodians = Vec::new();
    for custodian in &plan.custodians {
        let account: AccountState = app.read(custodian.account.as_str()).await?;
        let committed = state.commitments.get(&custodian.account);
        custodians.push(CustodianLine {
            custodian: custodian.account.to_string(),
            name: account.name,
            outside: custodian.outside,
            committed: committed.is_some(),
            commitment: committed.map(Digest::to_hex),
            opened: state.secrets.contains_key(&custodian.account),
            me: member.account == custodian.account,
        });
    }
    let manifest = match &state.manifest {
        None => None,
        Some(fixed) => Some(ManifestView {
            digest: fixed.digest.to_hex(),
            log_index: fixed.leaf,
            document: document(&app, &fixed.message).await?,
        }),
    };
    let papers = match &state.deal {
        None => None,
        Some(deal) => Some(PapersSummary { count: deal.count, equivalence: document(&app, &deal.equivalence).await? }),
    };
    Ok(Json(DrawView {
        batch: plan.batch.to_string(),
        attempt: state.attempt,
        algorithm: ALGORITHM.to_owned(),
        stage: state.stage,
        custodians,
        manifest,
        seed_digest: state.deal.as_ref().map(|deal| deal.seed_digest.to_hex()),
        papers,
    }))
}

/// A custodian commits.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/commitments", request_body = CommitmentRequest, params(("batch" = String, Path)), responses((status = 200, body = DrawView)))]
pub async fn commit(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
    Json(request): Json<CommitmentRequest>,
) -> Result<Json<DrawView>, ApiError> {
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.load(batch.as_str()).await?;
        custodian_of(state.plan()?, &member.account)?;
        at_stage(
            &state,
            Stage::Seated,
            ("考生名册导入、座位排定之后才能封存。", "commit after the roster is in and seats are assigned"),
        )?;
        if state.commitments.contains_key(&member.account) {
            return Err(ApiError::conflict(
                "already_committed",
                "commitment",
                ("您已经封存过,不能更换。", "you have committed and cannot change it"),
                ("等待其他保管人封存。", "wait for the other custodians"),
            ));
        }
        let event = BatchEvent::Committed { custodian: member.account.clone(), commitment: request.commitment };
        work.append::<BatchState>(batch.as_str(), event).await
    })?;
    read(State(app), member, Path(batch)).await
}

/// Fixes the manifest and logs it.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/manifest", params(("batch" = String, Path)), responses((status = 200, body = DrawView)))]
pub async fn fix(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
) -> Result<Json<DrawView>, ApiError> {
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.load(batch.as_str()).await?;
        at_stage(
            &state,
            Stage::Committed,
            ("全部保管人封存之后才能固定清单。", "fix the manifest after all custodians have committed"),
        )?;
        let manifest = manifest(&app, &state).await?;
        let faults = manifest.check();
        if !faults.is_empty() {
            return Err(ApiError::faulty(("抽题清单", "the manifest"), faults));
        }
        let message = Signed::new(manifest).sign(&app.keys.organization)?;
        let digest = message.identity()?;
        let blob = work.blob(message.to_bytes()?);
        let leaf = log::append(&app, work, &batch, LeafKind::Manifest, digest).await?;
        let manifest = FixedManifest { digest, message: blob, leaf: leaf.index, leaf_salt: leaf.salt };
        work.append::<BatchState>(batch.as_str(), BatchEvent::Fixed { manifest }).await
    })?;
    read(State(app), member, Path(batch)).await
}

/// A custodian opens the secret.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/draw/openings", request_body = OpeningRequest, params(("batch" = String, Path)), responses((status = 200, body = DrawView)))]
pub async fn open(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
    Json(request): Json<OpeningRequest>,
) -> Result<Json<DrawView>, ApiError> {
    let other = || {
        ApiError::invalid(
            "other_secret",
            "secret",
            ("这不是当初封存的密码。", "this is not the secret that was committed"),
            ("请用封存时保存的文件或同一台电脑打开。", "use the file that was saved then, or the same computer"),
        )
    };
    let bytes: [u8; 32] = from_hex(&request.secret).and_then(|bytes| bytes.try_into().ok()).ok_or_else(other)?;
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.load(batch.as_str()).await?;
        custodian_of(state.plan()?, &member.account)?;
        at_stage(
            &state,
            Stage::Fixed,
            ("清单固定并记入日志之后才能开启。", "open after the manifest is fixed and logged"),
        )?;
        let custodian = custodian_id(&member.account)?;
        let expected = state.commitments.get(&member.account).copied();
        let found = commitment(&batch, state.attempt, &custodian, &SecretBytes::new(bytes));
        if expected != Some(found) {
            return Err(other());
        }
        if state.secrets.contains_key(&member.account) {
            return Ok(());
        }
        let event = BatchEvent::Opened { custodian: member.account.clone(), secret: request.secret.clone() };
        work.append::<BatchState>(batch.as_str(), event).await
    })?;
    read(State(app), member, Path(batch)).await
}

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
        let plan = state.plan()?.clone();
        let dealt = dealt(&app, &state, &plan).await?;
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
        panels::set_up(&app, work, &state, &dealt.seed).await?;
        let seed_digest = Digest::of(&canonical::to_bytes(&dealt.seed)?);
        log::append(&app, work, &batch, LeafKind::Opening, seed_digest).await?;
        let deal = Deal {
            seed_digest,
            papers: dealt.list_digest,
            equivalence: work.blob(dealt.equivalence),
            count: u32::try_from(dealt.seating.papers.len()).unwrap_or(u32::MAX),
        };
        work.append::<BatchState>(batch.as_str(), BatchEvent::Dealt { deal }).await
    })?;
    read(State(app), member, Path(batch)).await
}

/// Papers with their certificates.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/draw/papers", params(("batch" = String, Path), PapersQuery), responses((status = 200, body = PapersView)))]
pub async fn papers(
    State(app): State<App>,
    Path(batch): Path<BatchId>,
    Query(query): Query<PapersQuery>,
) -> Result<Json<PapersView>, ApiError> {
    let limit = query.limit.unwrap_or(100).clamp(1, 500);
    let prefix = format!("{batch}.");
    let after = query.after.map(|after| format!("{prefix}{after}"));
    let rows = app.store.page(Collection::Paper, &prefix, after.as_deref(), limit).await?;
    let mut papers = Vec::with_capacity(rows.len());
    for row in &rows {
        let state: PaperState = super::state_of(row)?;
        let Some(dealt) = state.dealt else { continue };
        let certificate: Value = serde_json::from_str(&dealt.certificate).map_err(ApiError::internal)?;
        papers.push(json!({
            "paper": dealt.paper, "use": dealt.paper_use, "session": dealt.session, "room": dealt.room,
            "digest": dealt.digest, "forced": dealt.forced, "certificate": certificate,
        }));
    }
    let full = rows.len() == limit as usize;
    let next = rows.last().filter(|_| full).and_then(|row| row.key.strip_prefix(&prefix).map(str::to_owned));
    Ok(Json(PapersView { papers, next }))
}

/// What everyone needs to draw again, once the batch is closed.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/draw/bundle", params(("batch" = String, Path)), responses((status = 200, body = Object)))]
pub async fn bundle(State(app): State<App>, Path(batch): Path<BatchId>) -> Result<Json<Value>, ApiError> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    at_stage(
        &state,
        Stage::Closed,
        ("批次关闭之后才公布抽题材料。", "the draw is published after the batch is closed"),
    )?;
    let plan = state.plan()?;
    let fixed = state.manifest.as_ref().ok_or_else(|| ApiError::not_found("manifest"))?;
    let mut secrets = Vec::new();
    for (account, secret) in &state.secrets {
        secrets.push(json!({ "custodian": custodian_id(account)?, "secret": secret }));
    }
    let mut papers = Vec::new();
    for row in super::all(&app, Collection::Paper, &format!("{batch}.")).await? {
        let paper: PaperState = super::state_of(&row)?;
        papers.extend(paper.dealt.map(|dealt| json!({ "paper": dealt.paper, "digest": dealt.digest })));
    }
    Ok(Json(json!({
        "kind": "draw-bundle",
        "v": 1,
        "manifest": document(&app, &fixed.message).await?,
        "indexes": indexes(&app, plan).await?.into_iter().map(|(index, _)| index).collect::<Vec<_>>(),
        "blueprint": super::batches::blueprint(&app, plan)?,
        "seating": seating(&app, &state).await?,
        "secrets": secrets,
        "papers": papers,
    })))
}

struct Dealt {
    seed: Seed,
    manifest: Digest,
    seating: Seating,
    papers: Vec<(Vec<u8>, String, u32)>,
    equivalence: Vec<u8>,
    list_digest: Digest,
}

async fn dealt(app: &App, state: &BatchState, plan: &Plan) -> Result<Dealt, ApiError> {
    let fixed = state.manifest.as_ref().ok_or_else(|| ApiError::not_found("manifest"))?;
    let message: Signed<Manifest> = Signed::parse(&super::needed_blob(app, &fixed.message).await?)?;
    let indexes: Vec<Index> = indexes(app, plan).await?.into_iter().map(|(index, _)| index).collect();
    let blueprint = super::batches::blueprint(app, plan)?;
    let seating = seating(app, state).await?;
    let mut secrets = Vec::new();
    for (account, secret) in &state.secrets {
        let bytes = from_hex(secret).and_then(|bytes| bytes.try_into().ok());
        let secret = SecretBytes::new(bytes.ok_or_else(|| ApiError::internal("stored secret"))?);
        secrets.push(Secret { custodian: custodian_id(account)?, secret });
    }
    let app = app.clone();
    tokio::task::spawn_blocking(move || {
        let input = DrawInput {
            manifest: &message.payload,
            indexes: &indexes,
            blueprint: &blueprint,
            seating: &seating,
            secrets: &secrets,
            public_entropy: None,
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
        let equivalence = Signed::new(equivalence).sign(&app.keys.organization)?.to_bytes()?;
        let list: Vec<&[u8]> = digests.iter().map(|digest| digest.as_bytes().as_slice()).collect();
        let (seed, manifest) = (drawn.seed(), drawn.manifest());
        let list_digest = Digest::of_parts(&list);
        Ok(Dealt { seed, manifest, papers, equivalence, list_digest, seating })
    })
    .await
    .map_err(ApiError::internal)?
}

async fn manifest(app: &App, state: &BatchState) -> Result<Manifest, ApiError> {
    let plan = state.plan()?;
    let blueprint = super::batches::blueprint(app, plan)?;
    let mut custodians = Vec::new();
    for custodian in &plan.custodians {
        custodians.push(CustodianEntry {
            custodian: custodian_id(&custodian.account)?,
            outside: custodian.outside,
            commitment: state.commitments.get(&custodian.account).copied().unwrap_or(Digest::ZERO),
        });
    }
    let banks = indexes(app, plan).await?.into_iter().map(|(index, digest)| BankEntry {
        bank: index.bank.clone(),
        kind: index.kind,
        index: digest,
        answer_keys: index.answer_keys(),
        approval: None,
    });
    Ok(Manifest {
        v: MANIFEST_VERSION,
        algorithm: ALGORITHM.to_owned(),
        profile: plan.profile,
        batch: plan.batch.clone(),
        attempt: state.attempt,
        replaces: None,
        level: plan.level,
        banks: banks.collect(),
        blueprint: blueprint.digest()?,
        seating: seating(app, state).await?.digest()?,
        roster: state.roster.unwrap_or(Digest::ZERO),
        practical: Some(Digest::of(&canonical::to_bytes(&plan.practical)?)),
        custodians,
        public_entropy: None,
    })
}

/// The indexes of the plan's banks with their digests: the national bank of the level.
async fn indexes(app: &App, plan: &Plan) -> Result<Vec<(Index, Digest)>, ApiError> {
    let mut indexes = Vec::new();
    for row in super::all(app, Collection::Bank, "").await? {
        let bank: BankState = super::state_of(&row)?;
        let Some(sealed) = bank.sealed else { continue };
        if sealed.level == plan.level && sealed.kind == BankKind::National {
            indexes.push((canonical::from_bytes(&super::needed_blob(app, &sealed.index).await?)?, sealed.index));
        }
    }
    Ok(indexes)
}

async fn seating(app: &App, state: &BatchState) -> Result<Seating, ApiError> {
    let digest = state.seating.ok_or_else(|| ApiError::not_found("seating"))?;
    Ok(canonical::from_bytes(&super::needed_blob(app, &digest).await?)?)
}

async fn document(app: &App, digest: &Digest) -> Result<Value, ApiError> {
    Ok(canonical::from_bytes(&super::needed_blob(app, digest).await?)?)
}

fn custodian_id(account: &AccountId) -> Result<CustodianId, ApiError> {
    Ok(CustodianId::new(account.as_str())?)
}

fn custodian_of(plan: &Plan, account: &AccountId) -> Result<(), ApiError> {
    if plan.custodians.iter().any(|custodian| custodian.account == *account) {
        Ok(())
    } else {
        Err(ApiError::forbidden())
    }
}

fn at_stage(state: &BatchState, stage: Stage, cause: (&str, &str)) -> Result<(), ApiError> {
    if state.stage == stage {
        return Ok(());
    }
    Err(ApiError::conflict(
        "not_at_this_stage",
        "stage",
        cause,
        ("请按页面上的步骤依次进行。", "follow the steps on the page"),
    ))
}

/// Spare papers of a batch.
///
/// # Errors
/// 500 when the store fails.
pub async fn spares(app: &App, batch: &BatchId) -> Result<Vec<DealtPaper>, ApiError> {
    let mut spares = Vec::new();
    for row in super::all(app, Collection::Paper, &format!("{batch}.")).await? {
        let state: PaperState = super::state_of(&row)?;
        spares.extend(state.dealt.filter(|dealt| dealt.paper_use != PaperUse::Seat));
    }
    Ok(spares)
}
