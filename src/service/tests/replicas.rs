//! Two services on one store, as replicas are. Requests that race for the same thing come to both
//! of them at once, and each decides by what the other one has just written.

use super::fixture::{Answer, Batch, Caller, Schema, Service};
use super::pc::Pc;
use super::walked::scored_sheet;
use axum::http::StatusCode;
use kaoping_service::http::guard::Channel;
use kaoping_store::{Memory, Store};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Requests that race.
const AT_ONCE: usize = 8;

/// How often each race is run.
fn rounds() -> usize {
    if std::env::var_os("KAOPING_TEST_LONG").is_some() { 120 } else { 6 }
}

/// An exam whose first two candidates sit, on two services.
struct Replicas {
    batch: Batch,
    /// The batch's identifier.
    id: String,
    other: Service,
    seated: Vec<Pc>,
}

impl Replicas {
    async fn in_memory() -> Self {
        let memory = Memory::default();
        Self::of(Store::shared_memory(memory.clone()), Store::shared_memory(memory)).await
    }

    async fn on_postgres() -> Self {
        let schema = Schema::new();
        Self::of(schema.open(&schema.url).await, schema.open(&schema.url).await).await
    }

    async fn of(one: Store, two: Store) -> Self {
        let batch = Batch::of(Service::on(one).await).await;
        let id = batch.dealt().await;
        let other = batch.service.replica(two);
        let (mut tokens, mut seated) = (Vec::new(), Vec::new());
        for (seed, ticket) in (7..9).zip(batch.tickets(&id).await) {
            let (enrolment, token) = batch.ask(&ticket, seed).await;
            batch.bind(&id, &enrolment, None).await.ok();
            tokens.push((seed, token));
        }
        batch.room(&id, "open", json!({})).await.ok();
        for (seed, token) in tokens {
            let mut pc = Pc::new(&batch, token, seed).await;
            let opened = pc.opened(None);
            let opened = pc.write(&batch, &opened);
            pc.send(&batch, &[opened]).await.ok();
            seated.push(pc);
        }
        Self { batch, id, other, seated }
    }

    /// The services in turn.
    fn service(&self, number: usize) -> &Service {
        if number.is_multiple_of(2) { &self.batch.service } else { &self.other }
    }

    /// Sends an event of a seat to one of the services.
    async fn send(&self, number: usize, token: &str, event: &str) -> Answer {
        let body = Some(json!({ "events": [event] }).to_string().into_bytes());
        let seat = Caller::Seat(token);
        self.service(number).request(Channel::Plain, &seat, "POST", "/api/v1/seat/events", body).await
    }

    /// Asks for several things at once, in turn from both services.
    async fn race<F: Future<Output = Answer>>(&self, times: usize, ask: impl Fn(usize) -> F) -> Vec<Answer> {
        futures_util::future::join_all((0..times).map(ask)).await
    }
}

async fn both(check: impl AsyncFn(Replicas)) {
    check(Replicas::in_memory().await).await;
    check(Replicas::on_postgres().await).await;
}

// Catches a replica that acknowledges an event for a place that the other one has given away.
#[tokio::test(flavor = "multi_thread")]
async fn one_place_of_a_stream_is_given_once() {
    both(async |mut replicas| {
        let mut pc = replicas.seated.remove(0);
        for round in 0..rounds() {
            let head = pc.head;
            let mut events = Vec::new();
            for number in 0..AT_ONCE {
                pc.head = head;
                let answer = pc.answer((round * AT_ONCE + number) % 50, round % 2);
                events.push((pc.write(&replicas.batch, &answer), pc.head));
            }
            let ask = |number: usize| replicas.send(number, &pc.token, &events[number].0);
            let answers = replicas.race(AT_ONCE, ask).await;
            let taken: Vec<usize> = (0..AT_ONCE).filter(|number| answers[*number].status.is_success()).collect();
            let [winner] = taken.as_slice() else { panic!("round {round}: {} were taken", taken.len()) };
            let lost = |answer: &&Answer| answer.status == StatusCode::CONFLICT && answer.code() == "chain";
            assert_eq!(answers.iter().filter(lost).count(), AT_ONCE - 1, "round {round}");
            pc.head = events[*winner].1;
        }
        let seat = Caller::Seat(&pc.token);
        for number in 0..2 {
            let shown = replicas.service(number).get(&seat, "/api/v1/seat/paper").await.ok();
            assert_eq!(shown["journal"].as_array().unwrap().len(), rounds() + 1);
        }
    })
    .await;
}

// Catches two receipts for one hand-in, and an answer that is acknowledged by one replica after the
// other one has taken the paper.
#[tokio::test(flavor = "multi_thread")]
async fn a_paper_ends_once_with_all_that_was_acknowledged() {
    both(async |mut replicas| {
        let (mut writes, mut hands_in) = (replicas.seated.remove(0), replicas.seated.remove(0));
        // An invigilator takes the paper on one replica while its candidate writes on the other.
        let path = format!("/api/v1/sittings/{}/hand-in", writes.sitting());
        let taking = async {
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
            let invigilator = Caller::Staff(&replicas.batch.invigilator);
            let body = json!({ "reason": "身体不适", "request": "take-0123456789abcdef" });
            loop {
                // Each try may find that the candidate has written once more: then the page asks to
                // try again.
                let answer = replicas.other.post(&invigilator, &path, body.clone()).await;
                if answer.code() != "race" {
                    break answer;
                }
            }
        };
        let token = writes.token.clone();
        let writing = async {
            let mut acknowledged = 1;
            for number in 0.. {
                let answer = writes.answer(number % 50, (number / 50) % 2);
                let event = writes.write(&replicas.batch, &answer);
                if !replicas.send(0, &writes.token, &event).await.status.is_success() {
                    break;
                }
                acknowledged += 1;
            }
            acknowledged
        };
        let (acknowledged, taken) = tokio::join!(writing, taking);
        assert_eq!(taken.status, StatusCode::NO_CONTENT, "{}", taken.text);
        for number in 0..2 {
            let receipt = replicas.service(number).get(&Caller::Seat(&token), "/api/v1/seat/receipt").await.ok();
            assert_eq!((&receipt["by"], &receipt["events"]), (&json!("invigilator"), &json!(acknowledged)));
        }
        let event = kaoping_engine::session::event::SeatEvent::HandedIn { answered: 0 };
        let event = hands_in.write(&replicas.batch, &event);
        let answers = replicas.race(AT_ONCE, |number| replicas.send(number, &hands_in.token, &event)).await;
        let receipts: BTreeSet<String> = answers.into_iter().map(|answer| answer.ok()["receipt"].to_string()).collect();
        assert_eq!(receipts.len(), 1, "{receipts:?}");
    })
    .await;
}

// Catches a decision that both replicas carry out.
#[tokio::test(flavor = "multi_thread")]
async fn extra_time_that_both_are_asked_for_is_given_once() {
    both(async |replicas| {
        let invigilator = &replicas.batch.invigilator;
        let path = format!("/api/v1/sittings/{}/extend", replicas.seated[0].sitting());
        let times = rounds().min(30);
        for round in 0..times {
            let body = json!({ "minutes": 1, "reason": "停电", "request": format!("extend-{round:010}") });
            let ask = |number: usize| {
                let (service, body) = (replicas.service(number), body.clone());
                let path = &path;
                async move { service.post(&Caller::Staff(invigilator), path, body).await }
            };
            for answer in replicas.race(AT_ONCE, ask).await {
                assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text);
            }
        }
        let room = format!("/api/v1/rooms/{}/1/r1", replicas.id);
        let board = replicas.other.get(&Caller::Staff(invigilator), &room).await.ok();
        let seats = board["seats"].as_array().unwrap();
        let seat = seats.iter().find(|seat| seat["sitting"] == replicas.seated[0].sitting()).unwrap();
        assert_eq!(seat["extra_minutes"], times);
    })
    .await;
}

// Catches a replica that goes on from a sheet as it was before the other one took events of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_goes_on_at_whichever_replica() {
    both(async |replicas| {
        let examiner = &replicas.batch.examiners[0];
        let caller = || Caller::Staff(examiner);
        let list = replicas.other.get(&caller(), "/api/v1/examiner/assignments").await.ok();
        let assignments: Vec<String> = list["assignments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["assignment"].as_str().unwrap().to_owned())
            .collect();
        for assignment in assignments.iter().take(rounds().min(4)) {
            let path = format!("/api/v1/examiner/assignments/{assignment}");
            let award = |_, item: &kaoping_engine::practical::sheet::SheetItem| item.awards[0].code.clone();
            let sheet = scored_sheet(&replicas.batch, examiner, assignment, award, &[]).await;
            let events = sheet["events"].as_array().unwrap();
            let (hand_in, scores) = events.split_last().unwrap();
            for (place, event) in scores.iter().enumerate() {
                // Each event comes to both at once, and both hold it then.
                let body = json!({ "events": [event] });
                let answers = replicas.race(2, |number| {
                    let (service, path, body) = (replicas.service(number), format!("{path}/events"), body.clone());
                    async move { service.post(&caller(), &path, body).await }
                });
                for answer in answers.await {
                    assert!(answer.status.is_success(), "event {place}: {}", answer.text);
                }
            }
            let mut body: Value = sheet.clone();
            body["events"] = json!([hand_in]);
            let answers = replicas.race(AT_ONCE, |number| {
                let (service, path, body) = (replicas.service(number), format!("{path}/hand-in"), body.clone());
                async move { service.post(&caller(), &path, body).await }
            });
            let answers = answers.await;
            assert_eq!(answers.iter().filter(|answer| answer.status.is_success()).count(), 1, "{assignment}");
            let late = |answer: &&Answer| answer.code() == "already_handed_in";
            assert_eq!(answers.iter().filter(late).count(), AT_ONCE - 1, "{assignment}");
        }
    })
    .await;
}
