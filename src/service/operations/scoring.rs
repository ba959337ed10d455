//! Scoring: theory papers from keys; results and absences are signed and logged.

use super::member::Member;
use super::{banks, batches, credentials, log, papers, roster, sittings};
use crate::aggregates::batch::{BatchState, Stage};
use crate::aggregates::batch_refusal::BatchRefusal;
use crate::aggregates::result::{Ended, ResultEvent, ResultState, SignedResult, result_key};
use crate::aggregates::sitting::{
    PracticalMark, PracticalSitting, SittingEnd, SittingEvent, SittingState, TheoryMark, TheorySitting,
};
use crate::app::App;
use crate::refusal::Refusal;
use crate::shown_paper::ShownPaper;
use crate::work::transact;
use kaoping_engine::bank::Keys;
use kaoping_engine::draw::ALGORITHM;
use kaoping_engine::fault::Text;
use kaoping_engine::marks::Exact;
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::plan::seating::RosterEntry;
use kaoping_engine::result::absence::{Absence, Part};
use kaoping_engine::result::credential::{Evidence, ResultCredential, ResultParts, Rules, identity_commitment};
use kaoping_engine::result::outcome::PartResult;
use kaoping_engine::session::answers::Answers;
use kaoping_engine::session::event::SeatEvent;
use kaoping_engine::theory::policy::ScoringPolicy;
use kaoping_engine::theory::score::{Scoring, TheoryScore};
use kaoping_record::bytes32::Bytes32;
use kaoping_record::event::Head;
use kaoping_record::id::BatchId;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Signed;

/// A sitting that cannot be settled yet.
pub struct Pending {
    /// The candidate's admission ticket.
    pub ticket: String,
    /// What is missing.
    pub why: Text,
}

/// What scoring did.
#[derive(Default)]
pub struct Scored {
    /// Theory papers that were scored.
    pub scored: u32,
    /// Results that were signed and logged.
    pub signed: u32,
    /// Absences that were logged.
    pub absent: u32,
    /// Who could not be settled yet.
    pub pending: Vec<Pending>,
}

/// Scores all theory papers that are in, and signs and logs the results of those whose both parts are complete.
///
/// # Errors
/// `not_dealt` before the papers are dealt.
pub async fn score_batch(app: &App, member: &Member, batch: &BatchId) -> Result<Scored, Refusal> {
    sittings::collect_overdue(app).await?;
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    if state.stage() < Stage::Dealt {
        return Err(BatchRefusal::NotDealt.into());
    }
    let keys = banks::keys(app).await?;
    let mut done = Scored::default();
    for entry in roster::entries(app, &state).await?.iter() {
        settle_candidate(app, member, &state, &keys, entry, &mut done).await?;
    }
    Ok(done)
}

/// Scores, signs or records one candidate, depending on what has arrived.
async fn settle_candidate(
    app: &App,
    member: &Member,
    batch: &BatchState,
    keys: &[Keys],
    entry: &RosterEntry,
    done: &mut Scored,
) -> Result<(), Refusal> {
    let plan = &batch.plan;
    if app.read::<ResultState>(&result_key(&plan.batch, &entry.pseudonym)).await?.is_some() {
        return Ok(());
    }
    let theory = roster::theory_sitting(app, &entry.theory).await?;
    let practical = roster::practical_sitting(app, &entry.practical).await?;
    let mut pending = |zh: &str, en: &str| {
        done.pending.push(Pending { ticket: theory.place.ticket.clone(), why: Text::new(zh, en) });
        Ok(())
    };
    let scored = match (theory.mark(), theory.end()) {
        (Some(mark), Some(end)) => Some((mark.clone(), end)),
        (None, Some(end)) => {
            done.scored += 1;
            Some((score_theory(app, member, batch, keys, entry, &theory, end).await?, end))
        }
        (_, None) if theory.is_absent() => None,
        (_, None) => {
            return pending("理论试卷还没有交，也没有记缺考。", "the theory paper is not in, nor an absence recorded");
        }
    };
    let practical_mark = practical.as_ref().and_then(PracticalSitting::mark);
    if practical_mark.is_none() && !practical.as_ref().is_some_and(PracticalSitting::is_absent) {
        return pending(
            "操作考核还没有全部评完，也没有记缺考。",
            "the practical exam is not complete, nor an absence recorded",
        );
    }
    match (scored, practical_mark) {
        (Some((mark, end)), Some(practical)) => {
            sign(app, member, batch, entry, &theory, end, &mark, practical).await?;
            done.signed += 1;
        }
        (scored, practical) => {
            log_absence(app, member, plan, entry, scored.as_ref().map(|(mark, _)| mark), practical).await?;
            done.absent += 1;
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
    theory: &TheorySitting,
    ending: &SittingEnd,
) -> Result<TheoryMark, Refusal> {
    let plan = &batch.plan;
    let blueprint = batches::blueprint(plan)?;
    let shown = papers::of_sitting(app, plan, &theory.place).await?;
    let texts = papers::texts(app).await?;
    let policy = policy(blueprint.scoring.as_str())?;
    let answers = replay(app, &shown, ending).await?;
    let scoring = Scoring { indexes: &texts.indexes, keys, blueprint: &blueprint, policy };
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
async fn replay(app: &App, shown: &ShownPaper, ending: &SittingEnd) -> Result<Answers, Refusal> {
    let mut answers = Answers::default();
    for (stream, head) in &ending.heads {
        let mut walked = Head::EMPTY;
        for event in app.store.history(stream).await?.iter().filter(|event| event.event().seq < head.next_seq) {
            event.continues(stream, walked)?;
            walked = event.head();
            let touch = SeatEvent::open(event)?;
            answers.apply(&shown.paper, &shown.several, &touch).map_err(Refusal::internal)?;
        }
        if walked != *head {
            return Err(Refusal::internal(format!("stream {} is not the one that was handed in", stream.as_str())));
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
    theory: &TheorySitting,
    ending: &SittingEnd,
    mark: &TheoryMark,
    practical: &PracticalMark,
) -> Result<(), Refusal> {
    let plan = &batch.plan;
    let issued_at = app.now();
    let organization = credentials::signing(app, plan.level, issued_at).await?;
    let person = roster::person(app, &entry.pseudonym).await?;
    let salt = Bytes32::new(app.random()?);
    let (_, fixed, _) = batch.dealt()?;
    let blueprint = batches::blueprint(plan)?;
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
            manifest: fixed.manifest.digest,
            paper: papers::of_sitting(app, plan, &theory.place).await?.digest,
            journal: ending.journal,
            theory_score: mark.identity,
            panels: practical.panels,
        },
        profile: plan.profile,
        issued_at,
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
        if work.load::<ResultState>(&key).await?.is_some() {
            return Ok(());
        }
        let leaf = log::append(app, work, &plan.batch, LeafKind::Result, issued.identity).await?;
        work.append::<ResultState>(&key, ResultEvent::Signed { result: result.clone(), leaf }).await
    })
}

/// A candidate absent from one part gets no result; the other part's mark is recorded.
async fn log_absence(
    app: &App,
    member: &Member,
    plan: &Plan,
    entry: &RosterEntry,
    theory: Option<&TheoryMark>,
    practical: Option<&PracticalMark>,
) -> Result<(), Refusal> {
    let key = result_key(&plan.batch, &entry.pseudonym);
    transact!(app, &member.actor, |work| {
        if work.load::<ResultState>(&key).await?.is_some() {
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

fn policy(name: &str) -> Result<ScoringPolicy, Refusal> {
    serde_json::from_value(name.into()).map_err(|_| Refusal::internal(format!("unknown scoring policy `{name}`")))
}
