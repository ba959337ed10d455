//! Lots of the practical exam: conflicts of interest are fixed with the basis, and nobody is examined
//! by a panel that has one.

use super::fixture::Batch;
use kaoping_engine::date::Date;
use kaoping_files::roster_sample::synthetic_roster;
use kaoping_files::roster_write::write_roster_xlsx;
use kaoping_service::aggregates::account::Role;
use kaoping_service::aggregates::batch::BatchState;
use kaoping_service::aggregates::sitting::SittingState;
use kaoping_service::operations::accounts::{NewAccount, create_at_machine};
use kaoping_service::operations::roster;
use serde_json::{Value, json};

const EMPLOYER: &str = "甲养老院";

/// The account of an examiner who never logs in.
async fn examiner(batch: &Batch, login: &str, employer: Option<&str>) -> String {
    let employer = employer.map(str::to_owned);
    let new = NewAccount { login: login.into(), name: login.into(), roles: vec![Role::Examiner], employer };
    create_at_machine(&batch.service.app, &new).await.unwrap().account.id.to_string()
}

/// A seated batch in which three of four people work where an examiner of the first panel works.
async fn seated(batch: &Batch) -> String {
    let id = batch.planned().await;
    let day = Date::new(2026, 12, 1).unwrap();
    let mut people = synthetic_roster(4, 3, day).unwrap();
    people.iter_mut().take(3).for_each(|person| person.employer = Some(EMPLOYER.to_owned()));
    batch.upload(&id, write_roster_xlsx(&people, day).unwrap()).await.ok();
    id
}

async fn with_colleague() -> (Batch, Value) {
    let mut batch = Batch::new().await;
    let colleague = examiner(&batch, "colleague", Some(EMPLOYER)).await;
    batch.plan["practical"]["panels"][0]["examiners"][0] = json!(colleague);
    let mut second = batch.plan["practical"]["panels"][0].clone();
    second["panel"] = json!("p2");
    second["name"] = json!("第 2 考评组");
    let mut examiners = Vec::new();
    for number in 4..=6 {
        examiners.push(examiner(&batch, &format!("examiner-{number}"), None).await);
    }
    second["examiners"] = json!(examiners);
    let new = NewAccount { login: "lead-2".into(), name: "lead-2".into(), roles: vec![Role::Lead], employer: None };
    second["lead"] = json!(create_at_machine(&batch.service.app, &new).await.unwrap().account.id);
    (batch, second)
}

// Catches a candidate whom no panel may examine, and who is found only after the secrets are open.
#[tokio::test]
async fn who_has_no_panel_is_named_before_anybody_commits() {
    let (batch, _) = with_colleague().await;
    let id = seated(&batch).await;
    let path = format!("/api/v1/batches/{id}/draw/basis");
    let refused = batch.service.post(&batch.office(), &path, json!({})).await;
    assert_eq!(refused.code(), "conflict_of_interest");
    assert_eq!(batch.stage(&id).await, "seated");
}

#[tokio::test]
async fn a_panel_with_a_conflict_of_interest_is_passed_over() {
    let (mut batch, second) = with_colleague().await;
    batch.plan["practical"]["panels"].as_array_mut().unwrap().push(second);
    let id = seated(&batch).await;
    batch.deal(&id).await;
    let app = &batch.service.app;
    let state: BatchState = app.read(&id).await.unwrap().unwrap();
    let mut panels = Vec::new();
    for entry in roster::entries(app, &state).await.unwrap().iter() {
        let sitting: SittingState = app.read(entry.practical.as_str()).await.unwrap().unwrap();
        panels.push(sitting.practical().unwrap().place.panel.to_string());
    }
    // In turn each panel would get two of the four.
    assert_eq!(panels.iter().take(3).collect::<Vec<_>>(), ["p2", "p2", "p2"]);
}
