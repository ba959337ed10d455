//! Requests that come at once: what must be unique or counted is guarded by the commit, and who
//! loses leaves nothing behind.

use super::fixture::{Answer, Batch, Caller, Person, Service};
use axum::http::StatusCode;
use kaoping_engine::date::Date;
use kaoping_engine::roster::Candidate;
use kaoping_files::roster_sample::synthetic_roster;
use kaoping_files::roster_write::write_roster_xlsx;
use kaoping_record::id::AccountId;
use kaoping_service::aggregates::account::{AccountState, Role};
use kaoping_service::aggregates::request::RequestKey;
use kaoping_service::operations::accounts::{self, NewAccount};
use kaoping_service::refusal::RefusalKind;
use kaoping_store::identity::IndexKind;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Does the same `times` at once, each in a task of its own.
async fn at_once<F>(times: usize, ask: impl Fn(usize) -> F) -> Vec<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let tasks: Vec<_> = (0..times).map(|number| tokio::spawn(ask(number))).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

fn day() -> Date {
    Date::new(2026, 12, 1).unwrap()
}

fn people(range: std::ops::Range<usize>) -> Vec<Candidate> {
    synthetic_roster(8, 3, day()).unwrap()[range].to_vec()
}

/// How many identities there are of people.
async fn identities(service: &Service, people: &[Candidate]) -> usize {
    let mut count = 0;
    for person in people {
        let number = person.document.number();
        count += service.app.identity.find_by_blind_index(IndexKind::DocumentNumber, number).await.unwrap().len();
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_login_name_is_one_account() {
    let service = Arc::new(Service::new().await);
    let office = service.person("office", Role::Officer).await;
    let answers = at_once(10, |number| {
        let (service, office) = (service.clone(), office.clone());
        async move {
            let body = json!({ "login": "double", "name": format!("第 {number} 人"), "roles": ["lead"] });
            service.post(&Caller::Staff(&office), "/api/v1/staff", body).await
        }
    })
    .await;
    let made: Vec<&Answer> = answers.iter().filter(|answer| answer.status == StatusCode::OK).collect();
    assert_eq!(made.len(), 1);
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK || answer.code() == "login_taken"));
    let list = service.get(&Caller::Staff(&office), "/api/v1/staff").await.ok();
    let doubles = list["accounts"].as_array().unwrap().iter().filter(|line| line["login"] == "double").count();
    assert_eq!(doubles, 1);
    service.log_in("double", made[0].body["one_time_password"].as_str().unwrap(), None).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rosters_that_lose_leave_nobodys_name_behind() {
    let batch = Arc::new(Batch::new().await);
    let id = batch.planned().await;
    let file = write_roster_xlsx(&people(0..4), day()).unwrap();
    let answers = at_once(8, |_| {
        let (batch, id, file) = (batch.clone(), id.clone(), file.clone());
        async move { batch.upload(&id, file).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.status == StatusCode::OK).count(), 1);
    assert_eq!(identities(&batch.service, &people(0..4)).await, 4);
    // Those that stayed are those of the roster.
    let path = format!("/api/v1/batches/{id}/roster");
    let roster = batch.service.get(&batch.office(), &path).await.ok();
    assert_eq!(roster["entries"].as_array().unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn batches_of_one_day_never_share_a_ticket() {
    let batch = Arc::new(Batch::new().await);
    let ids = [batch.planned().await, batch.planned().await, batch.planned().await];
    let file = write_roster_xlsx(&people(0..4), day()).unwrap();
    let uploads = ids.clone();
    at_once(3, |number| {
        let (batch, id, file) = (batch.clone(), uploads[number].clone(), file.clone());
        async move { batch.upload(&id, file).await }
    })
    .await
    .into_iter()
    .for_each(|answer| drop(answer.ok()));
    let mut tickets = BTreeSet::new();
    for id in &ids {
        tickets.extend(batch.tickets(id).await);
    }
    assert_eq!(tickets.len(), 3 * 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_is_added_twice_by_two_uploads() {
    let batch = Arc::new(Batch::new().await);
    let id = batch.dealt().await;
    let file = write_roster_xlsx(&people(4..5), day()).unwrap();
    let answers = at_once(6, |_| {
        let (batch, id, file) = (batch.clone(), id.clone(), file.clone());
        async move { batch.upload_late(&id, "r1", file).await }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.status == StatusCode::OK).count(), 1);
    assert_eq!(batch.tickets(&id).await.len(), 5);
    assert_eq!(identities(&batch.service, &people(4..5)).await, 1);
    // The spare paper that is left is still there for somebody else.
    let next = write_roster_xlsx(&people(5..6), day()).unwrap();
    batch.upload_late(&id, "r1", next).await.ok();
    assert_eq!(batch.tickets(&id).await.len(), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn officers_who_close_each_other_leave_one() {
    for round in 0..5 {
        let service = Arc::new(Service::new().await);
        let officers: [Person; 2] =
            [service.person("office-1", Role::Officer).await, service.person("office-2", Role::Officer).await];
        let ids = officers.each_ref().map(|officer| officer.id.clone());
        at_once(2, |number| {
            let (service, who) = (service.clone(), officers[number].clone());
            let path = format!("/api/v1/staff/{}/closing", ids[1 - number]);
            async move { service.post(&Caller::Staff(&who), &path, json!({ "reason": "争执" })).await }
        })
        .await;
        let mut open = 0;
        for id in &ids {
            let account: AccountState = service.app.need(id, "account").await.unwrap();
            open += usize::from(!account.is_closed);
        }
        assert_eq!(open, 1, "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reset_that_is_approved_twice_shows_one_password() {
    let service = Arc::new(Service::new().await);
    let asks = service.person("office-1", Role::Officer).await;
    let approves = service.person("office-2", Role::Officer).await;
    let person = service.person("lead", Role::Lead).await;
    let path = format!("/api/v1/staff/{}/reset", person.id);
    service.post(&Caller::Staff(&asks), &path, json!({ "reason": "忘记密码" })).await;
    let answers = at_once(5, |_| {
        let (service, approves, path) = (service.clone(), approves.clone(), format!("{path}/approval"));
        async move { service.post(&Caller::Staff(&approves), &path, json!({})).await }
    })
    .await;
    let shown: Vec<&Value> = answers.iter().map(|answer| &answer.body["one_time_password"]).collect();
    let shown: Vec<&str> = shown.into_iter().filter_map(Value::as_str).collect();
    assert_eq!(shown.len(), 1);
    service.log_in("lead", shown[0], None).await.ok();
}

// An officer who is closed while a request is under way once went on to make accounts and to set
// passwords.
#[tokio::test]
async fn an_officer_who_was_closed_meanwhile_keeps_no_accounts() {
    let service = Service::new().await;
    let first = service.person("office-1", Role::Officer).await;
    let leaving = service.person("office-2", Role::Officer).await;
    let person = service.person("lead", Role::Lead).await;
    let account = |person: &Person| AccountId::new(person.id.clone()).unwrap();
    let read = async |person: &Person| service.app.need::<AccountState>(&person.id, "account").await.unwrap();
    // The member as the guard admitted it, before the closing.
    let member = service.member(&leaving).await;
    let (app, lead) = (&service.app, account(&person));
    let key = |name: &str| RequestKey::try_from(format!("{name}-0123456789abcdef")).unwrap();
    let reset = format!("/api/v1/staff/{}/reset", person.id);
    service.post(&Caller::Staff(&first), &reset, json!({ "reason": "忘记密码" })).await;
    let closing = format!("/api/v1/staff/{}/closing", leaving.id);
    let closed = service.post(&Caller::Staff(&first), &closing, json!({ "reason": "离职" })).await;
    assert_eq!(closed.status, StatusCode::NO_CONTENT);

    let before = read(&person).await;
    let new =
        NewAccount { login: "second-way-in".into(), name: "李".into(), roles: vec![Role::Officer], employer: None };
    let refused = [
        accounts::create_account(app, &member, &new, &key("create")).await.map(drop),
        accounts::request_reset(app, &member, &account(&first), "忘记密码", &key("reset")).await,
        accounts::approve_reset(app, &member, &lead, &key("approve")).await.map(drop),
        accounts::withdraw_reset(app, &member, &lead).await,
        accounts::close_account(app, &member, &lead, "离职", &key("close")).await,
        accounts::end_logins(app, &member, &lead).await,
    ];
    for refusal in refused {
        assert_eq!(refusal.unwrap_err().kind(), RefusalKind::Unauthenticated);
    }
    let after = read(&person).await;
    assert!(after.reset.is_some() && after.password_hash == before.password_hash && !after.is_closed);
    assert_eq!(after.logins_ended, before.logins_ended);
    let list = service.get(&Caller::Staff(&first), "/api/v1/staff").await.ok();
    assert!(list["accounts"].as_array().unwrap().iter().all(|line| line["login"] != "second-way-in"));
}
