//! Corrections of keys: what a rule would change, the proposal of one officer, the approval of
//! another, and the walk over the candidates.

use crate::aggregates::batch::BatchState;
use crate::aggregates::key_correction::{KeyCorrected, KeyEffect, KeyProposal};
use crate::aggregates::request::RequestKey;
use crate::app::App;
use crate::http::path::{BatchPath, KeyItemPath};
use crate::http::request::OnceRequest;
use crate::operations::accounts::name_of;
use crate::operations::key_corrections::items::{self, BatchItem};
use crate::operations::key_corrections::preview::{self, AffectedPerson};
use crate::operations::key_corrections::settling::{self, Settled};
use crate::operations::key_corrections::{approve, propose, withdraw};
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use kaoping_engine::bank::ItemType;
use kaoping_engine::bank::seal::ItemContent;
use kaoping_engine::result::outcome::Outcome;
use kaoping_engine::theory::key_rule::KeyRule;
use kaoping_record::id::ItemId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Candidates that one request settles, so that the page can show progress.
const AT_ONCE: usize = 100;

/// An option of an item.
#[derive(Serialize, ToSchema)]
pub struct KeyOptionView {
    id: String,
    text: String,
}

/// An item with its key.
#[derive(Serialize, ToSchema)]
pub struct KeyItemView {
    item: String,
    #[serde(rename = "type")]
    item_type: ItemType,
    /// The case that several items share.
    case: Option<String>,
    stem: String,
    options: Vec<KeyOptionView>,
    /// What counts today.
    present: KeyRule,
}

impl From<BatchItem> for KeyItemView {
    fn from(found: BatchItem) -> Self {
        let ItemContent { id, case, stem, options, .. } = found.content;
        let options = options.into_iter().map(|option| KeyOptionView { id: option.id.to_string(), text: option.text });
        Self {
            item: id.to_string(),
            item_type: found.index.item_type,
            case,
            stem,
            options: options.collect(),
            present: found.present,
        }
    }
}

/// How many results a correction changes.
#[derive(Serialize, ToSchema)]
pub struct KeyEffectView {
    /// Results whose theory mark changes.
    changed: u32,
    /// Of these, those that pass from now on.
    now_passed: u32,
    /// Of these, those that fail from now on.
    now_failed: u32,
}

impl From<KeyEffect> for KeyEffectView {
    fn from(KeyEffect { changed, now_passed, now_failed }: KeyEffect) -> Self {
        Self { changed, now_passed, now_failed }
    }
}

/// What waits for its approval.
#[derive(Serialize, ToSchema)]
pub struct KeyProposalView {
    item: KeyItemView,
    rule: KeyRule,
    reason: String,
    /// Name of who proposes it.
    by: String,
    at_ms: i64,
    /// Whether the one who looks may approve it.
    may_approve: bool,
}

/// A correction that was logged.
#[derive(Serialize, ToSchema)]
pub struct KeyCorrectedView {
    item: String,
    stem: String,
    options: Vec<KeyOptionView>,
    rule: KeyRule,
    reason: String,
    /// Names of who proposed and who approved.
    decided_by: Vec<String>,
    at_ms: i64,
    log_index: u64,
    effect: KeyEffectView,
    /// Candidates that are done.
    settled: u32,
    /// Whether it is carried out to its end.
    is_complete: bool,
}

/// The corrections of keys in a batch.
#[derive(Serialize, ToSchema)]
pub struct KeyCorrectionsView {
    proposed: Option<KeyProposalView>,
    /// Those that were logged, in order.
    logged: Vec<KeyCorrectedView>,
    candidates: u32,
}

/// Items that a search found.
#[derive(Serialize, ToSchema)]
pub struct KeyItemsView {
    items: Vec<FoundItemView>,
}

/// An item that a search found.
#[derive(Serialize, ToSchema)]
pub struct FoundItemView {
    item: String,
    stem: String,
    options: Vec<KeyOptionView>,
}

/// What to search for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ItemSearch {
    /// A part of the stem, or the beginning of the identifier.
    text: String,
}

/// What is to count in the place of an item's key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyRuleRequest {
    #[schema(value_type = String)]
    item: ItemId,
    rule: KeyRule,
}

/// A proposal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyCorrectionRequest {
    #[schema(value_type = String)]
    item: ItemId,
    rule: KeyRule,
    /// What was wrong, 1 to 500 characters.
    reason: String,
    request: RequestKey,
}

/// Somebody whose mark changes.
#[derive(Serialize, ToSchema)]
pub struct AffectedView {
    pseudonym: String,
    ticket: String,
    name: String,
    theory_before: String,
    theory_after: String,
    practical: String,
    outcome_before: Outcome,
    outcome_after: Outcome,
    /// The number of a certificate that counts today.
    certificate: Option<String>,
    /// The result was revoked, and stays so.
    revoked: bool,
}

impl From<AffectedPerson> for AffectedView {
    fn from(person: AffectedPerson) -> Self {
        let AffectedPerson { pseudonym, ticket, name, theory, practical, outcome, certificate, revoked } = person;
        let ([before, after], [outcome_before, outcome_after]) = (theory, outcome);
        Self {
            pseudonym: pseudonym.to_string(),
            ticket,
            name,
            theory_before: before.shown,
            theory_after: after.shown,
            practical,
            outcome_before,
            outcome_after,
            certificate,
            revoked,
        }
    }
}

/// What a rule would change.
#[derive(Serialize, ToSchema)]
pub struct KeyPreviewView {
    item: KeyItemView,
    /// The rule in its one form.
    rule: KeyRule,
    /// People with a result.
    results: u32,
    /// Of these, those whose paper has the item.
    papers: u32,
    effect: KeyEffectView,
    /// Those whose mark changes.
    affected: Vec<AffectedView>,
}

/// How far a correction is carried out.
#[derive(Serialize, ToSchema)]
pub struct KeySettledView {
    /// Candidates that are done.
    settled: u32,
    candidates: u32,
    is_complete: bool,
}

/// Lists the corrections of keys in a batch.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/key-corrections", params(BatchPath), responses((status = 200, body = KeyCorrectionsView)))]
pub async fn list_key_corrections(
    State(app): State<App>,
    member: Member,
    Path(BatchPath { batch }): Path<BatchPath>,
) -> Result<Json<KeyCorrectionsView>, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let corrections = state.key_corrections()?;
    let proposed = match &corrections.proposed {
        Some(proposal) => Some(proposal_view(&app, &member, &state, proposal).await?),
        None => None,
    };
    let mut logged = Vec::new();
    for corrected in &corrections.logged {
        logged.push(corrected_view(&app, &state, corrected).await?);
    }
    Ok(Json(KeyCorrectionsView { proposed, logged, candidates: state.candidates() }))
}

async fn proposal_view(
    app: &App,
    member: &Member,
    state: &BatchState,
    proposal: &KeyProposal,
) -> Result<KeyProposalView, Refusal> {
    Ok(KeyProposalView {
        item: items::item_of(app, state, &proposal.item).await?.into(),
        rule: proposal.rule.clone(),
        reason: proposal.reason.clone(),
        by: name_of(app, &proposal.by).await?,
        at_ms: proposal.at_ms.millis(),
        may_approve: proposal.by != member.account,
    })
}

async fn corrected_view(app: &App, state: &BatchState, corrected: &KeyCorrected) -> Result<KeyCorrectedView, Refusal> {
    let item: KeyItemView = items::item_of(app, state, &corrected.item).await?.into();
    let mut decided_by = Vec::new();
    for decider in &corrected.decided_by {
        decided_by.push(name_of(app, &decider.account).await?);
    }
    Ok(KeyCorrectedView {
        item: item.item,
        stem: item.stem,
        options: item.options,
        rule: corrected.rule.clone(),
        reason: corrected.reason.clone(),
        decided_by,
        at_ms: corrected.at_ms.millis(),
        log_index: corrected.record.leaf.index,
        effect: corrected.effect.into(),
        settled: corrected.settled,
        is_complete: corrected.completed_ms.is_some(),
    })
}

/// Finds items of a batch's banks by their stem or identifier; keys are not among what it gives.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/key-corrections/items", params(BatchPath, ItemSearch), responses((status = 200, body = KeyItemsView)))]
pub async fn find_items(
    State(app): State<App>,
    Path(BatchPath { batch }): Path<BatchPath>,
    Query(ItemSearch { text }): Query<ItemSearch>,
) -> Result<Json<KeyItemsView>, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let items = items::find(&app, &state, &text).await?.into_iter().map(|content| FoundItemView {
        item: content.id.to_string(),
        stem: content.stem,
        options: content
            .options
            .into_iter()
            .map(|option| KeyOptionView { id: option.id.to_string(), text: option.text })
            .collect(),
    });
    Ok(Json(KeyItemsView { items: items.collect() }))
}

/// Shows an item of a batch with its key, before a rule for it is entered.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/key-corrections/items/{item}", params(KeyItemPath), responses((status = 200, body = KeyItemView)))]
pub async fn show_item(
    State(app): State<App>,
    Path(KeyItemPath { batch, item }): Path<KeyItemPath>,
) -> Result<Json<KeyItemView>, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    Ok(Json(items::item_of(&app, &state, &item).await?.into()))
}

/// Computes what a rule would change, and writes nothing.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/key-corrections/preview", request_body = KeyRuleRequest, params(BatchPath), responses((status = 200, body = KeyPreviewView)))]
pub async fn preview_key_correction(
    State(app): State<App>,
    Path(BatchPath { batch }): Path<BatchPath>,
    Json(KeyRuleRequest { item, rule }): Json<KeyRuleRequest>,
) -> Result<Json<KeyPreviewView>, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let preview = preview::of_rule(&app, &state, &item, &rule).await?;
    let effect = preview.effect().into();
    Ok(Json(KeyPreviewView {
        item: preview.item.into(),
        rule: preview.rule,
        results: preview.results,
        papers: preview.papers,
        effect,
        affected: preview.affected.into_iter().map(AffectedView::from).collect(),
    }))
}

/// One officer proposes a rule in the place of an item's key.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/key-corrections", request_body = KeyCorrectionRequest, params(BatchPath), responses((status = 204)))]
pub async fn propose_key_correction(
    State(app): State<App>,
    member: Member,
    Path(BatchPath { batch }): Path<BatchPath>,
    Json(KeyCorrectionRequest { item, rule, reason, request }): Json<KeyCorrectionRequest>,
) -> Result<StatusCode, Refusal> {
    propose(&app, &member, &batch, (&item, &rule), &reason, &request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the proposal back.
#[utoipa::path(delete, path = "/api/v1/batches/{batch}/key-corrections/proposal", params(BatchPath), responses((status = 204)))]
pub async fn withdraw_key_correction(
    State(app): State<App>,
    member: Member,
    Path(BatchPath { batch }): Path<BatchPath>,
) -> Result<StatusCode, Refusal> {
    withdraw(&app, &member, &batch).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Another officer approves: the correction is logged, and its rule counts from now on. The results
/// are replaced by the walk that follows.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/key-corrections/approval", request_body = OnceRequest, params(BatchPath), responses((status = 204)))]
pub async fn approve_key_correction(
    State(app): State<App>,
    member: Member,
    Path(BatchPath { batch }): Path<BatchPath>,
    Json(request): Json<OnceRequest>,
) -> Result<StatusCode, Refusal> {
    approve(&app, &member, &batch, &request.request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Settles the next hundred candidates of the correction that is under way. The page asks until all
/// are done; whatever breaks it off, any officer goes on later.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/key-corrections/settling", params(BatchPath), responses((status = 200, body = KeySettledView)))]
pub async fn settle_key_correction(
    State(app): State<App>,
    member: Member,
    Path(BatchPath { batch }): Path<BatchPath>,
) -> Result<Json<KeySettledView>, Refusal> {
    let Settled { settled, candidates, is_complete } = settling::settle(&app, &member, &batch, AT_ONCE).await?;
    Ok(Json(KeySettledView { settled, candidates, is_complete }))
}
