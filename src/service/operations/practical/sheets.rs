//! The examiner's tablet: events of a sheet, and the hand-in with PIN.

use super::super::doer::transact;
use super::panels::take_sheet;
use crate::aggregates::account::AccountState;
use crate::aggregates::assignment::{AssignmentState, Task};
use crate::aggregates::sitting::SittingState;
use crate::app::App;
use crate::edge::throttle::Secret;
use crate::operations::batches::sheet;
use crate::operations::member::Member;
use crate::operations::passwords;
use crate::operations::stored::{state_of, whole};
use crate::refusal::{Refusal, RefusalKind};
use crate::work::Work;
use kaoping_engine::marks::HalfMarks;
use kaoping_engine::practical::session::{Assignment, SheetError, SheetSession};
use kaoping_engine::session::checkpoint::TabletCheckpoint;
use kaoping_engine::session::journal::{JournalError, Journaled};
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use kaoping_record::id::AssignmentId;
use kaoping_record::key::PublicKey;
use kaoping_record::message::Signed;
use kaoping_record::software::SoftwareVerifier;
use kaoping_store::{Append, Collection};

/// Most events of one request.
const MAX_EVENTS: usize = 2000;

/// Most events of one sheet.
const MAX_SHEET_EVENTS: u64 = 5000;

/// A hand-in: remaining events, the tablet's signature, the examiner's PIN.
pub struct TabletHandIn {
    /// Canonical texts of events, in order.
    pub events: Vec<String>,
    /// A signed `tablet-checkpoint` over the whole stream.
    pub checkpoint: String,
    pub key: PublicKey,
    /// The examiner's PIN.
    pub pin: String,
}

/// An examiner's assignments, found by account.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn assignments(app: &App, member: &Member) -> Result<Vec<(AssignmentId, AssignmentState)>, Refusal> {
    let mut assignments: Vec<(AssignmentId, AssignmentState)> = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let rows = app.store.find(Collection::Assignment, member.account.as_str(), after.as_deref(), 500).await?;
        let full = rows.len() == 500;
        for row in rows {
            if let Some(state) = whole(state_of(&row))? {
                assignments.push((AssignmentId::new(row.key.clone())?, state));
            }
            after = Some(row.key);
        }
        if !full {
            return Ok(assignments);
        }
    }
}

/// An assignment of this examiner.
///
/// # Errors
/// [`Refusal::forbidden`] when it is another examiner's.
pub async fn own_assignment(app: &App, member: &Member, id: &AssignmentId) -> Result<AssignmentState, Refusal> {
    let state: AssignmentState = app.need(id.as_str(), "assignment").await?;
    member.must_be(&state.task.examiner)?;
    Ok(state)
}

/// Appends events of a sheet; they are durable when this returns. Returns where the stream ends.
///
/// # Errors
/// `chain` when they do not continue what is stored, `event` when they are malformed,
/// `hand_in_needs_pin` for a hand-in.
pub async fn append_events(app: &App, member: &Member, id: &AssignmentId, events: &[String]) -> Result<Head, Refusal> {
    own_assignment(app, member, id).await?;
    // Begun again at each try: two requests of one tablet may be under way at once.
    let session = transact!(app, member, |work| {
        let state: AssignmentState = work.need(id.as_str(), "assignment").await?;
        let incoming = incoming(app, work, id, &state.task, events).await?;
        if !incoming.append.events.is_empty() {
            state.open()?;
            if incoming.session.scoring().handed_in().is_some() {
                return Err(Refusal::invalid(
                    "hand_in_needs_pin",
                    "events",
                    ("交表要用本人的评分密码确认。", "a hand-in needs the examiner's PIN"),
                    ("请在交表页面输入评分密码。", "enter the PIN on the hand-in page"),
                ));
            }
        }
        work.append_foreign(incoming.append, Vec::new());
        Ok(incoming.session)
    })?;
    let head = session.journal().head();
    app.open_sheets.put(session);
    Ok(head)
}

/// Checks the PIN, and that the sheet would be taken: a tablet asks before it seals the sheet.
///
/// # Errors
/// `wrong_pin`, `already_handed_in`, `marked_absent`, [`Refusal::forbidden`] when it is another
/// examiner's.
pub async fn check_hand_in(app: &App, member: &Member, id: &AssignmentId, pin: &str) -> Result<(), Refusal> {
    let state = own_assignment(app, member, id).await?;
    state.open()?;
    check_pin(app, member, pin).await?;
    let sitting: SittingState = app.need(state.task.sitting.as_str(), "sitting").await?;
    present(&sitting)
}

/// Hands a sheet in. Returns where the stream ends, and the sheet's total.
///
/// # Errors
/// `wrong_pin`, `too_many_tries`, `already_handed_in`, `incomplete`, `marked_absent`, and as
/// [`append_events`].
pub async fn hand_in_sheet(
    app: &App,
    member: &Member,
    id: &AssignmentId,
    hand_in: &TabletHandIn,
) -> Result<(Head, HalfMarks), Refusal> {
    let state = own_assignment(app, member, id).await?;
    state.open()?;
    let task = &state.task;
    check_pin(app, member, &hand_in.pin).await?;
    // As above: events of the same tablet may be coming in at this moment.
    transact!(app, member, |work| {
        let known: AssignmentState = work.need(id.as_str(), "assignment").await?;
        known.open()?;
        let sitting: SittingState = work.need(task.sitting.as_str(), "sitting").await?;
        present(&sitting)?;
        let Incoming { session, append } = incoming(app, work, id, task, &hand_in.events).await?;
        let sheet = session.handed_in(task.number).map_err(|error| refused(&error, append.expected))?;
        let sheet = sheet.ok_or_else(incomplete)?;
        check_checkpoint(hand_in, &session)?;
        work.append_foreign(append, Vec::new());
        let total = sheet.total;
        let proofs = Signed::new(sheet.clone()).sign(&app.keys.room)?.proofs;
        let event = known.hand_in(sheet, proofs, hand_in.checkpoint.clone())?;
        work.append::<AssignmentState>(id.as_str(), event).await?;
        take_sheet(work, id, task).await?;
        Ok((session.journal().head(), total))
    })
}

struct Incoming {
    session: SheetSession,
    /// What is new of the events. Without any it still asserts where the tablet's stream ends.
    append: Append,
}

/// Adds what comes in to the sheet as it is stored, with the rules of the tablet itself.
async fn incoming(
    app: &App,
    work: &mut Work,
    id: &AssignmentId,
    task: &Task,
    texts: &[String],
) -> Result<Incoming, Refusal> {
    if texts.len() > MAX_EVENTS {
        return Err(bad_events());
    }
    let mut session = match app.open_sheets.take(id) {
        Some(session) => session,
        None => stored(app, id, task).await?,
    };
    let expected = session.journal().head();
    // A refusal, too, rests on where the stream ends.
    work.guard(session.journal().stream().clone(), expected);
    let known = session.journal().unconfirmed();
    let mut fresh = Vec::new();
    for text in texts {
        let event = Sealed::parse(text.as_bytes()).map_err(|_| bad_events())?;
        let place = usize::try_from(event.event().seq).unwrap_or(usize::MAX);
        match known.get(place) {
            Some(same) if same.identity() == event.identity() => {}
            Some(_) => return Err(broken_chain(expected)),
            None if event.event().seq < MAX_SHEET_EVENTS => fresh.push(event),
            None => return Err(bad_events()),
        }
    }
    for event in &fresh {
        session.restore(event.bytes()).map_err(|error| refused(&error, expected))?;
    }
    let append = Append { stream: session.journal().stream().clone(), expected, events: fresh };
    Ok(Incoming { session, append })
}

/// The sheet as it is stored.
async fn stored(app: &App, id: &AssignmentId, task: &Task) -> Result<SheetSession, Refusal> {
    let assignment = assignment(id, task)?;
    let known = app.store.history(&assignment.stream).await?;
    let sheet = sheet(&task.sheet)?.clone();
    let end = known.last().map_or(Head::EMPTY, Sealed::head);
    let replayed = SheetSession::replay(sheet, assignment, known.iter().map(Sealed::bytes));
    replayed.map_err(|error| refused(&error, end))
}

/// The task as the tablet's session knows it.
///
/// # Errors
/// [`Refusal::internal`] when the identifier cannot name a stream.
pub fn assignment(id: &AssignmentId, task: &Task) -> Result<Assignment, Refusal> {
    let stream = Stream::new(format!("tablet/{id}"))?;
    Ok(Assignment { id: id.clone(), examiner: task.examiner.clone(), stream })
}

async fn check_pin(app: &App, member: &Member, pin: &str) -> Result<(), Refusal> {
    let account: Option<AccountState> = app.read(member.account.as_str()).await?;
    let hash = account.and_then(|account| account.pin_hash).ok_or_else(Refusal::forbidden)?;
    let attempt = app.throttle.admit(Secret::Pin, Some(member.account.as_str()), member.address).await?;
    if passwords::verify(&hash, pin).await? {
        attempt.succeeded();
        return Ok(());
    }
    attempt.failed();
    Err(Refusal::new(
        RefusalKind::Forbidden,
        "wrong_pin",
        "pin",
        ("评分密码不对，评分表没有交。", "the PIN is wrong; the sheet is not handed in"),
        (
            "请重新输入本人的评分密码；忘记可在“我的账号”里修改。",
            "enter your PIN again; if forgotten, change it under your account",
        ),
    ))
}

fn check_checkpoint(hand_in: &TabletHandIn, session: &SheetSession) -> Result<(), Refusal> {
    let message: Signed<TabletCheckpoint> = Signed::parse(hand_in.checkpoint.as_bytes()).map_err(|_| bad_events())?;
    message.verify(&SoftwareVerifier, &hand_in.key).map_err(|_| bad_events())?;
    let head = session.journal().head();
    let same = message.payload.stream == *session.journal().stream()
        && message.payload.last == head.last
        && message.payload.events == head.next_seq;
    if same { Ok(()) } else { Err(bad_events()) }
}

fn broken_chain(stored: Head) -> Refusal {
    Refusal::broken_chain(
        (stored != Head::EMPTY).then_some(stored.last),
        ("平板上的记录和服务器保存的接不上。", "the tablet's events do not continue what is stored"),
        (
            "请不要关闭页面，联系管理员；平板上的记录仍在。",
            "keep the page open and call the administrator; the tablet still holds its events",
        ),
    )
}

fn refused(error: &SheetError, stored: Head) -> Refusal {
    tracing::warn!(%error, "event of a tablet refused");
    match error {
        SheetError::Journal(JournalError::Event(EventError::Sequence { .. } | EventError::Chain { .. })) => {
            broken_chain(stored)
        }
        _ => bad_events(),
    }
}

fn present(sitting: &SittingState) -> Result<(), Refusal> {
    if sitting.practical()?.is_absent() { Err(marked_absent()) } else { Ok(()) }
}

fn marked_absent() -> Refusal {
    Refusal::conflict(
        "marked_absent",
        "assignment",
        (
            "组长已把该考生记为缺考，评分表没有交。",
            "the lead has marked this candidate absent; the sheet is not handed in",
        ),
        (
            "如考生已到，请组长撤销缺考后再交；平板上的记录仍在。",
            "if the candidate has come, the lead takes the absence back; the tablet keeps everything",
        ),
    )
}

fn incomplete() -> Refusal {
    Refusal::invalid(
        "incomplete",
        "events",
        ("评分表还有没打分的项目。", "items of the sheet are not scored yet"),
        ("请回到评分表逐项打分后再交。", "score every item, then hand in"),
    )
}

fn bad_events() -> Refusal {
    Refusal::invalid(
        "event",
        "events",
        ("收到的评分记录不完整或被改动。", "the events are incomplete or altered"),
        ("请刷新页面后重试；平板上的记录仍在。", "reload the page and try again; the tablet still holds its events"),
    )
}
