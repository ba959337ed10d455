//! How exams end without a result, who comes late, and what the closing accounts for.

use super::fixture::{Answer, Batch, Caller, Person};
use axum::http::StatusCode;
use kaoping_engine::date::Date;
use kaoping_files::roster_sample::synthetic_roster;
use kaoping_files::roster_write::write_roster_xlsx;
use kaoping_service::http::guard::Channel;
use serde_json::{Value, json};

async fn roster(batch: &Batch, id: &str) -> Vec<Value> {
    let path = format!("/api/v1/batches/{id}/roster");
    batch.service.get(&batch.office(), &path).await.ok()["entries"].as_array().unwrap().clone()
}

async fn absent(batch: &Batch, person: &Person, path: &str) -> Answer {
    batch.service.post(&Caller::Staff(person), path, json!({ "reason": "未到" })).await
}

async fn late(batch: &Batch, id: &str, room: &str, people: std::ops::Range<usize>) -> Answer {
    let day = Date::new(2026, 12, 1).unwrap();
    let file = write_roster_xlsx(&synthetic_roster(8, 3, day).unwrap()[people], day).unwrap();
    batch.upload_late(id, room, file).await
}

async fn leaves(batch: &Batch) -> Vec<String> {
    let entries = batch.service.get(&Caller::Anyone, "/api/v1/log/entries?limit=1000").await.ok();
    entries["entries"].as_array().unwrap().iter().map(|entry| entry["leaf"]["kind"].as_str().unwrap().into()).collect()
}

#[tokio::test]
async fn late_additions_get_spare_papers_on_the_record() {
    let batch = Batch::new().await;
    let id = batch.seated().await;
    assert_eq!(late(&batch, &id, "r1", 4..5).await.code(), "not_at_this_stage");
    batch.deal(&id).await;
    // The first four of the sample are on the roster already.
    assert_eq!(late(&batch, &id, "r1", 3..5).await.code(), "on_roster");
    assert_eq!(late(&batch, &id, "r9", 4..5).await.code(), "no_spare");
    // Two spares, three people: nothing is taken.
    let refused = late(&batch, &id, "r1", 4..7).await;
    assert_eq!(refused.code(), "no_spare");
    assert_eq!(refused.body["error"]["cause"]["zh"], "第 1 场第 1 考场没有可用的备用卷。", "the door's name, no id");
    assert_eq!(roster(&batch, &id).await.len(), 4);
    late(&batch, &id, "r1", 4..6).await.ok();
    let entries = roster(&batch, &id).await;
    assert_eq!(entries.len(), 6);
    assert_eq!((&entries[4]["seat"], &entries[5]["seat"]), (&json!("s1-r1-x1"), &json!("s1-r1-x2")));
    assert_eq!((&entries[4]["number"], &entries[5]["number"]), (&json!(5), &json!(6)));
    let tickets: std::collections::BTreeSet<_> = entries.iter().map(|entry| entry["ticket"].as_str()).collect();
    assert_eq!(tickets.len(), 6);
    assert_eq!(leaves(&batch).await.iter().filter(|kind| *kind == "spare_used").count(), 2);
    // They sit down like everybody else, and examiners find them.
    let (enrolment, token) = batch.ask(entries[4]["ticket"].as_str().unwrap(), 7).await;
    batch.bind(&id, &enrolment, None).await.ok();
    batch.room(&id, "open", json!({})).await.ok();
    batch.service.get(&Caller::Seat(&token), "/api/v1/seat/paper").await.ok();
    let caller = Caller::Staff(&batch.examiners[0]);
    let list = batch.service.get(&caller, "/api/v1/examiner/assignments").await.ok();
    assert_eq!(list["assignments"].as_array().unwrap().len(), 6 * 4);
}

#[tokio::test]
async fn every_exam_ends_before_a_batch_is_closed() {
    let (batch, id) = Batch::with_papers().await;
    late(&batch, &id, "r1", 4..5).await.ok();
    let entries = roster(&batch, &id).await;
    let path = |step: &str| format!("/api/v1/batches/{id}/{step}");
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let open = batch.service.post(&batch.office(), &path("close"), json!({})).await;
    assert_eq!((open.code(), open.body["faults"].as_array().unwrap().len()), ("incomplete", 5));

    // Two by decision, which cannot be decided again.
    for (entry, end, code) in [(&entries[0], "annulled", "impersonation"), (&entries[1], "deferred", "illness")] {
        let path = path(&format!("results/{}/end", text(entry, "pseudonym")));
        let body = json!({ "end": end, "code": code, "reason": "经过已记录" });
        assert_eq!(batch.service.post(&batch.office(), &path, body.clone()).await.status, StatusCode::NO_CONTENT);
        assert_eq!(batch.service.post(&batch.office(), &path, body).await.code(), "has_ended");
    }
    let wrong = json!({ "end": "void", "code": "technical", "reason": "停电", "next_batch": "b2" });
    let third = path(&format!("results/{}/end", text(&entries[2], "pseudonym")));
    assert_eq!(batch.service.post(&batch.office(), &third, wrong).await.code(), "next_batch");

    // Three by absence: from both parts, as invigilator and lead examiner say.
    for entry in &entries[2..] {
        let theory = format!("/api/v1/sittings/{}/absent", text(entry, "theory"));
        assert_eq!(absent(&batch, &batch.invigilator, &theory).await.status, StatusCode::NO_CONTENT);
    }
    let scored = batch.service.post(&batch.office(), &path("score"), json!({})).await.ok();
    assert_eq!((&scored["absent"], scored["pending"].as_array().unwrap().len()), (&json!(0), 3));
    let practical = |entry: &Value| format!("/api/v1/panels/{}/absent", text(entry, "practical"));
    assert_eq!(absent(&batch, &batch.invigilator, &practical(&entries[2])).await.code(), "forbidden");
    for entry in &entries[2..] {
        assert_eq!(absent(&batch, &batch.lead, &practical(entry)).await.status, StatusCode::NO_CONTENT);
    }
    let caller = Caller::Staff(&batch.examiners[0]);
    let list = batch.service.get(&caller, "/api/v1/examiner/assignments").await.ok();
    assert_eq!(list["assignments"].as_array().unwrap().len(), 2 * 4, "nobody is asked to score who is absent");
    // One came after all, and then did not.
    let lead = Caller::Staff(&batch.lead);
    batch.service.request(Channel::Tls, &lead, "DELETE", &practical(&entries[2]), None).await;
    let scored = batch.service.post(&batch.office(), &path("score"), json!({})).await.ok();
    assert_eq!((&scored["absent"], scored["pending"].as_array().unwrap().len()), (&json!(2), 1));
    absent(&batch, &batch.lead, &practical(&entries[2])).await;
    batch.service.post(&batch.office(), &path("score"), json!({})).await.ok();

    let results = batch.service.get(&batch.office(), &path("results")).await.ok();
    let outcomes: Vec<_> = results["results"].as_array().unwrap().iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == "absent").count(), 3);
    assert!(outcomes.contains(&json!("annulled")) && outcomes.contains(&json!("deferred")));

    let closed = batch.service.post(&batch.office(), &path("close"), json!({})).await.ok();
    assert_eq!((&closed["terminal"], &closed["used"], &closed["unused"]), (&json!(5), &json!(1), &json!(2)));
    let kinds = leaves(&batch).await;
    let count = |kind: &str| kinds.iter().filter(|found| *found == kind).count();
    assert_eq!((count("roster"), count("manifest"), count("opening"), count("closing")), (1, 1, 1, 1));
    assert_eq!((count("basis"), count("secret_opening")), (1, 2));
    assert_eq!((count("annulled"), count("deferred"), count("absent")), (1, 1, 3));
    assert_eq!((count("key"), count("spare_used"), count("spare_unused"), kinds.len()), (1, 1, 2, 16));
    assert_eq!(late(&batch, &id, "r1", 5..6).await.code(), "not_at_this_stage");
}

#[tokio::test]
async fn a_second_exam_avoids_what_the_first_showed() {
    let (batch, first) = Batch::with_papers().await;
    let ticket = batch.tickets(&first).await[0].clone();
    let (enrolment, token) = batch.ask(&ticket, 7).await;
    batch.bind(&first, &enrolment, None).await.ok();
    batch.room(&first, "open", json!({})).await.ok();
    let shown = batch.service.get(&Caller::Seat(&token), "/api/v1/seat/paper").await.ok();
    let seen: Vec<Value> = shown["items"].as_array().unwrap().iter().map(|item| item["item"].clone()).collect();

    // The same four people again: only the one who saw a paper has items to avoid, and the new
    // paper holds none of them.
    let second = batch.dealt().await;
    let manifest = batch.service.get(&batch.office(), &format!("/api/v1/batches/{second}/draw")).await.ok();
    assert!(manifest["papers"]["count"].as_u64().unwrap() > 4);
    let (enrolment, token) = {
        let name = |entries: &[Value], ticket: &str| {
            entries.iter().find(|entry| entry["ticket"] == ticket).unwrap()["id_masked"].clone()
        };
        let masked = name(&roster(&batch, &first).await, &ticket);
        let again = roster(&batch, &second).await;
        let entry = again.iter().find(|entry| entry["id_masked"] == masked).unwrap();
        batch.ask(entry["ticket"].as_str().unwrap(), 8).await
    };
    batch.bind(&second, &enrolment, None).await.ok();
    batch.room(&second, "open", json!({})).await.ok();
    let shown = batch.service.get(&Caller::Seat(&token), "/api/v1/seat/paper").await.ok();
    let items = shown["items"].as_array().unwrap();
    assert_eq!(items.len(), 100);
    assert!(items.iter().all(|item| !seen.contains(&item["item"])));
}
