//! The draw's ceremony as its page shows it, and its steps: [`basis`], [`secrets`], [`manifest`],
//! [`entropy`], [`void`], [`dealing`], [`publication`].

pub mod basis;
pub mod dealing;
pub mod entropy;
pub mod manifest;
pub mod publication;
pub mod secrets;
pub mod void;

use crate::aggregates::attempt::Returned;
use crate::aggregates::batch::{BatchState, Stage};
use crate::app::App;
use crate::http::path::BatchPath;
use crate::operations::accounts::name_of;
use crate::operations::member::Member;
use crate::operations::stored::read_blob;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use entropy::EntropyView;
use kaoping_engine::bank::Profile;
use kaoping_engine::draw::certificate::EquivalenceCertificate;
use kaoping_engine::draw::manifest::Manifest;
use kaoping_engine::draw::{ALGORITHM, Basis};
use kaoping_engine::view::equivalence::EquivalenceDecimals;
use kaoping_record::digest::Digest;
use kaoping_record::message::Signed;
use serde::Serialize;
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

/// The state of the draw.
#[derive(Serialize, ToSchema)]
pub struct DrawView {
    batch: String,
    attempt: u32,
    algorithm: String,
    stage: Stage,
    profile: Profile,
    custodians: Vec<CustodianLine>,
    basis: Option<BasisView>,
    manifest: Option<ManifestView>,
    /// Public entropy, when the basis names any.
    entropy: Option<EntropyView>,
    /// A void that waits for its approval.
    proposal: Option<ProposalView>,
    /// Attempts that ended without papers.
    voided: Vec<VoidedView>,
    seed_digest: Option<String>,
    papers: Option<PapersSummary>,
}

/// The basis as it was fixed.
#[derive(Serialize, ToSchema)]
pub struct BasisView {
    /// What custodians commit to.
    digest: String,
    log_index: u64,
    /// The signed message.
    document: Signed<Basis>,
    /// Papers of persons who have seen so much that items return, each with their number.
    returned: Vec<Returned>,
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

/// The state of the draw.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/draw", params(BatchPath), responses((status = 200, body = DrawView)))]
pub async fn show_draw(
    State(app): State<App>,
    member: Member,
    Path(BatchPath { batch }): Path<BatchPath>,
) -> Result<Json<DrawView>, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let plan = &state.plan;
    let mut custodians = Vec::new();
    for custodian in &state.custodians {
        let draw = state.seated.as_ref().map(|seated| &seated.draw);
        let committed = draw.and_then(|draw| draw.commitment(&custodian.account));
        let opened = state.fixed().is_some_and(|fixed| fixed.secrets.contains_key(&custodian.account));
        custodians.push(CustodianLine {
            custodian: custodian.account.to_string(),
            name: name_of(&app, &custodian.account).await?,
            outside: custodian.outside,
            committed: committed.is_some(),
            commitment: committed.map(Digest::to_hex),
            opened,
            me: member.account == custodian.account,
        });
    }
    let basis = match state.basis() {
        None => None,
        Some(fixed) => Some(BasisView {
            digest: fixed.record.leaf.record.to_hex(),
            log_index: fixed.record.leaf.index,
            document: read_blob(&app, &fixed.record.message).await?,
            returned: fixed.returned.clone(),
        }),
    };
    let manifest = match state.fixed().map(|fixed| &fixed.manifest) {
        None => None,
        Some(fixed) => Some(ManifestView {
            digest: fixed.digest.to_hex(),
            log_index: fixed.leaf.index,
            document: read_blob(&app, &fixed.message).await?,
        }),
    };
    let papers = match state.deal() {
        None => None,
        Some(deal) => {
            let equivalence: Signed<EquivalenceCertificate> = read_blob(&app, &deal.equivalence).await?;
            let decimals = EquivalenceDecimals::of(&equivalence.payload);
            Some(PapersSummary { count: deal.count, equivalence, decimals })
        }
    };
    Ok(Json(DrawView {
        batch: plan.batch.to_string(),
        attempt: state.attempt,
        algorithm: ALGORITHM.to_owned(),
        stage: state.stage(),
        profile: plan.profile,
        custodians,
        basis,
        manifest,
        entropy: entropy::view(&app, &state).await?,
        proposal: void::proposed(&app, &member, &state).await?,
        voided: void::voided(&app, &state).await?,
        seed_digest: state.deal().map(|deal| deal.seed_digest.to_hex()),
        papers,
    }))
}
