//! Strangers in the network: they hold no connections without end, guess nothing, break nothing and
//! keep nobody out.

use super::access::{filled, routes};
use super::fixture::{Batch, Caller, Person, Service};
use axum::Extension;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use kaoping_record::key::Signer as _;
use kaoping_record::software::Ed25519Signer;
use kaoping_service::aggregates::account::Role;
use kaoping_service::edge::connections::Limits;
use kaoping_service::http::guard::Channel;
use kaoping_service::http::router::router;
use kaoping_service::serve::{Serving, serve};
use kaoping_service::tls;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tower::ServiceExt as _;

const FEW: Limits = Limits { total: 8, address: 4, idle: Duration::from_secs(20) };

async fn listening(service: &Service, limits: Limits) -> Serving {
    let folder = tempfile::tempdir().unwrap();
    let server = tls::open_or_create(folder.path(), &["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let bind = || TcpListener::bind("127.0.0.1:0").unwrap();
    serve(service.app.clone(), bind(), bind(), &server, limits).await.unwrap()
}

/// Asks on a connection that stays open; `None` when it was closed.
async fn ask(connection: &mut TcpStream, path: &str, token: Option<&str>) -> Option<u16> {
    let authorization = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}\r\n");
    connection.write_all(request.as_bytes()).await.ok()?;
    let mut read = Vec::new();
    loop {
        if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8(read[..end].to_vec()).unwrap().to_lowercase();
            let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
            if read.len() >= end + 4 + length.parse::<usize>().unwrap() {
                return head.split(' ').nth(1).unwrap().parse().ok();
            }
        }
        if connection.read_buf(&mut read).await.ok()? == 0 {
            return None;
        }
    }
}

/// Waits until the other side closes.
async fn closed(connection: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    tokio::time::timeout(Duration::from_secs(30), connection.read_to_end(&mut rest)).await.is_ok()
}

#[tokio::test]
async fn strangers_are_limited_and_bound_seats_are_not() {
    let (batch, id) = Batch::with_papers().await;
    let mut tokens = Vec::new();
    for (ticket, seed) in batch.tickets(&id).await.iter().zip(1..) {
        let (enrolment, token) = batch.ask(ticket, seed).await;
        batch.bind(&id, &enrolment, None).await.ok();
        tokens.push(token);
    }
    let serving = listening(&batch.service, FEW).await;
    let connect = || TcpStream::connect(serving.http);
    let mut seats = Vec::new();
    for n in 0..40 {
        let mut seat = connect().await.unwrap();
        assert_eq!(ask(&mut seat, "/api/v1/seat", Some(&tokens[n % 4])).await, Some(200));
        seats.push(seat);
    }
    assert_eq!(serving.connections.counts(), (0, 40));
    let mut strangers = Vec::new();
    for _ in 0..30 {
        let mut stranger = connect().await.unwrap();
        assert_eq!(ask(&mut stranger, "/api/v1/trust", None).await, Some(200));
        strangers.push(stranger);
    }
    assert_eq!(serving.connections.counts(), (4, 40));
    assert!(closed(&mut strangers[0]).await);
    assert_eq!(ask(&mut strangers[29], "/api/v1/trust", None).await, Some(200));
    for (n, seat) in seats.iter_mut().enumerate() {
        assert_eq!(ask(seat, "/api/v1/seat", Some(&tokens[n % 4])).await, Some(200));
    }
    // A wrong secret is a stranger's.
    let mut wrong = connect().await.unwrap();
    assert_eq!(ask(&mut wrong, "/api/v1/seat", Some("none.00")).await, Some(401));
    assert_eq!(serving.connections.counts(), (4, 40));
    drop((seats, strangers, wrong));
    serving.stop().await;
}

#[tokio::test]
async fn who_sends_nothing_is_closed_on_both_listeners() {
    let service = Service::new().await;
    let serving = listening(&service, Limits { idle: Duration::from_millis(300), ..FEW }).await;
    for address in [serving.http, serving.tls] {
        for begun in ["", "GET /api/v1/trust HTTP/1.1\r\nHost: local"] {
            let mut stranger = TcpStream::connect(address).await.unwrap();
            // Over TLS this is no handshake; it is closed all the same.
            stranger.write_all(begun.as_bytes()).await.unwrap();
            assert!(closed(&mut stranger).await, "{address} {begun}");
        }
    }
    let mut idle = TcpStream::connect(serving.http).await.unwrap();
    assert_eq!(ask(&mut idle, "/api/v1/public", None).await, Some(200));
    assert!(closed(&mut idle).await);
    assert_eq!(serving.connections.counts(), (0, 0));
    serving.stop().await;
}

async fn send(service: &Service, path: &str, caller: &Caller<'_>, body: Body) -> (StatusCode, Value) {
    let mut request = Request::builder().method("POST").uri(path).header(header::CONTENT_TYPE, "application/json");
    request = match caller {
        Caller::Anyone => request.header("x-kaoping", "1"),
        Caller::Seat(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        Caller::Staff(person) => request.header(header::COOKIE, &person.cookie).header("x-kaoping", "1"),
    };
    let router = router(service.app.clone()).layer(Extension(Channel::Tls));
    let response = router.oneshot(request.body(body).unwrap()).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    let service = Service::new().await;
    tokio::time::pause();
    let never = || Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    for path in ["/api/v1/login", "/api/v1/seat/enrolments", "/api/v1/seat/events"] {
        let (status, body) = send(&service, path, &Caller::Anyone, never()).await;
        assert_eq!((status, &body["error"]["code"]), (StatusCode::REQUEST_TIMEOUT, &json!("slow_body")), "{path}");
    }
}

#[tokio::test]
async fn bodies_are_as_large_as_a_route_needs() {
    let service = Service::new().await;
    let office = service.person("office", Role::Officer).await;
    let office = Caller::Staff(&office);
    let kilobyte = 1024;
    for (path, caller, most) in [
        ("/api/v1/login", &Caller::Anyone, 64),
        ("/api/v1/seat/enrolments", &Caller::Anyone, 64),
        ("/api/v1/seat/events", &Caller::Seat("none.00"), 1024),
        ("/api/v1/batches", &office, 2048),
        ("/api/v1/batches/none/roster", &office, 10240),
        ("/api/v1/batches/none/roster/preview", &office, 10240),
    ] {
        let of = |bytes: usize| Body::from(vec![b' '; bytes]);
        let (status, body) = send(&service, path, caller, of(most * kilobyte + 1)).await;
        assert_eq!((status, &body["error"]["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("too_large")), "{path}");
        let (status, _) = send(&service, path, caller, of(most * kilobyte)).await;
        assert!(status.is_client_error() && status != StatusCode::PAYLOAD_TOO_LARGE, "{path} {status}");
    }
    // Nobody sends a stranger's 10 MB roster to the end.
    let (status, _) =
        send(&service, "/api/v1/batches/none/roster", &Caller::Anyone, Body::from(vec![0; 9_000_000])).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

async fn log_in(service: &Service, login: &str, password: &str) -> (StatusCode, Value) {
    let body = json!({ "login": login, "password": password }).to_string();
    send(service, "/api/v1/login", &Caller::Anyone, Body::from(body)).await
}

#[tokio::test]
async fn who_guesses_a_password_must_wait_and_others_need_not() {
    let service = Service::new().await;
    service.person("office", Role::Officer).await;
    // At once, so that no wait is over before the last one.
    let tries = futures_util::future::join_all((0..8).map(|_| log_in(&service, "supervisor", "wrong"))).await;
    let mut codes: Vec<_> = tries.iter().map(|(_, body)| body["error"]["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes[..3], ["too_many_tries"; 3]);
    assert_eq!(codes[3..], ["wrong_login"; 5]);
    // Another account gets in from the same address.
    service.person("invigilator", Role::Invigilator).await;
    assert_eq!(service.app.throttle.failures().failed, [5, 0, 0, 0]);
    assert_eq!(service.app.throttle.failures().refused, 3);
}

#[tokio::test]
async fn unknown_tickets_and_wrong_secrets_are_counted() {
    let service = Service::new().await;
    let key = Ed25519Signer::from_seed(&[1; 32]).unwrap();
    let body = json!({ "ticket": "0000000000000", "key": key.public_key() });
    assert_eq!(service.post(&Caller::Anyone, "/api/v1/seat/enrolments", body).await.code(), "unknown_ticket");
    assert_eq!(service.get(&Caller::Seat("none.00"), "/api/v1/seat").await.code(), "not_enrolled");
    assert_eq!(service.app.throttle.failures().failed, [0, 0, 1, 1]);
}

#[tokio::test]
async fn a_wrong_pin_is_counted_and_slows_down() {
    let (batch, _) = Batch::with_papers().await;
    let examiner = Caller::Staff(&batch.examiners[0]);
    let list = batch.service.get(&examiner, "/api/v1/examiner/assignments").await.ok();
    let assignment = list["assignments"][0]["assignment"].as_str().unwrap();
    let key = Ed25519Signer::from_seed(&[1; 32]).unwrap();
    let wrong = if batch.examiners[0].pin == "000000" { "000001" } else { "000000" };
    let body = json!({ "events": [], "checkpoint": "", "key": key.public_key(), "pin": wrong });
    let path = format!("/api/v1/examiner/assignments/{assignment}/hand-in");
    let tries = (0..7).map(|_| batch.service.post(&examiner, &path, body.clone()));
    let tries = futures_util::future::join_all(tries).await;
    let mut codes: Vec<_> = tries.iter().map(super::fixture::Answer::code).collect();
    codes.sort_unstable();
    assert_eq!(codes[..2], ["too_many_tries"; 2]);
    assert_eq!(codes[2..], ["wrong_pin"; 5]);
    assert_eq!(batch.service.app.throttle.failures().failed, [0, 5, 0, 0]);
}

#[tokio::test]
async fn waiting_places_are_counted_exactly_and_found_by_their_digits() {
    let (batch, id) = Batch::with_papers().await;
    let tickets = batch.tickets(&id).await;
    let key = Ed25519Signer::from_seed(&[1; 32]).unwrap();
    let asks = (0..60).map(|_| {
        let body = json!({ "ticket": tickets[0], "key": key.public_key() });
        batch.service.post(&Caller::Anyone, "/api/v1/seat/enrolments", body)
    });
    let answers = futures_util::future::join_all(asks).await;
    let (taken, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == StatusCode::CREATED);
    assert_eq!(taken.len(), 20);
    assert!(refused.iter().all(|answer| answer.code() == "too_many_waiting"));
    // Another candidate's place is not touched.
    let (enrolment, _) = batch.ask(&tickets[1], 2).await;
    let invigilator = Caller::Staff(&batch.invigilator);
    let board = batch.service.get(&invigilator, &format!("/api/v1/rooms/{id}/1/r1")).await.ok();
    assert_eq!((&board["waiting_total"], board["waiting"].as_array().unwrap().len()), (&json!(21), 21));
    for answer in &taken {
        let code = answer.body["code"].as_str().unwrap();
        let path = format!("/api/v1/rooms/{id}/1/r1/waiting?code={code}");
        let found = batch.service.get(&invigilator, &path).await.ok();
        assert_eq!(found["waiting"].as_array().unwrap().len(), 1, "{code}");
        assert_eq!(found["waiting"][0]["enrolment"], answer.body["enrolment"]);
    }
    batch.bind(&id, &enrolment, None).await.ok();
    let board = batch.service.get(&invigilator, &format!("/api/v1/rooms/{id}/1/r1")).await.ok();
    assert_eq!(board["waiting_total"], 20);
}

#[tokio::test]
async fn no_value_from_outside_is_an_internal_error() {
    let batch = Batch::new().await;
    let service = &batch.service;
    let long = "x".repeat(300);
    let nobody = Person::nobody();
    let nobody = Caller::Staff(&nobody);
    for value in ["", long.as_str(), "a\0b", "x\ny", "考务", "' OR 1=1 --"] {
        let body = json!({ "login": value, "password": value });
        let answer = service.post(&nobody, "/api/v1/login", body).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "wrong_login"), "{value:?}");
        let key = Ed25519Signer::from_seed(&[1; 32]).unwrap();
        let body = json!({ "ticket": value, "key": key.public_key() });
        let answer = service.post(&Caller::Anyone, "/api/v1/seat/enrolments", body).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "unknown_ticket"), "{value:?}");
    }
    for token in [format!("{long}.00"), ".00".into(), "a b.00".into(), "none.".into(), "a/b.00".into()] {
        let answer = service.get(&Caller::Seat(&token), "/api/v1/seat").await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "not_enrolled"), "{token}");
    }
    let people = [
        ("officer", &batch.office),
        ("custodian", &batch.custodians[0]),
        ("invigilator", &batch.invigilator),
        ("examiner", &batch.examiners[0]),
        ("lead", &batch.lead),
        ("supervisor", &batch.supervisor),
    ];
    for (method, path, names) in routes().into_iter().filter(|(_, path, _)| path.contains('{')) {
        let person = people.iter().find(|(role, _)| names.iter().any(|name| name == role)).unwrap_or(&people[0]).1;
        for value in ["%00", "a%2Fb", "%E8%80%83", &long] {
            let path = filled(&path).replace("none", value);
            let body = Some(b"{}".to_vec());
            let answer = service.request(Channel::Tls, &Caller::Staff(person), &method, &path, body).await;
            assert!(!answer.status.is_server_error(), "{method} {path}: {} {}", answer.status, answer.text);
        }
    }
}

#[tokio::test]
async fn names_that_hide_something_are_refused() {
    let batch = Batch::new().await;
    for name in ["张\n三", "张\u{202e}三", "张\u{200b}三", "=1+1", " ", "张\0三"] {
        let body = json!({ "login": "someone", "name": name, "roles": ["invigilator"] });
        let answer = batch.service.post(&batch.office(), "/api/v1/staff", body).await;
        assert_eq!((answer.code(), &answer.body["error"]["place"]), ("account_field", &json!("name")), "{name:?}");
        for pointer in ["/title", "/theory/rooms/0/name", "/practical/panels/0/name"] {
            let mut plan = batch.plan.clone();
            *plan.pointer_mut(pointer).unwrap() = json!(name);
            let answer = batch.service.post(&batch.office(), "/api/v1/batches", json!({ "plan": plan })).await;
            let faults = answer.body["faults"].as_array().unwrap();
            assert!(faults.iter().any(|fault| fault["code"] == "text"), "{pointer} {name:?}: {}", answer.text);
        }
    }
}

/// Fetches with `Accept-Encoding: gzip`; returns the coding and the content.
async fn fetch_gzip(service: &Service, caller: &Caller<'_>, path: &str) -> (Option<String>, Vec<u8>) {
    let mut request = Request::builder().uri(path).header(header::ACCEPT_ENCODING, "gzip, deflate");
    request = match caller {
        Caller::Anyone => request,
        Caller::Seat(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        Caller::Staff(person) => request.header(header::COOKIE, &person.cookie),
    };
    let router = router(service.app.clone()).layer(Extension(Channel::Tls));
    let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert!(response.status().is_success(), "{path} {}", response.status());
    let coding = response.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap().to_owned());
    let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
    (coding, bytes)
}

#[tokio::test]
async fn large_answers_without_secrets_are_compressed() {
    let (batch, id) = Batch::with_papers().await;
    let ticket = batch.tickets(&id).await[0].clone();
    let (enrolment, token) = batch.ask(&ticket, 7).await;
    batch.bind(&id, &enrolment, None).await.ok();
    batch.room(&id, "open", json!({})).await.ok();
    let seat = Caller::Seat(&token);
    let plain = batch.service.get(&seat, "/api/v1/seat/paper").await;
    let (coding, small) = fetch_gzip(&batch.service, &seat, "/api/v1/seat/paper").await;
    assert_eq!(coding.as_deref(), Some("gzip"));
    assert!(small.len() * 2 < plain.text.len(), "{} of {}", small.len(), plain.text.len());
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&small[..]), &mut text).unwrap();
    assert_eq!(text, plain.text);
    // Names beside what strangers enter stay as they are.
    let board = format!("/api/v1/rooms/{id}/1/r1");
    assert_eq!(fetch_gzip(&batch.service, &Caller::Staff(&batch.invigilator), &board).await.0, None);
}
