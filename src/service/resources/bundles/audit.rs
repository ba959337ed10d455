//! The audit bundle: answers, keys and rules, from which every score of a closed batch is computed again. It is for the
//! supervisor of the batch alone; each taking has a reason and is kept.

use super::{file, needs_closed, push_line};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::resources::log::proof;
use crate::resources::{all, batches, needed_blob, needed_reason, panels, roster, state_of};
use crate::state::assignment::AssignmentState;
use crate::state::bank::BankState;
use crate::state::batch::BatchState;
use crate::state::export::{ExportEvent, ExportState};
use crate::state::panel::PanelState;
use crate::state::paper::{PaperState, paper_key};
use crate::state::result::{ResultState, result_key};
use crate::state::sitting::{Ending, SittingState};
use crate::work::transact;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use futures_util::stream::try_unfold;
use kaoping_engine::draw::manifest::Manifest;
use kaoping_engine::kinds::closing::Closing;
use kaoping_engine::plan::seating::RosterEntry;
use kaoping_engine::practical::session::HandedInSheet;
use kaoping_engine::practical::total::WeightedMark;
use kaoping_engine::result::audit::{AUDIT_BUNDLE_KIND, AUDIT_BUNDLE_VERSION, AuditHeader, AuditJournal, AuditLine};
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::event::Sealed;
use kaoping_record::id::{BatchId, SheetId, SittingId};
use kaoping_record::message::{Proof, Signed};
use kaoping_store::Collection;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::IntoParams;

/// Why it is taken.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Why, 1 to 500 characters.
    reason: String,
}

/// The audit bundle of a closed batch. It holds answers and keys, so it needs a reason and is logged.
#[utoipa::path(get, path = "/api/v1/batches/{batch}/audit", params(("batch" = String, Path), AuditQuery), responses((status = 200, body = Vec<u8>, content_type = "application/jsonl")))]
pub async fn read(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
    Query(query): Query<AuditQuery>,
) -> Result<Response, ApiError> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    if state.plan()?.supervisor != member.account {
        return Err(ApiError::forbidden());
    }
    let reason = needed_reason(&query.reason)?;
    needs_closed(&state)?;
    let mut first = Vec::new();
    push_line(&mut first, &header(&app, &state).await?)?;
    let closing = state.closing.as_ref().ok_or_else(|| ApiError::not_found("closing"))?;
    let closing: Signed<Closing> = Signed::parse(&needed_blob(&app, &closing.message).await?)?;
    let rows = closing.payload.ends.result;
    transact!(app, &member.actor, |work| {
        let event = ExportEvent::Taken { what: "audit".to_owned(), reason: reason.clone(), rows };
        work.append::<ExportState>(batch.as_str(), event).await
    })?;
    let entries = roster::entries(&app, &state).await?;
    let walk = Walk { app, first, batch: batch.clone(), entries, next: 0 };
    Ok(file(&format!("audit-{batch}.jsonl"), try_unfold(walk, Walk::next)))
}

/// The people of the roster, one after the other.
struct Walk {
    app: App,
    /// The first line, until it is sent.
    first: Vec<u8>,
    batch: BatchId,
    entries: roster::Entries,
    next: usize,
}

impl Walk {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, ApiError> {
        let mut text = std::mem::take(&mut self.first);
        while text.is_empty() {
            let Some(entry) = self.entries.get(self.next) else { return Ok(None) };
            let line = line(&self.app, &self.batch, entry).await?;
            self.next += 1;
            if let Some(line) = line {
                push_line(&mut text, &line)?;
            }
        }
        Ok(Some((Bytes::from(text), self)))
    }
}

/// What all scores rest on: just what the manifest committed to.
async fn header(app: &App, state: &BatchState) -> Result<AuditHeader, ApiError> {
    let plan = state.plan()?;
    let fixed = state.manifest.as_ref().ok_or_else(|| ApiError::not_found("manifest"))?;
    let message = needed_blob(app, &fixed.message).await?;
    let manifest: Signed<Manifest> = Signed::parse(&message)?;
    let (mut indexes, mut keys) = (Vec::new(), Vec::new());
    for row in all(app, Collection::Bank, "").await? {
        let bank: BankState = state_of(&row)?;
        let Some(sealed) = bank.sealed else { continue };
        if manifest.payload.banks.iter().any(|bank| bank.index == sealed.index) {
            indexes.push(read_blob(app, &sealed.index).await?);
            keys.push(read_blob(app, &sealed.keys).await?);
        }
    }
    let functions = plan.practical.functions.iter();
    let sheets: BTreeSet<&SheetId> =
        functions.flat_map(|function| function.required.iter().chain(&function.by_lot)).collect();
    let sheets = sheets.into_iter().map(|id| Ok(panels::sheet(id)?.sheet().clone()));
    Ok(AuditHeader {
        batch: plan.batch.clone(),
        blueprint: batches::blueprint(app, plan)?,
        indexes,
        keys,
        kind: AUDIT_BUNDLE_KIND.to_owned(),
        manifest: canonical::from_bytes(&message)?,
        practical: plan.practical.clone(),
        sheets: sheets.collect::<Result<_, ApiError>>()?,
        v: AUDIT_BUNDLE_VERSION,
    })
}

/// A person's result with what it rests on; nothing for whom the exam ended without one.
async fn line(app: &App, batch: &BatchId, entry: &RosterEntry) -> Result<Option<AuditLine>, ApiError> {
    let result: ResultState = app.read(&result_key(batch, &entry.pseudonym)).await?;
    let Some(signed) = result.signed else { return Ok(None) };
    let theory: SittingState = app.need(entry.theory.as_str(), "theory").await?;
    let practical: SittingState = app.need(entry.practical.as_str(), "practical").await?;
    let paper: PaperState = app.need(&paper_key(batch, entry.seat.as_str()), "paper").await?;
    let dealt = paper.dealt.ok_or_else(|| ApiError::not_found("paper"))?;
    let ending = theory.ending.ok_or_else(|| ApiError::not_found("journal"))?;
    let score = theory.theory.ok_or_else(|| ApiError::not_found("score"))?;
    let mark = practical.practical_mark.ok_or_else(|| ApiError::not_found("marks"))?;
    let marks: Vec<WeightedMark> = read_blob(app, &mark.panels).await?;
    let (mut sheets, mut sheet_proofs) = (Vec::with_capacity(marks.len()), Vec::with_capacity(marks.len()));
    for weighted in &marks {
        let (of_mark, proofs) = handed_in(app, &entry.practical, &weighted.mark.sheet).await?;
        sheets.push(of_mark);
        sheet_proofs.push(proofs);
    }
    Ok(Some(AuditLine {
        journal: Some(journal(app, &ending).await?),
        jws: signed.jws,
        handed_in: sheets,
        sheet_proofs,
        marks,
        paper: read_blob(app, &dealt.digest).await?,
        pseudonym: entry.pseudonym.clone(),
        score: read_blob(app, &score.score).await?,
    }))
}

/// The sheets that a panel's mark was formed from, and the signatures of each.
async fn handed_in(
    app: &App,
    sitting: &SittingId,
    sheet: &SheetId,
) -> Result<(Vec<HandedInSheet>, Vec<Vec<Proof>>), ApiError> {
    let panel: PanelState = app.need(&panels::panel_key(sitting, sheet), "panel").await?;
    let subject = panel.subject.ok_or_else(|| ApiError::not_found("panel"))?;
    let (mut sheets, mut proofs) = (Vec::new(), Vec::new());
    for assignment in &subject.assignments {
        let state: AssignmentState = app.need(assignment.as_str(), "assignment").await?;
        if let Some(sheet) = state.handed_in {
            sheets.push(sheet);
            proofs.push(state.proofs);
        }
    }
    Ok((sheets, proofs))
}

/// The seat's streams as they stood when the sitting ended: nothing that came later counts.
async fn journal(app: &App, ending: &Ending) -> Result<AuditJournal, ApiError> {
    let mut streams = Vec::with_capacity(ending.heads.len());
    for (stream, head) in &ending.heads {
        let events = app.store.history(stream).await?;
        let counted = events.iter().filter(|event| event.event().seq < head.next_seq);
        streams.push(counted.map(text).collect());
    }
    Ok(AuditJournal { salt: proof::salt(&ending.salt)?, streams })
}

fn text(event: &Sealed) -> String {
    String::from_utf8_lossy(event.bytes()).into_owned()
}

async fn read_blob<T: Serialize + DeserializeOwned>(app: &App, digest: &Digest) -> Result<T, ApiError> {
    Ok(canonical::from_bytes(&needed_blob(app, digest).await?)?)
}
