//! The draw's ceremony: custodians commit, the manifest is fixed and logged, custodians open, papers are dealt. An attempt
//! that cannot go on ends in a logged void, and the next one begins.

pub mod dealing;
pub mod entropy;
pub mod manifest;
pub mod publication;
pub mod secrets;
pub mod void;

use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::resources::needed_blob;
use crate::state::account::AccountState;
use crate::state::batch::{BatchState, Stage};
use axum::Json;
use axum::extract::{Path, State};
use entropy::EntropyView;
use kaoping_engine::draw::ALGORITHM;
use kaoping_engine::draw::certificate::EquivalenceCertificate;
use kaoping_engine::draw::manifest::Manifest;
use kaoping_engine::view::equivalence::EquivalenceDecimals;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, BatchId, CustodianId};
use kaoping_record::message::Signed;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use void::{ProposalView, VoidedView};

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
    /// Public entropy, when the manifest names any.
    entropy: Option<EntropyView>,
    /// A void that waits for its approval.
    proposal: Option<ProposalView>,
    /// Attempts that ended without papers.
    voided: Vec<VoidedView>,
    seed_digest: Option<String>,
    papers: Option<PapersSummary>,
}

/// The manifest as it was fixed.
#[derive(Serialize, ToSchema)]
pub struct ManifestView {
    digest: String,
    log_index: u64,
    /// The signed message.
    document: Signed<Manifest>,
}

/// What was dealt.
#[derive(Serialize, ToSchema)]
pub struct PapersSummary {
    count: u32,
    /// The signed equivalence certificate.
    equivalence: Signed<EquivalenceCertificate>,
    /// Its fractions in decimals.
    decimals: EquivalenceDecimals,
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
    for custodian in &state.custodians {
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
            log_index: fixed.leaf.index,
            document: document(&app, &fixed.message).await?,
        }),
    };
    let papers = match &state.deal {
        None => None,
        Some(deal) => {
            let equivalence: Signed<EquivalenceCertificate> = document(&app, &deal.equivalence).await?;
            let decimals = EquivalenceDecimals::of(&equivalence.payload);
            Some(PapersSummary { count: deal.count, equivalence, decimals })
        }
    };
    Ok(Json(DrawView {
        batch: plan.batch.to_string(),
        attempt: state.attempt,
        algorithm: ALGORITHM.to_owned(),
        stage: state.stage,
        custodians,
        manifest,
        entropy: entropy::view(&app, &state).await?,
        proposal: void::proposed(&app, &member, &state).await?,
        voided: void::voided(&app, &state).await?,
        seed_digest: state.deal.as_ref().map(|deal| deal.seed_digest.to_hex()),
        papers,
    }))
}

async fn document<T: Serialize + DeserializeOwned>(app: &App, digest: &Digest) -> Result<T, ApiError> {
    Ok(canonical::from_bytes(&needed_blob(app, digest).await?)?)
}

fn custodian_id(account: &AccountId) -> Result<CustodianId, ApiError> {
    Ok(CustodianId::new(account.as_str())?)
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
