//! A candidate's PC that writes its own stream, well or badly.

use super::fixture::{Answer, Batch, Caller};
use super::late::LateBody;
use kaoping_engine::draw::Paper;
use kaoping_engine::session::event::{SeatEvent, seat_stream};
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Stream};
use kaoping_record::id::SittingId;
use kaoping_record::key::{KeyId, Signer as _};
use kaoping_record::software::Ed25519Signer;
use kaoping_service::http::guard::Channel;
use serde_json::json;

/// A seat that writes its own stream, well or badly.
pub(crate) struct Pc {
    pub(crate) token: String,
    pub(crate) key: KeyId,
    pub(crate) stream: Stream,
    pub(crate) head: Head,
    pub(crate) paper: Paper,
    digest: Digest,
}

impl Pc {
    pub(crate) async fn new(batch: &Batch, token: String, seed: u8) -> Self {
        let seat = batch.service.get(&Caller::Seat(&token), "/api/v1/seat").await.ok();
        let shown = batch.service.get(&Caller::Seat(&token), "/api/v1/seat/paper").await.ok();
        let text = shown["paper"].as_str().unwrap();
        let sitting = SittingId::new(seat["sitting"].as_str().unwrap()).unwrap();
        let number = u32::try_from(seat["number"].as_u64().unwrap()).unwrap();
        Self {
            key: Ed25519Signer::from_seed(&[seed; 32]).unwrap().public_key().id(),
            stream: seat_stream(&sitting, number).unwrap(),
            head: Head::EMPTY,
            paper: serde_json::from_str(text).unwrap(),
            digest: Digest::of(text.as_bytes()),
            token,
        }
    }

    pub(crate) fn write(&mut self, batch: &Batch, event: &SeatEvent) -> String {
        let at = batch.service.app.steady_now();
        let sealed = event.seal(&self.stream, self.head, at, &self.key).unwrap();
        self.head = sealed.head();
        String::from_utf8(sealed.bytes().to_vec()).unwrap()
    }

    /// The sitting that its stream belongs to.
    pub(crate) fn sitting(&self) -> &str {
        self.stream.as_str().split('/').nth(1).unwrap()
    }

    pub(crate) fn opened(&self, continues: Option<Digest>) -> SeatEvent {
        SeatEvent::Opened { paper: self.digest, continues }
    }

    pub(crate) fn answer(&self, place: usize, option: usize) -> SeatEvent {
        let entry = &self.paper.items[place];
        SeatEvent::Answered { item: entry.item.clone(), options: vec![entry.options[option].clone()] }
    }

    pub(crate) async fn send(&self, batch: &Batch, events: &[String]) -> Answer {
        let body = Some(json!({ "events": events }).to_string().into_bytes());
        batch.service.request(Channel::Plain, &Caller::Seat(&self.token), "POST", "/api/v1/seat/events", body).await
    }

    /// Begins to send events; the body follows when the test sends it.
    pub(crate) async fn send_late(&self, batch: &Batch, events: &[String]) -> LateBody {
        let body = json!({ "events": events });
        LateBody::begin(&batch.service, Channel::Plain, &Caller::Seat(&self.token), "/api/v1/seat/events", body).await
    }
}

/// A batch with an open room and a PC in it; the batch's identifier, the candidate's ticket.
pub(crate) async fn seated_pc() -> (Batch, String, String, Pc) {
    let (batch, id) = Batch::with_papers().await;
    let ticket = batch.tickets(&id).await[0].clone();
    let (enrolment, token) = batch.ask(&ticket, 7).await;
    batch.bind(&id, &enrolment, None).await.ok();
    batch.room(&id, "open", json!({})).await.ok();
    let pc = Pc::new(&batch, token, 7).await;
    (batch, id, ticket, pc)
}
