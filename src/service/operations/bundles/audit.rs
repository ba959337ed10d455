//! The audit bundle: answers, keys and rules, from which every score of a closed batch is computed
//! again. It is for the supervisor of the batch alone; each taking has a reason and is kept on
//! record.

use super::{needs_closed, push_line};
use crate::aggregates::assignment::AssignmentState;
use crate::aggregates::batch::BatchState;
use crate::aggregates::key_correction::KeyCorrected;
use crate::aggregates::panel::{PanelState, panel_key};
use crate::aggregates::paper::{PaperState, paper_key};
use crate::aggregates::reason::reason;
use crate::aggregates::result::{ResultState, result_key};
use crate::aggregates::sitting::SittingEnd;
use crate::app::App;
use crate::operations::ceremony::{custodian_id, practical_of};
use crate::operations::exports::record_export;
use crate::operations::member::Member;
use crate::operations::stored::{needed_blob, read_blob};
use crate::operations::{banks, batches, log, roster};
use crate::refusal::Refusal;
use futures_util::TryStream;
use futures_util::stream::try_unfold;
use kaoping_engine::draw::{Basis, Secret};
use kaoping_engine::kinds::closing::Closing;
use kaoping_engine::plan::seating::RosterEntry;
use kaoping_engine::practical::session::HandedInSheet;
use kaoping_engine::practical::total::WeightedMark;
use kaoping_engine::verify::scores::{
    AUDIT_BUNDLE_KIND, AUDIT_BUNDLE_VERSION, AuditHeader, AuditJournal, AuditLine, LoggedKeyCorrection,
};
use kaoping_record::canonical;
use kaoping_record::event::Sealed;
use kaoping_record::id::{BatchId, SheetId, SittingId};
use kaoping_record::message::{Proof, Signed};

/// The lines of the audit bundle of a closed batch, as they are read. They hold answers and keys.
///
/// # Errors
/// [`Refusal::forbidden`] for anybody but the batch's supervisor, `not_closed`; `reason` without
/// one.
pub async fn audit_lines(
    app: App,
    member: &Member,
    batch: &BatchId,
    why: &str,
) -> Result<impl TryStream<Ok = Vec<u8>, Error = Refusal> + Send + use<>, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    member.must_be(&state.plan.supervisor)?;
    let why = reason(why)?;
    needs_closed(&state)?;
    let (_, closing) = state.closed()?;
    let mut first = Vec::new();
    push_line(&mut first, &header(&app, &state).await?)?;
    let closing: Signed<Closing> = Signed::parse(&needed_blob(&app, &closing.message).await?)?;
    record_export(&app, member, batch, "audit", &why, closing.payload.ends.result).await?;
    let entries = roster::entries(&app, &state).await?;
    Ok(try_unfold(Walk { app, first, batch: batch.clone(), entries, next: 0 }, Walk::next))
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
    async fn next(mut self) -> Result<Option<(Vec<u8>, Self)>, Refusal> {
        let mut text = std::mem::take(&mut self.first);
        while text.is_empty() {
            let Some(entry) = self.entries.get(self.next) else { return Ok(None) };
            let line = line(&self.app, &self.batch, entry).await?;
            self.next += 1;
            if let Some(line) = line {
                push_line(&mut text, &line)?;
            }
        }
        Ok(Some((text, self)))
    }
}

/// What all scores rest on: just what the basis names.
async fn header(app: &App, state: &BatchState) -> Result<AuditHeader, Refusal> {
    let plan = &state.plan;
    let fixed = state.fixed().ok_or_else(|| Refusal::not_found("manifest"))?;
    let message = needed_blob(app, &fixed.basis.record.message).await?;
    let basis: Signed<Basis> = Signed::parse(&message)?;
    let (mut indexes, mut keys) = (Vec::new(), Vec::new());
    for (_, sealed) in banks::sealed_banks(app).await? {
        if basis.payload.banks.iter().any(|bank| bank.index == sealed.index) {
            indexes.push(read_blob(app, &sealed.index).await?);
            keys.push(read_blob(app, &sealed.keys).await?);
        }
    }
    let sheets = plan.practical.sheets().into_iter().map(|id| Ok(batches::sheet(id)?.sheet().clone()));
    let secrets = fixed
        .secrets
        .iter()
        .map(|(account, opened)| Ok(Secret { custodian: custodian_id(account)?, secret: log::salt(&opened.secret)? }));
    let entropy = fixed.entropy.as_ref().map(|entropy| canonical::from_value(&entropy.outcome)).transpose()?;
    Ok(AuditHeader {
        basis: canonical::from_bytes(&message)?,
        batch: plan.batch.clone(),
        blueprint: batches::blueprint(plan)?,
        entropy,
        indexes,
        key_corrections: key_corrections(app, state).await?,
        keys,
        kind: AUDIT_BUNDLE_KIND.to_owned(),
        manifest: read_blob(app, &fixed.manifest.message).await?,
        practical: practical_of(app, &fixed.basis).await?,
        roster: read_blob(app, &basis.payload.roster).await?,
        secrets: secrets.collect::<Result<_, Refusal>>()?,
        sheets: sheets.collect::<Result<_, Refusal>>()?,
        v: AUDIT_BUNDLE_VERSION,
    })
}

/// The corrections of keys, each with what opens its leaf.
async fn key_corrections(app: &App, state: &BatchState) -> Result<Vec<LoggedKeyCorrection>, Refusal> {
    let mut corrections = Vec::new();
    for KeyCorrected { record, .. } in &state.key_corrections()?.logged {
        corrections.push(LoggedKeyCorrection {
            index: record.leaf.index,
            record: canonical::from_bytes(&needed_blob(app, &record.message).await?)?,
            salt: log::salt(&record.leaf.salt)?,
        });
    }
    Ok(corrections)
}

/// A person's result with what it rests on; `None` for whom the exam ended without one.
async fn line(app: &App, batch: &BatchId, entry: &RosterEntry) -> Result<Option<AuditLine>, Refusal> {
    let result: Option<ResultState> = app.read(&result_key(batch, &entry.pseudonym)).await?;
    let Some(ResultState::Signed(logged)) = result else { return Ok(None) };
    let theory = roster::theory_sitting(app, &entry.theory).await?;
    let practical = roster::practical_sitting(app, &entry.practical).await?;
    let paper: PaperState = app.need(&paper_key(batch, entry.seat.as_str()), "paper").await?;
    let end = theory.end().ok_or_else(|| Refusal::not_found("journal"))?;
    let score = theory.mark().ok_or_else(|| Refusal::not_found("score"))?;
    let mark = practical.as_ref().and_then(|sitting| sitting.mark()).ok_or_else(|| Refusal::not_found("marks"))?;
    let marks: Vec<WeightedMark> = read_blob(app, &mark.panels).await?;
    let (mut sheets, mut sheet_proofs) = (Vec::with_capacity(marks.len()), Vec::with_capacity(marks.len()));
    for weighted in &marks {
        let (of_mark, proofs) = handed_in(app, &entry.practical, &weighted.mark.sheet).await?;
        sheets.push(of_mark);
        sheet_proofs.push(proofs);
    }
    Ok(Some(AuditLine {
        journal: Some(journal(app, end).await?),
        jws: logged.result.jws,
        handed_in: sheets,
        sheet_proofs,
        marks,
        paper: read_blob(app, &paper.dealt.digest).await?,
        pseudonym: entry.pseudonym.clone(),
        score: read_blob(app, &score.score).await?,
    }))
}

/// The sheets that a panel's mark was formed from, and the signatures of each.
async fn handed_in(
    app: &App,
    sitting: &SittingId,
    sheet: &SheetId,
) -> Result<(Vec<HandedInSheet>, Vec<Vec<Proof>>), Refusal> {
    let panel: PanelState = app.need(&panel_key(sitting, sheet), "panel").await?;
    let (mut sheets, mut proofs) = (Vec::new(), Vec::new());
    for assignment in &panel.subject.assignments {
        let state: AssignmentState = app.need(assignment.as_str(), "assignment").await?;
        if let Some(hand_in) = state.hand_in {
            sheets.push(hand_in.sheet);
            proofs.push(hand_in.proofs);
        }
    }
    Ok((sheets, proofs))
}

/// The seat's streams as they stood when the sitting ended: nothing that came later counts.
async fn journal(app: &App, end: &SittingEnd) -> Result<AuditJournal, Refusal> {
    let mut streams = Vec::with_capacity(end.heads.len());
    for (stream, head) in &end.heads {
        let events = app.store.history(stream).await?;
        let counted = events.iter().filter(|event| event.event().seq < head.next_seq);
        streams.push(counted.map(text).collect());
    }
    Ok(AuditJournal { salt: log::salt(&end.salt)?, streams })
}

fn text(event: &Sealed) -> String {
    String::from_utf8_lossy(event.bytes()).into_owned()
}
