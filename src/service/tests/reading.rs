//! Who reads which batch: officers every one, everybody else those that name them.

use super::fixture::{Batch, Caller, Person};
use axum::http::StatusCode;
use kaoping_service::aggregates::account::Role;
use kaoping_service::http::description::role_table;
use kaoping_service::http::router::openapi;

/// Every route of a batch that a role may read.
fn readable(role: Role, batch: &str) -> Vec<String> {
    let table = role_table(&openapi());
    let mut paths: Vec<String> = table
        .into_iter()
        .filter(|(method, path, names)| {
            method == "GET" && path.contains("{batch}") && names.iter().any(|name| name == role.name())
        })
        .map(|(_, path, _)| path.replace("{batch}", batch).replace("{session}", "1").replace("{room}", "r1"))
        .map(|path| path.replace("{pseudonym}", "nobody"))
        .collect();
    if matches!(role, Role::Lead | Role::Supervisor) {
        paths.push(format!("/api/v1/panels?batch={batch}"));
    }
    paths
}

async fn listed(batch: &Batch, person: &Person, path: &str, list: &str) -> usize {
    batch.service.get(&Caller::Staff(person), path).await.ok()[list].as_array().unwrap().len()
}

// Catches a custodian or supervisor who reads names, papers or results of a batch of others.
#[tokio::test]
async fn a_batch_is_read_by_those_whom_it_names() {
    let (batch, id) = Batch::with_papers().await;
    for role in [Role::Custodian, Role::Supervisor, Role::Lead, Role::Invigilator] {
        let stranger = batch.service.person(&format!("other-{}", role.name()), role).await;
        let paths = readable(role, &id);
        assert!(!paths.is_empty(), "{role:?}");
        for path in &paths {
            let answer = batch.service.get(&Caller::Staff(&stranger), path).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "not_named"), "{role:?} {path}");
        }
        assert_eq!(listed(&batch, &stranger, "/api/v1/batches", "batches").await, 0, "{role:?}");
        if role != Role::Custodian && role != Role::Lead {
            assert_eq!(listed(&batch, &stranger, "/api/v1/rooms", "rooms").await, 0, "{role:?}");
        }
    }
    let named = [
        (Role::Custodian, &batch.custodians[0]),
        (Role::Supervisor, &batch.supervisor),
        (Role::Lead, &batch.lead),
        (Role::Invigilator, &batch.invigilator),
        (Role::Examiner, &batch.examiners[0]),
    ];
    for (role, person) in named {
        assert_eq!(listed(&batch, person, "/api/v1/batches", "batches").await, 1, "{role:?}");
        for path in readable(role, &id) {
            let answer = batch.service.get(&Caller::Staff(person), &path).await;
            assert_ne!(answer.status, StatusCode::FORBIDDEN, "{role:?} {path}: {}", answer.text);
        }
    }
    assert_eq!(listed(&batch, &batch.supervisor, "/api/v1/rooms", "rooms").await, 1);
    let office = batch.service.person("office-2", Role::Officer).await;
    assert_eq!(listed(&batch, &office, "/api/v1/batches", "batches").await, 1, "officers read every batch");
}
