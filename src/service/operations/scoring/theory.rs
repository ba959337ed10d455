//! The scoring of theory papers, from their answers and the keys.

use super::super::doer::transact;
use super::super::member::Member;
use super::super::{batches, credentials, papers};
use super::{Pending, pending, running};
use crate::aggregates::batch::BatchState;
use crate::aggregates::sitting::{SittingEnd, SittingEvent, SittingState, TheoryMark, TheorySitting};
use crate::app::App;
use crate::document::Document;
use crate::refusal::Refusal;
use crate::shown_paper::ShownPaper;
use kaoping_engine::bank::Keys;
use kaoping_engine::plan::seating::RosterEntry;
use kaoping_engine::session::answers::Answers;
use kaoping_engine::session::progress::{OpenedPaper, Replay};
use kaoping_engine::theory::policy::ScoringPolicy;
use kaoping_engine::theory::score::{Scoring, TheoryScore};
use kaoping_record::event::Stream;
use kaoping_record::id::SittingId;
use kaoping_record::message::Signed;
use kaoping_store::StoreError;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Papers that are scored at once on each core: while one waits for its commit, another is read.
const AT_ONCE: usize = 4;

/// Scores all theory papers that are in, on all cores, and returns how many. What cannot be scored
/// is left to the settling of its candidate, which says why.
pub(super) async fn score_papers(
    app: &App,
    member: &Member,
    batch: &Arc<Document<BatchState>>,
    keys: &Arc<[Keys]>,
    entries: &[RosterEntry],
) -> Result<u32, Refusal> {
    let workers = AT_ONCE * std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut working = JoinSet::new();
    for worker in 0..workers {
        let (app, member, batch, keys) = (app.clone(), member.clone(), batch.clone(), keys.clone());
        let entries: Vec<RosterEntry> = entries.iter().skip(worker).step_by(workers).cloned().collect();
        working.spawn(async move {
            let mut scored = 0;
            for entry in &entries {
                if let Ok(None) = running(&app, &batch.state, entry).await
                    && let Ok(Ok(true)) = score_theory(&app, &member, &batch.state, &keys, entry).await
                {
                    scored += 1;
                }
            }
            scored
        });
    }
    let mut scored = 0;
    while let Some(done) = working.join_next().await {
        scored += done.map_err(Refusal::internal)?;
    }
    Ok(scored)
}

/// Scores a theory paper that is in and has no mark. Returns whether it did, or why it cannot be
/// scored.
pub(super) async fn score_theory(
    app: &App,
    member: &Member,
    batch: &BatchState,
    keys: &[Keys],
    entry: &RosterEntry,
) -> Result<Result<bool, Pending>, Refusal> {
    let plan = &batch.plan;
    let blueprint = batches::blueprint(plan)?;
    let texts = papers::texts(app).await?;
    let policy = policy(blueprint.scoring.as_str())?;
    let scoring = Scoring { indexes: &texts.indexes, keys, blueprint: &blueprint, policy };
    transact!(app, member, |work| {
        let state: SittingState = work.need(entry.theory.as_str(), "sitting").await?;
        let theory = state.theory()?;
        let (None, Some(ending)) = (theory.mark(), theory.end()) else { return Ok(Ok(false)) };
        let shown = papers::of_sitting(app, plan, &theory.place).await?;
        let answers = match replay(app, &shown, &entry.theory, ending).await? {
            Ok(answers) => answers,
            Err(broken) => return Ok(Err(broken.pending(entry, theory))),
        };
        let (items, half_marks) = scoring.score(&shown.paper, &answers).map_err(Refusal::internal)?;
        let score = TheoryScore {
            batch: plan.batch.clone(),
            sitting: entry.theory.clone(),
            paper: shown.digest,
            journal: ending.journal,
            policy,
            items,
            half_marks,
        };
        let message = credentials::under_filing(app, work, plan.level).await?.sign(Signed::new(score))?;
        let identity = message.identity()?;
        let mark = TheoryMark { half_marks, score: work.blob(message.to_bytes()?), identity };
        work.append::<SittingState>(entry.theory.as_str(), SittingEvent::TheoryScored { mark }).await?;
        Ok(Ok(true))
    })
}

/// A stream that is not what was handed in.
pub(super) struct BrokenStream {
    stream: Stream,
    cause: String,
}

impl BrokenStream {
    pub(super) fn pending(self, entry: &RosterEntry, theory: &TheorySitting) -> Pending {
        let Self { stream, cause } = self;
        tracing::error!(stream = stream.as_str(), %cause, "a stream cannot be scored");
        let (zh, en) =
            ("作答记录读不出来或被改动，不能评分。", "the seat's events are damaged or altered; no mark is formed");
        Pending { stream: Some(stream.as_str().to_owned()), ..pending(entry, theory, zh, en) }
    }
}

/// The answers that stood when the sitting ended: nothing that came later counts.
pub(super) async fn replay(
    app: &App,
    shown: &ShownPaper,
    sitting: &SittingId,
    ending: &SittingEnd,
) -> Result<Result<Answers, BrokenStream>, Refusal> {
    let opened = OpenedPaper { paper: &shown.paper, digest: shown.digest, several: &shown.several };
    let mut replay = Replay::new(opened, sitting);
    for (stream, head) in &ending.heads {
        let broken =
            |cause: &dyn std::fmt::Display| Ok(Err(BrokenStream { stream: stream.clone(), cause: cause.to_string() }));
        let events = match app.store.history(stream).await {
            Err(error @ (StoreError::Corrupt { .. } | StoreError::Broken { .. })) => return broken(&error),
            events => events?,
        };
        for event in events.iter().filter(|event| event.event().seq < head.next_seq) {
            if let Err(error) = replay.take(event) {
                return broken(&error);
            }
        }
        if replay.head() != *head {
            return broken(&"the stream is not the one that was handed in");
        }
    }
    Ok(Ok(replay.finish().0.answers))
}

/// The scoring policy that a blueprint names.
///
/// # Errors
/// [`Refusal::internal`] for a name that the program does not know.
pub fn policy(name: &str) -> Result<ScoringPolicy, Refusal> {
    serde_json::from_value(name.into()).map_err(|_| Refusal::internal(format!("unknown scoring policy `{name}`")))
}
