//! A batch that came to its end: one candidate passed, one failed after a change of PC, one was
//! absent, one deferred, and one came late on a spare paper and was absent.

use super::fixture::{Batch, Caller, Person};
use kaoping_engine::date::Date;
use kaoping_engine::draw::Paper;
use kaoping_engine::practical::code::AwardCode;
use kaoping_engine::practical::session::{Assignment, SheetSession};
use kaoping_engine::practical::sheet::{SheetItem, ValidSheet};
use kaoping_engine::practical::sheet_event::SheetEvent;
use kaoping_engine::session::checkpoint::TabletCheckpoint;
use kaoping_engine::session::event::{SeatEvent, seat_stream};
use kaoping_engine::session::journal::Journaled;
use kaoping_engine::verify::file::trust::TrustList;
use kaoping_files::roster_sample::synthetic_roster;
use kaoping_files::roster_write::write_roster_xlsx;
use kaoping_record::digest::Digest;
use kaoping_record::event::Head;
use kaoping_record::id::SittingId;
use kaoping_record::key::Signer as _;
use kaoping_record::message::Signed;
use kaoping_record::software::Ed25519Signer;
use kaoping_record::time::Time;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::sync::OnceCell;

/// Keys of the sample bank by item.
pub(crate) type Keys = BTreeMap<String, Vec<String>>;

pub(crate) struct Walked {
    pub(crate) batch: Batch,
    pub(crate) id: String,
    /// The roster in order of tickets: passed, failed, absent, deferred, late.
    pub(crate) entries: Vec<Value>,
    /// Receipts of the first two.
    pub(crate) receipts: [String; 2],
}

impl Walked {
    /// Everything up to the closing.
    pub(crate) async fn open() -> Self {
        static OPEN: OnceCell<Walked> = OnceCell::const_new();
        let open = async || {
            let walked = Self::unscored().await;
            walked.scored().await;
            walked
        };
        OPEN.get_or_init(open).await.copied().await
    }

    /// Everything up to the scoring.
    pub(crate) async fn unscored() -> Self {
        static UNSCORED: OnceCell<Walked> = OnceCell::const_new();
        UNSCORED.get_or_init(Self::walk).await.copied().await
    }

    /// The same in another service, which shares nothing with this one.
    pub(crate) async fn copied(&self) -> Self {
        Self {
            batch: self.batch.copied().await,
            id: self.id.clone(),
            entries: self.entries.clone(),
            receipts: self.receipts.clone(),
        }
    }

    async fn walk() -> Self {
        let (batch, id) = Batch::with_papers().await;
        add_late(&batch, &id).await;
        let roster = batch.service.get(&batch.office(), &format!("/api/v1/batches/{id}/roster")).await.ok();
        let entries = roster["entries"].as_array().unwrap().clone();
        let keys = keys();
        let ticket = |number: usize| entries[number]["ticket"].as_str().unwrap().to_owned();
        let (first, one) = batch.ask(&ticket(0), 1).await;
        let (second, two) = batch.ask(&ticket(1), 2).await;
        batch.bind(&id, &first, None).await.ok();
        batch.bind(&id, &second, None).await.ok();
        batch.room(&id, "open", json!({})).await.ok();
        let (_, passed) = sit(&batch, &one, 1, Some(&keys), None).await;
        let (last, _) = sit(&batch, &two, 2, None, None).await;
        let (third, three) = batch.ask(&ticket(1), 3).await;
        batch.bind(&id, &third, Some("电脑死机")).await.ok();
        let (_, failed) = sit(&batch, &three, 3, None, Some(last)).await;
        let walked = Self { batch, id, entries, receipts: [passed.unwrap(), failed.unwrap()] };
        walked.practical().await;
        walked.ends().await;
        walked
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/v1/batches/{}{rest}", self.id)
    }

    pub(crate) fn pseudonym(&self, number: usize) -> &str {
        self.entries[number]["pseudonym"].as_str().unwrap()
    }

    pub(crate) async fn trust(&self) -> TrustList {
        TrustList::read(&self.batch.service.get(&Caller::Anyone, "/api/v1/trust").await.text).unwrap()
    }

    /// The first candidate gets all marks, the second none.
    async fn practical(&self) {
        for examiner in &self.batch.examiners {
            let caller = Caller::Staff(examiner);
            let list = self.batch.service.get(&caller, "/api/v1/examiner/assignments").await.ok();
            let number = |entry: usize| self.number(entry);
            let numbers = [number(0).await, number(1).await];
            for line in list["assignments"].as_array().unwrap() {
                if let Some(place) = numbers.iter().position(|number| *number == line["number"]) {
                    score(&self.batch, examiner, line["assignment"].as_str().unwrap(), place == 0).await;
                }
            }
        }
    }

    /// The drawn number under which examiners see a candidate.
    pub(crate) async fn number(&self, entry: usize) -> Value {
        let panels =
            self.batch.service.get(&self.batch.office(), &format!("/api/v1/panels?batch={}", self.id)).await.ok();
        let own = |panel: &&Value| panel["sitting"] == self.entries[entry]["practical"];
        panels["panels"].as_array().unwrap().iter().find(own).unwrap()["number"].clone()
    }

    async fn ends(&self) {
        let service = &self.batch.service;
        for entry in [2, 4] {
            let reason = || json!({ "reason": "未到" });
            let theory = format!("/api/v1/sittings/{}/absent", self.entries[entry]["theory"].as_str().unwrap());
            service.post(&Caller::Staff(&self.batch.invigilator), &theory, reason()).await;
            let practical = format!("/api/v1/panels/{}/absent", self.entries[entry]["practical"].as_str().unwrap());
            service.post(&Caller::Staff(&self.batch.lead), &practical, reason()).await;
        }
        let body = json!({ "end": "deferred", "code": "illness", "reason": "住院" });
        service.post(&self.batch.office(), &self.path(&format!("/results/{}/end", self.pseudonym(3))), body).await;
        self.batch.end_room(&self.id).await;
    }

    async fn scored(&self) {
        let scored = self.batch.service.post(&self.batch.office(), &self.path("/score"), json!({})).await.ok();
        assert_eq!((&scored["signed"], &scored["absent"]), (&json!(2), &json!(2)), "{scored}");
    }
}

async fn add_late(batch: &Batch, id: &str) {
    let day = Date::new(2026, 12, 1).unwrap();
    let file = write_roster_xlsx(&synthetic_roster(8, 3, day).unwrap()[4..5], day).unwrap();
    batch.upload_late(id, "r1", file).await.ok();
}

pub(crate) fn keys() -> Keys {
    let mut keys = Keys::new();
    for (_, bytes) in kaoping_service::library::files("national/5/items/") {
        let file: Value = serde_json::from_slice(&bytes).unwrap();
        for item in file["items"].as_array().unwrap() {
            let key = item["key"].as_array().unwrap().iter().map(|option| option.as_str().unwrap().to_owned());
            keys.insert(item["id"].as_str().unwrap().to_owned(), key.collect());
        }
    }
    keys
}

/// Answers on one PC: all items by their keys, or one at random; the first PC of two stops without
/// a hand-in. Gives the last event, and the receipt when there is one.
pub(crate) async fn sit(
    batch: &Batch,
    token: &str,
    seed: u8,
    keys: Option<&Keys>,
    continues: Option<Digest>,
) -> (Digest, Option<String>) {
    let caller = Caller::Seat(token);
    let seat = batch.service.get(&caller, "/api/v1/seat").await.ok();
    let shown = batch.service.get(&caller, "/api/v1/seat/paper").await.ok();
    let text = shown["paper"].as_str().unwrap();
    let paper: Paper = serde_json::from_str(text).unwrap();
    let sitting = SittingId::new(seat["sitting"].as_str().unwrap()).unwrap();
    let stream = seat_stream(&sitting, u32::try_from(seat["number"].as_u64().unwrap()).unwrap()).unwrap();
    let mut touches = vec![SeatEvent::Opened { paper: Digest::of(text.as_bytes()), continues }];
    for entry in &paper.items {
        let Some(key) = keys.and_then(|keys| keys.get(entry.item.as_str())) else { continue };
        let options = entry.options.iter().filter(|option| key.iter().any(|key| key == option.as_str()));
        touches.push(SeatEvent::Answered { item: entry.item.clone(), options: options.cloned().collect() });
    }
    if keys.is_none() {
        let entry = &paper.items[usize::from(seed)];
        touches.push(SeatEvent::Answered { item: entry.item.clone(), options: vec![entry.options[0].clone()] });
    }
    if keys.is_some() || continues.is_some() {
        let answered = u32::try_from(touches.len()).unwrap() - 1 + u32::from(continues.is_some());
        touches.push(SeatEvent::HandedIn { answered });
    }
    let key = Ed25519Signer::from_seed(&[seed; 32]).unwrap().public_key().id();
    let mut head = Head::EMPTY;
    let mut events = Vec::new();
    for touch in touches {
        let sealed = touch.seal(&stream, head, batch.service.app.now(), &key).unwrap();
        head = sealed.head();
        events.push(String::from_utf8(sealed.bytes().to_vec()).unwrap());
    }
    let answer = batch.service.post(&caller, "/api/v1/seat/events", json!({ "events": events })).await.ok();
    (head.last, answer["receipt"].as_str().map(str::to_owned))
}

/// An examiner scores one sheet: every item's highest award, or its lowest.
pub(crate) async fn score(batch: &Batch, examiner: &Person, assignment: &str, highest: bool) {
    let award = |_: usize, item: &SheetItem| {
        let awards = item.awards.iter();
        let award = if highest {
            awards.max_by_key(|award| award.half_marks)
        } else {
            awards.min_by_key(|award| award.half_marks)
        };
        award.unwrap().code.clone()
    };
    let body = scored_sheet(batch, examiner, assignment, award, &[]).await;
    let path = format!("/api/v1/examiner/assignments/{assignment}/hand-in");
    batch.service.post(&Caller::Staff(examiner), &path, body).await.ok();
}

/// The hand-in of a sheet on which each item, given by its place, has this award, and these vetoes
/// are marked.
pub(crate) async fn scored_sheet(
    batch: &Batch,
    examiner: &Person,
    assignment: &str,
    award: impl Fn(usize, &SheetItem) -> AwardCode,
    vetoes: &[SheetEvent],
) -> Value {
    let path = format!("/api/v1/examiner/assignments/{assignment}");
    let opened = batch.service.get(&Caller::Staff(examiner), &path).await.ok();
    let sheet = ValidSheet::from_json(opened["sheet"].to_string().as_bytes()).unwrap();
    let assignment: Assignment = serde_json::from_value(opened["assignment"].clone()).unwrap();
    let at = Time::from_millis(opened["now_ms"].as_i64().unwrap());
    let mut session = SheetSession::new(sheet.clone(), assignment);
    session.handle(at, &session.start()).unwrap();
    for (place, (_, item)) in sheet.sheet().items().enumerate() {
        let award = award(place, item);
        session.handle(at, &SheetEvent::Scored { item: item.id.clone(), award }).unwrap();
    }
    for veto in vetoes {
        session.handle(at, veto).unwrap();
    }
    let total = session.scoring().total(session.sheet()).unwrap();
    session.handle(at, &SheetEvent::HandedIn { total }).unwrap();
    let mut events = Vec::new();
    while let Some(output) = session.journal_mut().poll_output() {
        if let kaoping_engine::session::journal::Output::Send { bytes, .. } = output {
            events.push(String::from_utf8(bytes).unwrap());
        }
    }
    let signer = Ed25519Signer::from_seed(&[9; 32]).unwrap();
    let head = session.journal().head();
    let stream = session.assignment().stream.clone();
    let checkpoint = Signed::new(TabletCheckpoint { stream, events: head.next_seq, last: head.last }).sign(&signer);
    let checkpoint = String::from_utf8(checkpoint.unwrap().to_bytes().unwrap()).unwrap();
    let key = signer.public_key();
    json!({ "events": events, "checkpoint": checkpoint, "key": key, "pin": examiner.pin })
}
