//! The table of roles and routes holds in practice, for every role and every route.

use super::fixture::{ALL_ROLES, Caller, Service};
use axum::http::StatusCode;
use kaoping_service::aggregates::account::Role;
use kaoping_service::http::description::role_table;
use kaoping_service::http::guard::Channel;
use kaoping_service::http::router::openapi;

/// Every route with the names of who may use it.
pub(crate) fn routes() -> Vec<(String, String, Vec<String>)> {
    let routes = role_table(&openapi());
    assert!(routes.len() > 70, "{}", routes.len());
    routes
}

/// Whether a route is for members of staff alone.
fn is_staff(names: &[String]) -> bool {
    !names.iter().any(|name| ["public", "login", "seat"].contains(&name.as_str()))
}

/// A path with names in the place of its parameters.
pub(crate) fn filled(path: &str) -> String {
    path.replace("{session}", "1")
        .split('/')
        .map(|part| if part.starts_with('{') { "none" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn every_role_gets_exactly_its_routes() {
    let service = Service::new().await;
    for role in ALL_ROLES {
        let person = service.person(&format!("{role:?}").to_lowercase(), role).await;
        for (method, path, names) in &routes() {
            if !is_staff(names) || names == &["any_staff"] || names == &["first_login"] {
                continue;
            }
            let answer = service
                .request(Channel::Tls, &Caller::Staff(&person), method, &filled(path), Some(b"{}".to_vec()))
                .await;
            let refused = answer.status == StatusCode::FORBIDDEN && answer.code() == "forbidden";
            let admitted = names.iter().any(|name| name == role.name());
            assert_eq!(refused, !admitted, "{role:?} {method} {path}: {} {}", answer.status, answer.text);
        }
    }
}

#[tokio::test]
async fn staff_routes_refuse_plain_http_and_strangers() {
    let service = Service::new().await;
    for (method, path, names) in &routes() {
        if !is_staff(names) {
            continue;
        }
        let path = filled(path);
        let plain = service.request(Channel::Plain, &Caller::Anyone, method, &path, Some(b"{}".to_vec())).await;
        assert_eq!((plain.status, plain.code()), (StatusCode::FORBIDDEN, "needs_tls"), "{method} {path}");
        let stranger = service.request(Channel::Tls, &Caller::Anyone, method, &path, Some(b"{}".to_vec())).await;
        let expected = if method == "GET" { "unauthenticated" } else { "unmarked" };
        assert_eq!(stranger.code(), expected, "{method} {path}");
    }
}

// Catches a route that somebody may use with the password that the office has seen, or an examiner
// without a PIN.
#[tokio::test]
async fn nothing_is_allowed_before_password_and_pin_are_chosen() {
    let service = Service::new().await;
    for role in ALL_ROLES {
        let mut person = service.newcomer(&format!("{role:?}").to_lowercase(), role).await;
        let refused =
            |answer: &super::fixture::Answer| (answer.status, answer.code()) == (StatusCode::FORBIDDEN, "first_login");
        for (method, path, names) in &routes() {
            if !is_staff(names) {
                continue;
            }
            let answer = service
                .request(Channel::Tls, &Caller::Staff(&person), method, &filled(path), Some(b"{}".to_vec()))
                .await;
            assert_eq!(refused(&answer), names != &["first_login"], "{role:?} {method} {path}: {}", answer.text);
        }
        let body = serde_json::json!({ "current": person.password, "new": "密码由本人选定-2026" });
        let chosen = service.post(&Caller::Staff(&person), "/api/v1/me/password", body).await.ok();
        person.cookie = chosen["cookie"].as_str().unwrap().to_owned();
        let batches = service.get(&Caller::Staff(&person), "/api/v1/batches").await;
        assert_eq!(refused(&batches), role == Role::Examiner, "{role:?}: {}", batches.text);
    }
}

#[tokio::test]
async fn seat_routes_need_a_token() {
    let service = Service::new().await;
    for (method, path, names) in &routes() {
        if names != &["seat"] {
            continue;
        }
        for caller in [Caller::Anyone, Caller::Seat("none.00"), Caller::Seat("none")] {
            let body = Some(br#"{"events":["{}"]}"#.to_vec());
            let answer = service.request(Channel::Plain, &caller, method, &filled(path), body).await;
            assert_eq!(answer.code(), "not_enrolled", "{method} {path}");
        }
    }
}

#[tokio::test]
async fn wrong_passwords_and_closed_logins_are_refused() {
    let service = Service::new().await;
    let person = service.person("office", Role::Officer).await;
    let caller = Caller::Staff(&person);
    for (login, password) in [("office", "wrong"), ("nobody", "wrong")] {
        let body = serde_json::json!({ "login": login, "password": password });
        assert_eq!(service.post(&caller, "/api/v1/login", body).await.code(), "wrong_login");
    }
    service.get(&caller, "/api/v1/me").await.ok();
    service.post(&caller, "/api/v1/logout", serde_json::json!({})).await;
    // Text that is no login name is not looked up, and fails like any other.
    for login in ["", "\0", "Office", &"x".repeat(300), "office\n2026-11-27 forged line"] {
        let body = serde_json::json!({ "login": login, "password": "wrong" });
        assert_eq!(service.post(&caller, "/api/v1/login", body).await.code(), "wrong_login", "{login}");
    }
    assert_eq!(service.get(&caller, "/api/v1/me").await.code(), "unauthenticated");
}

#[tokio::test]
async fn a_login_ends_by_itself() {
    let service = Service::new().await;
    let person = service.person("office", Role::Officer).await;
    service.clock.advance_minutes(15 * 60);
    assert_eq!(service.get(&Caller::Staff(&person), "/api/v1/me").await.code(), "unauthenticated");
}

// Catches two shapes of one name, of which the description keeps one and pages then send the
// other's members.
#[test]
fn no_two_shapes_of_the_description_have_one_name() {
    let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("http")];
    let mut seen = std::collections::BTreeMap::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let mut is_shape = false;
            for line in text.lines() {
                is_shape |= line.starts_with("#[derive(") && line.contains("ToSchema");
                let declared = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "));
                if let Some(name) = declared.filter(|_| std::mem::take(&mut is_shape)) {
                    let name: String = name.chars().take_while(char::is_ascii_alphanumeric).collect();
                    assert_eq!(seen.insert(name.clone(), path.clone()), None, "{name} in {}", path.display());
                }
            }
        }
    }
    assert!(seen.len() > 50, "{seen:?}");
}
