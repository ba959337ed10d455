//! The candidate's face: a theory paper at one PC, and the check of its receipt.

use crate::boundary::{BoundaryError, answer, text_of, time};
use kaoping_engine::draw::paper::Paper;
use kaoping_engine::outbox::Output;
use kaoping_engine::practical::reunite::reunite;
use kaoping_engine::session::answers::AnswerError;
use kaoping_engine::session::candidate::{CandidateSession, Seat, SessionError, Touch};
use kaoping_engine::session::clock::{Deadline, Notice};
use kaoping_engine::session::hand_in::{Receipt, journal_digest};
use kaoping_record::canonical;
use kaoping_record::digest::{Digest, from_hex, to_hex};
use kaoping_record::event::Sealed;
use kaoping_record::id::{ItemId, OptionId, SittingId};
use kaoping_record::key::{KeyError, PublicKey, Signer, Verifier};
use kaoping_record::message::Signed;
use kaoping_record::software::{Ed25519Signer, verify_ed25519};
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wasm_bindgen::prelude::wasm_bindgen;

/// A new key of a PC: `{seed, key}`, the seed in hexadecimal, the public key as a JWK.
#[wasm_bindgen(js_name = newSeatKey)]
#[must_use]
pub fn new_seat_key() -> String {
    answer(seat_key())
}

/// A theory session at one PC. Before [`Candidate::start`] every other call answers an error.
#[wasm_bindgen]
#[derive(Default)]
pub struct Candidate {
    running: Option<Running>,
}

/// What `start` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    /// The paper's canonical text.
    paper: String,
    /// Items that take several options.
    several: BTreeSet<ItemId>,
    sitting: SittingId,
    /// The PC's number, from 0.
    number: u32,
    /// The seed of the PC's key, in hexadecimal.
    seed: String,
    /// Events of the sitting's earlier PCs.
    before: Vec<String>,
    /// Events of this PC that the service has.
    journal: Vec<String>,
    /// Events that this PC has stored.
    local: Vec<String>,
}

struct Running {
    session: CandidateSession,
    signer: Ed25519Signer,
    /// The last event of each earlier PC's stream.
    earlier: Vec<Digest>,
}

/// What the page shows.
#[derive(Serialize)]
struct View<'session> {
    answers: BTreeMap<&'session ItemId, &'session [OptionId]>,
    flagged: Vec<&'session ItemId>,
    not_done: Vec<&'session ItemId>,
    answered: u32,
    items: usize,
    handed_in: bool,
    unconfirmed: usize,
    left_ms: Option<i64>,
    notice: Notice,
}

#[wasm_bindgen]
impl Candidate {
    /// A face without a session.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Builds the session from the paper and from all events of the sitting, the service's and this PC's.
    ///
    /// Besides outputs and view it answers `kept`: how many of the PC's stored events belong to the stream. The page sets
    /// aside those after them, then stores the events that the outputs name.
    pub fn start(&mut self, now_ms: f64, start: &str) -> String {
        let started = Running::start(start).and_then(|(running, kept, missing)| {
            let running = self.running.insert(running);
            let mut outputs: Vec<Value> = missing.iter().map(|event| json!({ "persist": event })).collect();
            outputs.extend(running.outputs()?);
            Ok(json!({ "outputs": outputs, "view": running.view(time(now_ms)), "kept": kept }))
        });
        answer(started)
    }

    /// Takes the room's word on the time: the deadline as the service sends it.
    pub fn deadline(&mut self, now_ms: f64, deadline: &str) -> String {
        self.step(now_ms, |session, now| {
            let deadline: Deadline = serde_json::from_str(deadline).map_err(BoundaryError::input)?;
            session.set_deadline(now, deadline);
            session.wake(now).map_err(refused)
        })
    }

    /// Writes that this PC shows this paper, unless it is written already.
    pub fn open(&mut self, now_ms: f64, paper_digest: &str, continues: Option<String>) -> String {
        self.step(now_ms, |session, now| {
            let stated = digest(paper_digest)?;
            if stated != session.paper().digest() {
                return Err(BoundaryError::new(
                    "other_paper",
                    "收到的试卷不完整，请举手告诉监考员。",
                    "the paper did not arrive whole; please tell the invigilator",
                    "the paper has another digest than the service states",
                ));
            }
            let continues = continues.as_deref().map(digest).transpose()?;
            session.open(now, stated, continues).map_err(refused)
        })
    }

    /// Chooses options, a JSON list of ids; an empty list takes the answer back.
    pub fn answer(&mut self, now_ms: f64, item: &str, options: &str) -> String {
        self.step(now_ms, |session, now| {
            let options: Vec<OptionId> = serde_json::from_str(options).map_err(BoundaryError::input)?;
            session.handle(now, Touch::Answer { item: item_id(item)?, options }).map_err(refused)
        })
    }

    /// Flags an item, or takes the flag away.
    pub fn flag(&mut self, now_ms: f64, item: &str, on: bool) -> String {
        self.step(now_ms, |session, now| session.handle(now, Touch::Flag { item: item_id(item)?, on }).map_err(refused))
    }

    /// Hands the paper in.
    #[wasm_bindgen(js_name = handIn)]
    pub fn hand_in(&mut self, now_ms: f64) -> String {
        self.step(now_ms, |session, now| session.handle(now, Touch::HandIn).map_err(refused))
    }

    /// The time of a `wake_at` has come, or the page wants a fresh view: a paper whose time is over is handed in.
    pub fn tick(&mut self, now_ms: f64) -> String {
        self.step(now_ms, |session, now| session.wake(now).map_err(refused))
    }

    /// The service has the event of this identity and all before it. Answers whether it was waited for.
    pub fn confirm(&mut self, id: &str) -> String {
        answer(digest(id).and_then(|id| Ok(self.running()?.session.confirm(id))))
    }

    /// Every event that is not confirmed, as `send` outputs.
    pub fn resend(&mut self) -> String {
        answer(self.running().and_then(|running| {
            running.session.resend();
            Ok(json!({ "outputs": running.outputs()? }))
        }))
    }

    /// The stream as it stands, signed with the PC's key: the message's canonical text.
    pub fn checkpoint(&mut self) -> String {
        answer(self.running().and_then(|running| {
            let signed = Signed::new(running.session.checkpoint()).sign(&running.signer);
            let bytes = signed.and_then(|signed| signed.to_bytes()).map_err(BoundaryError::input)?;
            text_of(bytes)
        }))
    }

    /// Checks a receipt of a sitting against the service's key, and against the session where one is started:
    /// `{code, at_ms, answered, items, logged_by_ms, complete}`. `code` is the start of the receipt's identity, for people;
    /// `complete` says whether it covers every event of the session, and is null without one.
    #[wasm_bindgen(js_name = verifyReceipt)]
    #[must_use]
    pub fn verify_receipt(&self, sitting: &str, receipt: &str, salt: &str, key: &str) -> String {
        answer(verified(sitting, receipt, key).and_then(|(receipt, code)| {
            let covers = |running: &Running| Ok(running.journal_digest(&bytes32(salt)?) == receipt.journal);
            Ok(json!({
                "code": code,
                "at_ms": receipt.at_ms,
                "answered": receipt.answered,
                "items": receipt.items,
                "logged_by_ms": receipt.logged_by_ms,
                "complete": self.running.as_ref().map(covers).transpose()?,
            }))
        }))
    }

    fn step(
        &mut self,
        now_ms: f64,
        act: impl FnOnce(&mut CandidateSession, Time) -> Result<(), BoundaryError>,
    ) -> String {
        answer(self.running().and_then(|running| {
            act(&mut running.session, time(now_ms))?;
            Ok(json!({ "outputs": running.outputs()?, "view": running.view(time(now_ms)) }))
        }))
    }

    fn running(&mut self) -> Result<&mut Running, BoundaryError> {
        self.running.as_mut().ok_or_else(|| BoundaryError::input("the session is not started"))
    }
}

impl Running {
    fn start(start: &str) -> Result<(Self, usize, Vec<String>), BoundaryError> {
        let start: Start = serde_json::from_str(start).map_err(BoundaryError::input)?;
        let paper: Paper = canonical::from_bytes(start.paper.as_bytes()).map_err(BoundaryError::input)?;
        let signer = Ed25519Signer::from_seed(&bytes32(&start.seed)?).map_err(BoundaryError::input)?;
        let seat = Seat { sitting: start.sitting, number: start.number, key: signer.public_key().id() };
        let before = start.before.iter().map(String::as_bytes);
        let mut session = CandidateSession::new(paper, start.several, seat, before).map_err(refused)?;
        let local: Vec<&[u8]> = start.local.iter().map(String::as_bytes).collect();
        let journal: Vec<&[u8]> = start.journal.iter().map(String::as_bytes).collect();
        let joined = reunite(&local, &journal);
        let mut replayed = 0;
        for event in &joined.events {
            match session.replay(event) {
                Ok(()) => replayed += 1,
                Err(error) if replayed < joined.acknowledged => return Err(refused(error)),
                // What this PC alone holds and cannot be read is set aside; the candidate goes on.
                Err(_) => break,
            }
        }
        if let Some(last) = journal.last() {
            session.confirm(Digest::of(last));
        }
        let kept = replayed.min(local.len() - joined.aside.len());
        let missing = start.journal.get(kept..).unwrap_or_default().to_vec();
        Ok((Self { session, signer, earlier: last_of_each_stream(&start.before)? }, kept, missing))
    }

    fn outputs(&mut self) -> Result<Vec<Value>, BoundaryError> {
        std::iter::from_fn(|| self.session.poll_output())
            .map(|output| {
                Ok(match output {
                    Output::Persist(bytes) => json!({ "persist": text_of(bytes)? }),
                    Output::Send { id, bytes } => {
                        json!({ "send": { "id": id, "event": text_of(bytes)? } })
                    }
                    Output::WakeAt(time) => json!({ "wake_at": time }),
                })
            })
            .collect()
    }

    fn view(&self, now: Time) -> View<'_> {
        let answers = self.session.answers();
        let items = &self.session.paper().items;
        let paper_items = || items.iter().map(|entry| &entry.item);
        View {
            answers: answers.iter().collect(),
            flagged: paper_items().filter(|item| answers.is_flagged(item)).collect(),
            not_done: paper_items().filter(|item| answers.of(item).is_empty()).collect(),
            answered: answers.count(),
            items: items.len(),
            handed_in: answers.is_handed_in(),
            unconfirmed: self.session.unconfirmed(),
            left_ms: self.session.deadline().left_ms(now),
            notice: self.session.deadline().notice(now),
        }
    }

    fn journal_digest(&self, salt: &[u8; 32]) -> Digest {
        let checkpoint = self.session.checkpoint();
        let own = (checkpoint.events > 0).then_some(checkpoint.last);
        let last_events: Vec<Digest> = self.earlier.iter().copied().chain(own).collect();
        journal_digest(salt, &last_events)
    }
}

/// Receipts carry Ed25519 alone, so this face links no other algorithm.
struct Ed25519Verifier;

impl Verifier for Ed25519Verifier {
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), KeyError> {
        verify_ed25519(key, message, signature)
    }
}

/// The receipt and its code, `8F3A-22C1`.
fn verified(sitting: &str, receipt: &str, key: &str) -> Result<(Receipt, String), BoundaryError> {
    let sitting = SittingId::new(sitting).map_err(BoundaryError::input)?;
    let key: PublicKey = serde_json::from_str(key).map_err(BoundaryError::input)?;
    let signed: Signed<Receipt> = Signed::parse(receipt.as_bytes()).map_err(unproven)?;
    signed.verify(&Ed25519Verifier, &key).map_err(unproven)?;
    if signed.payload.sitting != sitting {
        return Err(unproven("the receipt is of another sitting"));
    }
    let identity = signed.identity().map_err(unproven)?.to_hex().to_ascii_uppercase();
    let code = identity.chars().take(8).collect::<String>();
    let (left, right) = code.split_at(4);
    Ok((signed.payload, format!("{left}-{right}")))
}

fn seat_key() -> Result<Value, BoundaryError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(BoundaryError::input)?;
    let signer = Ed25519Signer::from_seed(&seed).map_err(BoundaryError::input)?;
    Ok(json!({ "seed": to_hex(&seed), "key": signer.public_key() }))
}

fn last_of_each_stream(events: &[String]) -> Result<Vec<Digest>, BoundaryError> {
    let mut last: Vec<Sealed> = Vec::new();
    for event in events {
        let sealed = Sealed::parse(event.as_bytes()).map_err(BoundaryError::input)?;
        last.retain(|known| known.event().stream != sealed.event().stream);
        last.push(sealed);
    }
    Ok(last.iter().map(Sealed::identity).collect())
}

fn item_id(text: &str) -> Result<ItemId, BoundaryError> {
    ItemId::new(text).map_err(BoundaryError::input)
}

fn digest(hex: &str) -> Result<Digest, BoundaryError> {
    Digest::from_hex(hex).map_err(BoundaryError::input)
}

fn bytes32(hex: &str) -> Result<[u8; 32], BoundaryError> {
    from_hex(hex).and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| BoundaryError::input("not 32 bytes"))
}

fn unproven(detail: impl ToString) -> BoundaryError {
    BoundaryError::new(
        "receipt",
        "交卷回执核对不上，请举手告诉监考员。",
        "the receipt does not check out; please tell the invigilator",
        detail,
    )
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err takes")]
fn refused(error: SessionError) -> BoundaryError {
    match error {
        SessionError::NotOpen => BoundaryError::new("not_open", "现在不能作答。", "the paper is not open now", &error),
        SessionError::Answer(AnswerError::HandedIn) => {
            BoundaryError::new("handed_in", "试卷已经交了，不能再改。", "the paper is handed in", &error)
        }
        SessionError::Answer(_) | SessionError::Event(_) | SessionError::OtherActor { .. } => {
            BoundaryError::input(&error)
        }
    }
}
