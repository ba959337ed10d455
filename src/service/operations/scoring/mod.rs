//! Scoring: theory papers from keys; results and absences are signed and logged.

mod theory;

use super::credentials::Signing;
use super::doer::transact;
use super::member::Member;
use super::{banks, batches, credentials, log, papers, room_time, roster, sittings};
use crate::aggregates::batch::{BatchState, Stage};
use crate::aggregates::batch_refusal::BatchRefusal;
use crate::aggregates::result::{Ended, ResultEvent, ResultState, SignedResult, result_key};
use crate::aggregates::sitting::{
    PracticalMark, PracticalSitting, SittingEnd, SittingState, TheoryMark, TheorySitting,
};
use crate::app::App;
use crate::refusal::{Refusal, RefusalKind};
use kaoping_engine::bank::Keys;
use kaoping_engine::draw::ALGORITHM;
use kaoping_engine::fault::Text;
use kaoping_engine::marks::Exact;
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::plan::seating::RosterEntry;
use kaoping_engine::result::absence::{Absence, Part};
use kaoping_engine::result::credential::{Evidence, ResultCredential, ResultParts, Rules};
use kaoping_engine::result::holder::HolderCommitment;
use kaoping_engine::result::outcome::PartResult;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, SeatId};
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::time::Time;
use std::sync::Arc;
pub use theory::policy;
use theory::{replay, score_papers, score_theory};

/// Somebody whose exam cannot be settled yet.
pub struct Pending {
    /// The candidate's seat.
    pub seat: SeatId,
    /// The candidate's admission ticket; `None` when the sitting cannot be read.
    pub ticket: Option<String>,
    /// What is missing or wrong.
    pub why: Text,
    /// The stream that cannot be read, where one is to blame.
    pub stream: Option<String>,
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

/// Scores all theory papers that are in, and signs and logs the results of those whose both parts
/// are complete. Who cannot be settled is listed with the reason, and the others are.
///
/// # Errors
/// `not_dealt` before the papers are dealt, `not_covered` and `key_not_in_use` when nothing may be
/// signed, `unavailable` when the store cannot be reached.
pub async fn score_batch(app: &App, member: &Member, batch: &BatchId) -> Result<Scored, Refusal> {
    sittings::collect_overdue(app).await?;
    let document = app.share::<BatchState>(batch.as_str()).await?.ok_or_else(|| Refusal::not_found("batch"))?;
    let state = &document.state;
    if state.stage() < Stage::Dealt {
        return Err(BatchRefusal::NotDealt.into());
    }
    // What no verifier would accept is nobody's own matter: then nobody is scored.
    credentials::is_covered(app, state.plan.level).await?;
    let keys: Arc<[Keys]> = banks::keys(app).await?.into();
    let entries = roster::entries(app, state).await?;
    let mut done = Scored { scored: score_papers(app, member, &document, &keys, &entries).await?, ..Scored::default() };
    for entry in entries.iter() {
        match settle_candidate(app, member, state, &keys, entry, &mut done).await {
            Ok(Settled::Signed) => done.signed += 1,
            Ok(Settled::Absent) => done.absent += 1,
            Ok(Settled::Before) => {}
            Ok(Settled::Pending(pending)) => done.pending.push(pending),
            Err(refusal) if refusal.kind() == RefusalKind::Unavailable => return Err(refusal),
            Err(refusal) => done.pending.push(failed(entry, &refusal)),
        }
    }
    Ok(done)
}

/// Why somebody's exam has no end yet, without changing anything.
///
/// # Errors
/// `unavailable` when the store cannot be reached.
pub async fn why_pending(app: &App, batch: &BatchState, entry: &RosterEntry) -> Result<Pending, Refusal> {
    match pending_reason(app, batch, entry).await {
        Err(refusal) if refusal.kind() != RefusalKind::Unavailable => Ok(failed(entry, &refusal)),
        reason => reason,
    }
}

async fn pending_reason(app: &App, batch: &BatchState, entry: &RosterEntry) -> Result<Pending, Refusal> {
    if let Some(running) = running(app, batch, entry).await? {
        return Ok(running);
    }
    let theory = roster::theory_sitting(app, &entry.theory).await?;
    let practical = roster::practical_sitting(app, &entry.practical).await?;
    if let (None, Some(end)) = (theory.mark(), theory.end()) {
        let shown = papers::of_sitting(app, &batch.plan, &theory.place).await?;
        if let Err(broken) = replay(app, &shown, &entry.theory, end).await? {
            return Ok(broken.pending(entry, &theory));
        }
    }
    if let Some(missing) = missing(entry, &theory, practical.as_ref()) {
        return Ok(missing);
    }
    Ok(pending(entry, &theory, "还没有评分、签发。", "the exam is not scored and signed yet"))
}

/// What became of a candidate's exam.
enum Settled {
    /// It had its end already.
    Before,
    Signed,
    Absent,
    Pending(Pending),
}

/// Scores, signs or records one candidate, depending on what has arrived.
async fn settle_candidate(
    app: &App,
    member: &Member,
    batch: &BatchState,
    keys: &[Keys],
    entry: &RosterEntry,
    done: &mut Scored,
) -> Result<Settled, Refusal> {
    let key = result_key(&batch.plan.batch, &entry.pseudonym);
    if app.read::<ResultState>(&key).await?.is_some() {
        return Ok(Settled::Before);
    }
    if let Some(running) = running(app, batch, entry).await? {
        return Ok(Settled::Pending(running));
    }
    match score_theory(app, member, batch, keys, entry).await? {
        Ok(scored) => done.scored += u32::from(scored),
        Err(pending) => return Ok(Settled::Pending(pending)),
    }
    // Both sittings are loaded, so that nobody comes after all, or hands in another sheet, between
    // decision and commit.
    transact!(app, member, |work| {
        if work.load::<ResultState>(&key).await?.is_some() {
            return Ok(Settled::Before);
        }
        let theory: SittingState = work.need(entry.theory.as_str(), "sitting").await?;
        let theory = theory.theory()?;
        let practical: Option<SittingState> = work.load(entry.practical.as_str()).await?;
        let practical = practical.as_ref().map(SittingState::practical).transpose()?;
        if let Some(missing) = missing(entry, theory, practical) {
            return Ok(Settled::Pending(missing));
        }
        if theory.end().is_some() && theory.mark().is_none() {
            let (zh, en) = ("理论试卷刚刚交上来，请再评一次分。", "the theory paper has just come in; score once more");
            return Ok(Settled::Pending(pending(entry, theory, zh, en)));
        }
        let practical_mark = practical.and_then(PracticalSitting::mark);
        match (theory.mark(), theory.end(), practical_mark) {
            (Some(mark), Some(end), Some(practical)) => {
                let signing = credentials::under_filing(app, work, batch.plan.level).await?;
                let issued_at = work.now();
                let exam = Exam { batch, entry, theory, end, mark, practical };
                let (result, identity) = sign(app, &signing, &exam, issued_at).await?;
                let leaf = log::append(app, work, &batch.plan.batch, LeafKind::Result, identity).await?;
                work.append::<ResultState>(&key, ResultEvent::Signed { result, leaf }).await?;
                Ok(Settled::Signed)
            }
            (mark, _, practical) => {
                let absence = absence(work.now(), &batch.plan, entry, mark, practical);
                let record = credentials::by_key(app, work).await?.record(work, &batch.plan.batch, absence).await?;
                work.append::<ResultState>(&key, ResultEvent::Ended { end: Ended::Absent, record }).await?;
                Ok(Settled::Absent)
            }
        }
    })
}

/// A candidate whose room was opened and whose session two invigilators have not ended yet: until
/// then the end of a sitting can be undone.
async fn running(app: &App, batch: &BatchState, entry: &RosterEntry) -> Result<Option<Pending>, Refusal> {
    let theory = roster::theory_sitting(app, &entry.theory).await?;
    let state = room_time::read_of(app, &theory).await?.state;
    if state.is_closed() || state.opened_at().is_none() {
        return Ok(None);
    }
    let rooms = &batch.plan.theory.rooms;
    let name = rooms.iter().find(|room| room.room == entry.room).map_or(entry.room.as_str(), |room| &room.name);
    let session = entry.session;
    let zh = format!("“{name}”第 {session} 场还没有结束，请两位监考员点“结束本场”。");
    let en = format!("session {session} in room `{name}` has not ended; two invigilators must end it");
    Ok(Some(pending(entry, &theory, &zh, &en)))
}

/// What a candidate's exam still lacks before it can be settled; scoring of a paper that is in
/// comes first.
fn missing(entry: &RosterEntry, theory: &TheorySitting, practical: Option<&PracticalSitting>) -> Option<Pending> {
    if theory.end().is_none() && !theory.is_absent() {
        let (zh, en) = ("理论试卷还没有交，也没有记缺考。", "the theory paper is not in, nor an absence recorded");
        return Some(pending(entry, theory, zh, en));
    }
    let settled = practical.is_some_and(|practical| practical.mark().is_some() || practical.is_absent());
    if settled {
        return None;
    }
    let zh = "操作考核还没有全部评完，也没有记缺考。";
    Some(pending(entry, theory, zh, "the practical exam is not complete, nor an absence recorded"))
}

fn pending(entry: &RosterEntry, theory: &TheorySitting, zh: &str, en: &str) -> Pending {
    let ticket = Some(theory.place.ticket.clone());
    Pending { seat: entry.seat.clone(), ticket, why: Text::new(zh, en), stream: None }
}

/// Somebody whose data cannot be read or whose mark cannot be formed.
fn failed(entry: &RosterEntry, refusal: &Refusal) -> Pending {
    tracing::error!(sitting = entry.theory.as_str(), %refusal, "a candidate cannot be scored");
    let stream = Some(format!("sitting/{}", entry.theory));
    Pending { seat: entry.seat.clone(), ticket: None, why: refusal.fault().cause.clone(), stream }
}

/// What the result of somebody who has both marks rests on.
struct Exam<'a> {
    batch: &'a BatchState,
    entry: &'a RosterEntry,
    theory: &'a TheorySitting,
    end: &'a SittingEnd,
    mark: &'a TheoryMark,
    practical: &'a PracticalMark,
}

/// The signed result of somebody who has both marks, and its identity.
async fn sign(
    app: &App,
    signing: &Signing,
    exam: &Exam<'_>,
    issued_at: Time,
) -> Result<(SignedResult, Digest), Refusal> {
    let Exam { batch, entry, theory, end, mark, practical } = *exam;
    let plan = &batch.plan;
    let person = roster::person(app, &entry.pseudonym).await?;
    let salt = Bytes32::new(app.random()?);
    let (_, fixed, _) = batch.dealt()?;
    let blueprint = batches::blueprint(plan)?;
    let theory_part = PartResult::theory(mark.half_marks);
    let practical_part = practical_part(practical);
    let mut credential = ResultCredential::new(ResultParts {
        organization: signing.organization(),
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
            identity: HolderCommitment::new(&salt, &person.name, &person.document),
            manifest: fixed.manifest.digest,
            paper: papers::of_sitting(app, plan, &theory.place).await?.digest,
            journal: end.journal,
            theory_score: mark.identity,
            panels: practical.panels,
        },
        profile: plan.profile,
        issued_at,
    });
    credential.required_signatures = credentials::required(app);
    let issued = signing.issue(&credential)?;
    let result = SignedResult {
        jws: issued.jws,
        proofs: issued.proofs,
        identity_salt: salt.to_hex(),
        outcome: credential.credential_subject.outcome,
        theory: theory_part.shown,
        practical: practical_part.shown,
    };
    Ok((result, issued.identity))
}

/// A candidate absent from one part gets no result; the other part's mark is recorded.
fn absence(
    at_ms: Time,
    plan: &Plan,
    entry: &RosterEntry,
    theory: Option<&TheoryMark>,
    practical: Option<&PracticalMark>,
) -> Absence {
    Absence {
        at_ms,
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
    }
}

fn practical_part(mark: &PracticalMark) -> PartResult {
    PartResult::new(mark.total, Exact::PASS_MARK, mark.terminated)
}
