//! Closing a batch: every sitting has its terminal leaf, every spare paper is accounted for.

use super::ceremony::publication::spares;
use super::doer::transact;
use super::member::Member;
use super::scoring::{self, Pending};
use super::{credentials, roster};
use crate::aggregates::batch::{BatchEvent, BatchState};
use crate::aggregates::batch_refusal::BatchRefusal;
use crate::aggregates::log::{KEY, LogState};
use crate::aggregates::paper::{PaperEvent, PaperState, paper_key};
use crate::aggregates::result::{ResultState, result_key};
use crate::app::App;
use crate::refusal::{Refusal, RefusalKind};
use kaoping_engine::fault::{Fault, Text};
use kaoping_engine::kinds::closing::{Closing, EndCounts, PaperCounts};
use kaoping_engine::kinds::paper_use::PaperUseRecord;
use kaoping_record::id::BatchId;

/// What closing did.
pub struct ClosedBatch {
    /// Terminal leaves.
    pub terminal: u32,
    /// Spare papers that late additions got.
    pub used: u32,
    /// Spare and reserve papers that nobody needed.
    pub unused: u32,
    /// Index of the closing leaf.
    pub log_index: u64,
}

/// Closes the batch: every sitting must have its terminal leaf.
///
/// # Errors
/// `incomplete` with everyone who has no end yet, `not_at_this_stage`, `batch_changed`.
pub async fn close_batch(app: &App, member: &Member, batch: &BatchId) -> Result<ClosedBatch, Refusal> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let seated = state.not_closed().map_err(|_| BatchRefusal::CannotClose)?;
    let ends = ends(app, batch, &state).await?;
    let (used, unused) = account_for_spares(app, member, batch).await?;
    let log_index = transact!(app, member, |work| {
        let current: BatchState = work.need(batch.as_str(), "batch").await?;
        if current.stage() != state.stage() || current.candidates() != state.candidates() {
            return Err(changed());
        }
        // The size that this work sees: if anybody appends a leaf meanwhile, the commit fails and
        // the work is done again.
        let size = work.load::<LogState>(KEY).await?.map_or(0, |log| log.size);
        let root = app.log_tree().await?.root(size).map_err(Refusal::internal)?;
        let dealt = state.deal().map_or(0, |deal| deal.count);
        let closing = Closing {
            at_ms: work.now(),
            batch: batch.clone(),
            candidates: seated.candidates,
            ends,
            papers: PaperCounts { seat: dealt.saturating_sub(used + unused), spare_used: used, spare_unused: unused },
            root,
            roster: seated.roster,
            size,
        };
        let record = credentials::by_key(app, work).await?.record(work, batch, closing).await?;
        let index = record.leaf.index;
        work.append::<BatchState>(batch.as_str(), BatchEvent::Closed { record }).await?;
        Ok(index)
    })?;
    let terminal = u32::try_from(ends.sum()).unwrap_or(u32::MAX);
    Ok(ClosedBatch { terminal, used, unused, log_index })
}

/// How many exams ended how; everyone on the roster must have an end. Who has none is listed with
/// the reason.
async fn ends(app: &App, batch: &BatchId, state: &BatchState) -> Result<EndCounts, Refusal> {
    let mut missing = Vec::new();
    let mut ends = EndCounts::default();
    for entry in roster::entries(app, state).await?.iter() {
        match app.read::<ResultState>(&result_key(batch, &entry.pseudonym)).await {
            Ok(Some(result)) => ends.add(result.leaf_kind()),
            Ok(None) => missing.push(no_end(scoring::why_pending(app, state, entry).await?)),
            Err(refusal) if refusal.kind() == RefusalKind::Unavailable => return Err(refusal),
            Err(refusal) => missing.push(Fault { place: entry.seat.to_string(), ..refusal.fault().clone() }),
        }
    }
    if missing.is_empty() {
        return Ok(ends);
    }
    Err(Refusal::conflict(
        "incomplete",
        "batch",
        ("还有考生没有结果，不能关闭批次。", "some candidates have no end yet; the batch cannot be closed"),
        ("按下面的列表逐个处理。", "deal with each on the list"),
    )
    .with_faults(missing))
}

fn no_end(pending: Pending) -> Fault {
    let Pending { seat, ticket, why, stream } = pending;
    let named = |text: &str| match &stream {
        Some(stream) => format!("{text} [{stream}]"),
        None => text.to_owned(),
    };
    let place = ticket.unwrap_or_else(|| seat.to_string());
    let cure = Text::new("先完成评分，或记缺考、作废、缓考。", "finish the scoring, or record how the exam ended");
    Fault::new("no_terminal_leaf", &place, Text::new(named(&why.zh), named(&why.en)), cure)
}

/// Logs each spare paper that nobody needed. Returns how many spares were used and how many were
/// not.
async fn account_for_spares(app: &App, member: &Member, batch: &BatchId) -> Result<(u32, u32), Refusal> {
    let (mut used, mut unused) = (0, 0);
    for paper in spares(app, batch).await? {
        if paper.bound_to().is_some() {
            used += 1;
        } else {
            unused += 1;
        }
        if paper.record().is_some() {
            continue;
        }
        let dealt = paper.dealt;
        let key = paper_key(batch, dealt.paper.as_str());
        transact!(app, member, |work| {
            // Somebody may have got this paper in the meantime; then the closing itself is refused.
            if work.need::<PaperState>(&key, "paper").await?.record().is_some() {
                return Ok(());
            }
            let unused = PaperUseRecord {
                at_ms: work.now(),
                batch: batch.clone(),
                paper: dealt.paper.clone(),
                paper_digest: dealt.digest,
                used: None,
            };
            let record = credentials::by_key(app, work).await?.record(work, batch, unused).await?;
            work.append::<PaperState>(&key, PaperEvent::Unused { record }).await
        })?;
    }
    Ok((used, unused))
}

fn changed() -> Refusal {
    Refusal::conflict(
        "batch_changed",
        "batch",
        ("关闭期间批次有变动，没有关闭。", "the batch changed meanwhile and is not closed"),
        ("刷新页面核对后再关闭。", "reload the page, check, and close it then"),
    )
}
