//! Scoring: theory papers from keys, practical totals from panels; results and absences are signed and logged.

use super::{credentials, log, organization, panels, papers, roster, sittings};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::state::bank::BankState;
use crate::state::batch::{BatchState, Stage};
use crate::state::panel::PanelState;
use crate::state::result::{Ended, ResultEvent, ResultState, SignedResult, result_key};
use crate::state::sitting::{Ending, PracticalMark, SittingEvent, SittingState, TheoryMark};
use crate::work::{Work, transact};
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::bank::Keys;
use kaoping_engine::draw::ALGORITHM;
use kaoping_engine::fault::Text;
use kaoping_engine::marks::Exact;
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::plan::seating::RosterEntry;
use kaoping_engine::practical::panel::PanelOutcome;
use kaoping_engine::practical::total::{
    FunctionWeight, FunctionWeights, PracticalOutcome, WeightedMark, practical_total,
};
use kaoping_engine::result::absence::{Absence, Part};
use kaoping_engine::result::credential::{Evidence, ResultCredential, ResultParts, Rules, identity_commitment};
use kaoping_engine::result::outcome::PartResult;
use kaoping_engine::session::answers::Answers;
use kaoping_engine::session::event::SeatEvent;
use kaoping_engine::theory::policy::ScoringPolicy;
use kaoping_engine::theory::score::{Scoring, TheoryScore};
use kaoping_record::bytes32::Bytes32;
use kaoping_record::canonical;
use kaoping_record::event::Head;
use kaoping_record::id::{BatchId, SittingId};
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Signed;
use kaoping_store::Collection;
use serde::Serialize;
use utoipa::ToSchema;

/// A sitting that cannot be finished yet.
#[derive(Serialize, ToSchema)]
pub struct PendingLine {
    ticket: String,
    why: Text,
}

/// What scoring did.
#[derive(Serialize, ToSchema)]
pub struct ScoreView {
    scored: u32,
    signed: u32,
    absent: u32,
    pending: Vec<PendingLine>,
}

/// Scores all theory papers that are in, and signs and logs the results of those whose both parts are complete.
#[utoipa::path(post, path = "/api/v1/batches/{batch}/score", params(("batch" = String, Path)), responses((status = 200, body = ScoreView)))]
pub async fn score(
    State(app): State<App>,
    member: Member,
    Path(batch): Path<BatchId>,
) -> Result<Json<ScoreView>, ApiError> {
    sittings::sweep(&app).await?;
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    if state.stage < Stage::Dealt {
        return Err(ApiError::conflict(
            "not_dealt",
            "batch",
            ("本批次还没有发卷，没有可评的试卷。", "the papers of this batch are not dealt yet"),
            ("完成抽题和考试后再评分。", "score after the draw and the exam"),
        ));
    }
    let keys = keys(&app).await?;
    let mut view = ScoreView { scored: 0, signed: 0, absent: 0, pending: Vec::new() };
    for entry in roster::entries(&app, &state).await?.iter() {
        finish(&app, &member, &state, &keys, entry, &mut view).await?;
    }
    Ok(Json(view))
}

/// Forms a sitting's practical mark, once all its panels have theirs.
///
/// # Errors
/// 500 when marks and weights do not fit, which the plan's check excludes.
pub async fn complete_practical(work: &mut Work, plan: &Plan, sitting: &SittingId) -> Result<(), ApiError> {
    let state: SittingState = work.load(sitting.as_str()).await?;
    let Some(practical) = &state.practical else { return Ok(()) };
    let panels = panels::of_sitting(work, practical).await?;
    let marks: Vec<WeightedMark> = panels.iter().filter_map(mark_of).collect();
    let terminated = marks.iter().any(|weighted| weighted.mark.terminated);
    if state.practical_mark.is_some() || (marks.len() < panels.len() && !terminated) {
        return Ok(());
    }
    let weights = plan.practical.functions.iter();
    let weights = weights.map(|function| FunctionWeight { function: function.function, percent: function.weight });
    let weights = FunctionWeights::new(weights.collect()).map_err(ApiError::internal)?;
    let total = match practical_total(&weights, &marks).map_err(ApiError::internal)? {
        PracticalOutcome::Scored { total, .. } => total,
        PracticalOutcome::Terminated { .. } => Exact::ZERO,
    };
    let panels = work.blob(canonical::to_bytes(&marks)?);
    let mark = PracticalMark { total, terminated, panels };
    work.append::<SittingState>(sitting.as_str(), SittingEvent::PracticalScored { mark }).await
}

fn mark_of(panel: &PanelState) -> Option<WeightedMark> {
    match &panel.outcome {
        Some(PanelOutcome::Formed { mark }) => Some(WeightedMark { weight: 1, mark: (**mark).clone() }),
        _ => None,
    }
}

/// Brings one candidate as far as what is in allows.
async fn finish(
    app: &App,
    member: &Member,
    batch: &BatchState,
    keys: &[Keys],
    entry: &RosterEntry,
    view: &mut ScoreView,
) -> Result<(), ApiError> {
    let plan = batch.plan()?;
    let key = result_key(&plan.batch, &entry.pseudonym);
    let theory: SittingState = app.read(entry.theory.as_str()).await?;
    let practical: SittingState = app.read(entry.practical.as_str()).await?;
    let known: ResultState = app.read(&key).await?;
    if known.leaf.is_some() {
        return Ok(());
    }
    let mut pending = |zh: &str, en: &str| {
        let ticket = theory.place.as_ref().map(|place| place.ticket.clone()).unwrap_or_default();
        view.pending.push(PendingLine { ticket, why: Text::new(zh, en) });
    };
    let mark = match (&theory.theory, &theory.ending) {
        (Some(mark), _) => Some(mark.clone()),
        (None, Some(ending)) => {
            view.scored += 1;
            Some(score_theory(app, member, batch, keys, entry, &theory, ending).await?)
        }
        (None, None) if theory.absent => None,
        (None, None) => {
            pending("理论试卷还没有交，也没有记缺考。", "the theory paper is not in, nor an absence recorded");
            return Ok(());
        }
    };
    if practical.practical_mark.is_none() && !practical.absent {
        pending(
            "操作考核还没有全部评完，也没有记缺考。",
            "the practical exam is not complete, nor an absence recorded",
        );
        return Ok(());
    }
    match (mark, &theory.ending, &practical.practical_mark) {
        (Some(mark), Some(ending), Some(practical)) => {
            sign(app, member, batch, entry, &theory, ending, &mark, practical).await?;
            view.signed += 1;
        }
        (mark, _, practical) => {
            log_absence(app, member, plan, entry, mark.as_ref(), practical.as_ref()).await?;
            view.absent += 1;
        }
    }
    Ok(())
}

async fn score_theory(
    app: &App,
    member: &Member,
    batch: &BatchState,
    keys: &[Keys],
    entry: &RosterEntry,
    theory: &SittingState,
    ending: &Ending,
) -> Result<TheoryMark, ApiError> {
    let plan = batch.plan()?;
    let blueprint = super::batches::blueprint(app, plan)?;
    let shown = papers::of_sitting(app, batch, theory.place()?).await?;
    let texts = papers::texts(app).await?;
    let policy = policy(blueprint.scoring.as_str())?;
    let answers = replay(app, &shown, ending).await?;
    let scoring = Scoring { indexes: &texts.indexes, keys, blueprint: &blueprint, policy };
    let (items, half_marks) = scoring.score(&shown.paper, &answers).map_err(ApiError::internal)?;
    let score = TheoryScore {
        batch: plan.batch.clone(),
        sitting: entry.theory.clone(),
        paper: shown.digest,
        journal: ending.journal,
        policy,
        items,
        half_marks,
    };
    let message = Signed::new(score).sign(&*app.keys.organization)?;
    let identity = message.identity()?;
    let bytes = message.to_bytes()?;
    transact!(app, &member.actor, |work| {
        let mark = TheoryMark { half_marks, score: work.blob(bytes.clone()), identity };
        work.append::<SittingState>(entry.theory.as_str(), SittingEvent::TheoryScored { mark: mark.clone() }).await?;
        Ok(mark)
    })
}

/// The answers that stood when the sitting ended: nothing that came later counts.
async fn replay(app: &App, shown: &papers::ShownPaper, ending: &Ending) -> Result<Answers, ApiError> {
    let mut answers = Answers::default();
    for (stream, head) in &ending.heads {
        let mut walked = Head::EMPTY;
        for event in app.store.history(stream).await?.iter().filter(|event| event.event().seq < head.next_seq) {
            event.continues(stream, walked)?;
            walked = event.head();
            let touch = SeatEvent::open(event)?;
            answers.apply(&shown.paper, &shown.several, &touch).map_err(ApiError::internal)?;
        }
        if walked != *head {
            return Err(ApiError::internal(format!("stream {} is not the one that was handed in", stream.as_str())));
        }
    }
    Ok(answers)
}

#[expect(clippy::too_many_arguments, reason = "a result names all that it rests on")]
async fn sign(
    app: &App,
    member: &Member,
    batch: &BatchState,
    entry: &RosterEntry,
    theory: &SittingState,
    ending: &Ending,
    mark: &TheoryMark,
    practical: &PracticalMark,
) -> Result<(), ApiError> {
    let plan = batch.plan()?;
    let organization = organization::needed(app).await?;
    let person = roster::person(app, &entry.pseudonym).await?;
    let salt = Bytes32::new(app.random()?);
    let fixed = batch.manifest.as_ref().ok_or_else(|| ApiError::not_found("manifest"))?;
    let blueprint = super::batches::blueprint(app, plan)?;
    let theory_part = PartResult::theory(mark.half_marks);
    let practical_part = practical_part(practical);
    let mut credential = ResultCredential::new(ResultParts {
        organization: &organization,
        pseudonym: &entry.pseudonym,
        batch: &plan.batch,
        level: plan.level,
        theory: theory_part.clone(),
        practical: practical_part.clone(),
        rules: Rules {
            draw: ALGORITHM.to_owned(),
            theory: blueprint.scoring.to_string(),
            panel: plan.practical.policy.clone(),
        },
        evidence: Evidence {
            attempt: batch.attempt,
            identity: identity_commitment(
                &salt,
                person.name.as_str(),
                person.document.kind().chinese(),
                person.document.number(),
            ),
            manifest: fixed.digest,
            paper: papers::of_sitting(app, batch, theory.place()?).await?.digest,
            journal: ending.journal,
            theory_score: mark.identity,
            panels: practical.panels,
        },
        profile: plan.profile,
        issued_at: app.now(),
    });
    credential.required_signatures = credentials::required(app);
    let issued = credentials::issue(app, &credential)?;
    let result = SignedResult {
        jws: issued.jws,
        proofs: issued.proofs,
        identity_salt: salt.to_hex(),
        outcome: credential.credential_subject.outcome,
        theory: theory_part.shown,
        practical: practical_part.shown,
    };
    let key = result_key(&plan.batch, &entry.pseudonym);
    transact!(app, &member.actor, |work| {
        let known: ResultState = work.load(&key).await?;
        if known.leaf.is_some() {
            return Ok(());
        }
        let leaf = log::append(app, work, &plan.batch, LeafKind::Result, issued.identity).await?;
        work.append::<ResultState>(&key, ResultEvent::Signed { result: result.clone(), leaf }).await
    })
}

/// Who misses a part has no result; what stands of the other part is kept in the record.
async fn log_absence(
    app: &App,
    member: &Member,
    plan: &Plan,
    entry: &RosterEntry,
    theory: Option<&TheoryMark>,
    practical: Option<&PracticalMark>,
) -> Result<(), ApiError> {
    let key = result_key(&plan.batch, &entry.pseudonym);
    transact!(app, &member.actor, |work| {
        let known: ResultState = work.load(&key).await?;
        if known.leaf.is_some() {
            return Ok(());
        }
        let absence = Absence {
            at_ms: work.now(),
            batch: plan.batch.clone(),
            practical: Part {
                sitting: entry.practical.clone(),
                result: practical.map(practical_part),
                evidence: practical.map(|mark| mark.panels),
            },
            pseudonym: entry.pseudonym.clone(),
            theory: Part {
                sitting: entry.theory.clone(),
                result: theory.map(|mark| PartResult::theory(mark.half_marks)),
                evidence: theory.map(|mark| mark.identity),
            },
        };
        let record = log::record(app, work, &plan.batch, absence).await?;
        work.append::<ResultState>(&key, ResultEvent::Ended { end: Ended::Absent, record }).await
    })
}

fn practical_part(mark: &PracticalMark) -> PartResult {
    PartResult::new(mark.total, Exact::PASS_MARK, mark.terminated)
}

async fn keys(app: &App) -> Result<Vec<Keys>, ApiError> {
    let mut keys = Vec::new();
    for row in super::all(app, Collection::Bank, "").await? {
        let bank: BankState = super::state_of(&row)?;
        if let Some(sealed) = bank.sealed {
            keys.push(canonical::from_bytes(&super::needed_blob(app, &sealed.keys).await?)?);
        }
    }
    Ok(keys)
}

fn policy(name: &str) -> Result<ScoringPolicy, ApiError> {
    serde_json::from_value(name.into()).map_err(|_| ApiError::internal(format!("unknown scoring policy `{name}`")))
}
