//! The examiner's face: one score sheet, scored on a tablet.

use crate::boundary::{BoundaryError, answer, time};
use kaoping_engine::marks::HalfMarks;
use kaoping_engine::outbox::Output;
use kaoping_engine::practical::code::{AwardCode, NoteCode, VetoCode};
use kaoping_engine::practical::reunite::reunite;
use kaoping_engine::practical::scoring::ScoringError;
use kaoping_engine::practical::session::{Assignment, SheetError, SheetSession};
use kaoping_engine::practical::sheet::{ItemKind, ValidSheet};
use kaoping_engine::practical::sheet_event::{SheetEvent, Timer};
use kaoping_engine::session::hand_in::TabletCheckpoint;
use kaoping_record::digest::{self, Digest};
use kaoping_record::event::Sealed;
use kaoping_record::id::{IdError, SheetItemId};
use kaoping_record::key::Signer;
use kaoping_record::message::Signed;
use kaoping_record::software::Ed25519Signer;
use kaoping_record::time::Time;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

/// An examiner's sheet. Every call answers JSON text; those that change something answer `{outputs, view}`.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Examiner {
    session: Option<SheetSession>,
}

/// What a sheet starts from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    sheet: Value,
    assignment: Assignment,
    /// Events in the tablet's journal.
    journal: Vec<String>,
    /// Events that the service holds.
    stored: Vec<String>,
}

/// A new key of this tablet: `{seed, key}`.
#[wasm_bindgen(js_name = newTabletKey)]
#[must_use]
pub fn new_tablet_key() -> String {
    answer(fresh_key())
}

#[wasm_bindgen]
impl Examiner {
    /// A sheet that is not started.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads sheet and events: `{sheet, assignment, journal, stored}`. The answer also says what the tablet's journal must
    /// become: its first `kept` events stay, then come `missing`; `aside` events of it went another way and no longer count.
    pub fn start(&mut self, now_ms: f64, text: &str) -> String {
        answer(self.start_from(time(now_ms), text))
    }

    /// Opens the sheet: its first event.
    pub fn begin(&mut self, now_ms: f64) -> String {
        answer(self.act(now_ms, |session| Ok(vec![session.start()])))
    }

    /// Gives an item an award.
    pub fn score(&mut self, now_ms: f64, item: &str, award: &str) -> String {
        answer(self.act(now_ms, |_| {
            Ok(vec![SheetEvent::Scored { item: item_id(item)?, award: code(AwardCode::new(award))? }])
        }))
    }

    /// Takes an item's award back.
    pub fn clear(&mut self, now_ms: f64, item: &str) -> String {
        answer(self.act(now_ms, |_| Ok(vec![SheetEvent::Cleared { item: item_id(item)? }])))
    }

    /// Undoes the last award or veto.
    pub fn undo(&mut self, now_ms: f64) -> String {
        answer(self.act(now_ms, |session| Ok(session.scoring().undo().cloned().into_iter().collect())))
    }

    /// Marks a veto with a note.
    pub fn mark(&mut self, now_ms: f64, veto: &str, note: &str) -> String {
        answer(self.act(now_ms, |_| {
            Ok(vec![SheetEvent::VetoMarked { veto: code(VetoCode::new(veto))?, note: code(NoteCode::new(note))? }])
        }))
    }

    /// Takes a veto back.
    pub fn withdraw(&mut self, now_ms: f64, veto: &str) -> String {
        answer(self.act(now_ms, |_| Ok(vec![SheetEvent::VetoWithdrawn { veto: code(VetoCode::new(veto))? }])))
    }

    /// Starts or stops a timer: `{"type":"prepare"}`, `{"type":"task"}` or `{"type":"item","item":…}`.
    pub fn timer(&mut self, now_ms: f64, timer: &str, running: bool) -> String {
        answer(self.act(now_ms, |_| {
            let timer: Timer = serde_json::from_str(timer).map_err(BoundaryError::input)?;
            Ok(vec![if running { SheetEvent::TimerStarted { timer } } else { SheetEvent::TimerStopped { timer } }])
        }))
    }

    /// Gives every unscored item its last award, which earns nothing: for a task that ended early.
    #[wasm_bindgen(js_name = notDone)]
    pub fn not_done(&mut self, now_ms: f64) -> String {
        answer(self.act(now_ms, |session| Ok(session.not_done())))
    }

    /// Hands in with the total that the examiner saw, in half-marks.
    #[wasm_bindgen(js_name = handIn)]
    pub fn hand_in(&mut self, now_ms: f64, total_half_marks: u32) -> String {
        let total = HalfMarks::new(total_half_marks);
        answer(self.act(now_ms, |_| Ok(vec![SheetEvent::HandedIn { total }])))
    }

    /// How it stands now, for timers that run.
    pub fn tick(&mut self, now_ms: f64) -> String {
        answer(self.act(now_ms, |session| {
            session.wake(time(now_ms));
            Ok(Vec::new())
        }))
    }

    /// The service holds the event with this identity, and all before it.
    pub fn confirm(&mut self, now_ms: f64, identity: &str) -> String {
        answer(self.act(now_ms, |session| {
            session.confirm(Digest::from_hex(identity).map_err(BoundaryError::input)?);
            Ok(Vec::new())
        }))
    }

    /// Asks again to send what the service has not confirmed.
    pub fn resend(&mut self, now_ms: f64) -> String {
        answer(self.act(now_ms, |session| {
            session.resend();
            Ok(Vec::new())
        }))
    }

    /// The stream as it stands, signed by the tablet's key: `{message}`, the signed message's text.
    pub fn checkpoint(&self, seed: &str) -> String {
        answer(self.signed_checkpoint(seed))
    }
}

impl Examiner {
    fn start_from(&mut self, now: Time, text: &str) -> Result<Value, BoundaryError> {
        let start: Start = serde_json::from_str(text).map_err(BoundaryError::input)?;
        let sheet = ValidSheet::from_json(start.sheet.to_string().as_bytes()).map_err(unusable)?;
        let (journal, stored) = (bytes(&start.journal), bytes(&start.stored));
        let joined = reunite(&journal, &stored);
        let mut session =
            SheetSession::replay(sheet, start.assignment, joined.events.iter().copied()).map_err(unusable)?;
        if let Some(last) = joined.acknowledged.checked_sub(1).and_then(|place| joined.events.get(place)) {
            session.confirm(Sealed::parse(last).map_err(unusable)?.identity());
        }
        session.resend();
        session.wake(now);
        let mut turn = turn(&mut session, now)?;
        if let Some(turn) = turn.as_object_mut() {
            let kept = journal.len().saturating_sub(joined.aside.len());
            let missing = stored.get(kept..).unwrap_or_default();
            turn.insert("kept".into(), kept.into());
            turn.insert("aside".into(), joined.aside.len().into());
            turn.insert("missing".into(), missing.iter().map(|event| String::from_utf8_lossy(event)).collect());
        }
        self.session = Some(session);
        Ok(turn)
    }

    /// Lets the events happen that `choose` names, until one is refused.
    fn act(
        &mut self,
        now_ms: f64,
        choose: impl FnOnce(&mut SheetSession) -> Result<Vec<SheetEvent>, BoundaryError>,
    ) -> Result<Value, BoundaryError> {
        let now = time(now_ms);
        let session = self.session.as_mut().ok_or_else(not_started)?;
        for event in choose(session)? {
            session.handle(now, &event).map_err(refused)?;
        }
        turn(session, now)
    }

    fn signed_checkpoint(&self, seed: &str) -> Result<Value, BoundaryError> {
        let session = self.session.as_ref().ok_or_else(not_started)?;
        let seed = digest::from_hex(seed).and_then(|seed| seed.try_into().ok());
        let signer = Ed25519Signer::from_seed(&seed.ok_or_else(|| BoundaryError::input("seed"))?).map_err(unusable)?;
        let checkpoint = TabletCheckpoint {
            stream: session.assignment().stream.clone(),
            events: session.head().next_seq,
            last: session.head().last,
        };
        let message = Signed::new(checkpoint).sign(&signer).and_then(|message| message.to_bytes()).map_err(unusable)?;
        Ok(json!({ "message": String::from_utf8_lossy(&message) }))
    }
}

fn fresh_key() -> Result<Value, BoundaryError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(unusable)?;
    let signer = Ed25519Signer::from_seed(&seed).map_err(unusable)?;
    Ok(json!({ "seed": digest::to_hex(&seed), "key": signer.public_key() }))
}

fn turn(session: &mut SheetSession, now: Time) -> Result<Value, BoundaryError> {
    let outputs: Vec<Value> = std::iter::from_fn(|| session.poll_output()).map(output).collect();
    Ok(json!({ "outputs": outputs, "view": view(session, now)? }))
}

fn output(output: Output) -> Value {
    match output {
        Output::Persist(bytes) => json!({ "persist": String::from_utf8_lossy(&bytes) }),
        Output::Send { id, bytes } => json!({ "send": { "id": id, "event": String::from_utf8_lossy(&bytes) } }),
        Output::WakeAt(at) => json!({ "wake_at": at }),
    }
}

fn view(session: &SheetSession, now: Time) -> Result<Value, BoundaryError> {
    let (scoring, sheet) = (session.scoring(), session.sheet());
    let timed = sheet.sheet().items().filter(|(_, item)| matches!(item.kind, ItemKind::Timed { .. }));
    let timed: Vec<SheetItemId> = timed.map(|(_, item)| item.id.clone()).collect();
    let suggested: Map<String, Value> = timed
        .iter()
        .filter_map(|item| Some((item.to_string(), scoring.suggested(sheet, item, now)?.code.as_str().into())))
        .collect();
    let running: Vec<&Timer> = scoring.running().collect();
    let items = timed.into_iter().map(|item| Timer::Item { item });
    let timers = [Timer::Prepare {}, Timer::Task {}].into_iter().chain(items).map(|timer| {
        json!({
            "timer": timer,
            "used_ms": scoring.used_ms(&timer, now),
            "left_ms": session.left_ms(&timer, now),
            "running": running.contains(&&timer),
        })
    });
    Ok(json!({
        "started": scoring.started().is_some(),
        "handed_in": scoring.handed_in(),
        "awards": scoring.scores(),
        "vetoes": scoring.vetoes(),
        "unscored": scoring.unscored(sheet),
        "items": sheet.sheet().items().count(),
        "total_half_marks": scoring.total(sheet).map_err(unusable)?,
        "undo": scoring.undo().is_some(),
        "unconfirmed": session.unconfirmed(),
        "suggested": suggested,
        "timers": timers.collect::<Vec<_>>(),
    }))
}

fn bytes(texts: &[String]) -> Vec<&[u8]> {
    texts.iter().map(String::as_bytes).collect()
}

fn item_id(text: &str) -> Result<SheetItemId, BoundaryError> {
    SheetItemId::new(text).map_err(|error: IdError| BoundaryError::input(error))
}

fn code<T>(read: Result<T, IdError>) -> Result<T, BoundaryError> {
    read.map_err(BoundaryError::input)
}

fn not_started() -> BoundaryError {
    BoundaryError::new("not_started", "评分表还没有打开。", "the sheet is not open yet", "no session")
}

fn unusable(error: impl ToString) -> BoundaryError {
    let (zh, en) = (
        "评分表打不开，请换一台平板或改用纸质评分表，并告诉考评组长。",
        "the sheet cannot be used; tell the lead examiner",
    );
    BoundaryError::new("unusable", zh, en, error)
}

fn refused(error: SheetError) -> BoundaryError {
    let (code, zh, en) = match &error {
        SheetError::Scoring(ScoringError::Unscored(_)) => {
            ("unscored", "还有项目没有评分。", "some items are not scored yet")
        }
        SheetError::Scoring(ScoringError::HandedIn) => {
            ("handed_in", "这张评分表已经提交，不能再改。", "the sheet is handed in")
        }
        SheetError::Scoring(ScoringError::Total { .. }) => {
            ("total", "总分与各项得分之和不符，请重新核对。", "the total is not the sum of the awards")
        }
        _ => ("refused", "这一步没有生效，请再试一次。", "that did not happen; try again"),
    };
    BoundaryError::new(code, zh, en, error)
}
