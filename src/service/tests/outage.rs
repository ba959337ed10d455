//! The database goes away and comes back: nobody is thrown out meanwhile. On PostgreSQL, through a
//! connection that the test cuts.

use super::fixture::{Answer, Batch, Caller, Schema, Service};
use super::pc::Pc;
use axum::http::StatusCode;
use serde_json::json;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A proxy between the service and the server of `KAOPING_TEST_POSTGRES`.
struct Wire {
    server: String,
    address: SocketAddr,
    carries: JoinHandle<()>,
}

impl Wire {
    async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let carries = tokio::spawn(carry(listener, server.clone()));
        Self { server, address, carries }
    }

    /// Breaks all connections and takes no more.
    async fn cut(&mut self) {
        self.carries.abort();
        let _ = (&mut self.carries).await;
    }

    async fn mend(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.carries = tokio::spawn(carry(listener, self.server.clone()));
    }
}

async fn carry(listener: TcpListener, server: String) {
    // Dropped, and its tasks with it, when the wire is cut.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((mut from, _)) = listener.accept().await {
        let server = server.clone();
        connections.spawn(async move {
            let mut to = TcpStream::connect(server).await?;
            tokio::io::copy_bidirectional(&mut from, &mut to).await
        });
    }
}

/// The address of the test server: `user@host:port/database` between `postgres://` and its end.
fn server_of(url: &str) -> (String, String) {
    let rest = url.split_once('@').unwrap().1;
    let server = rest.split('/').next().unwrap().to_owned();
    (server.clone(), url.replace(&server, "{wire}"))
}

fn unavailable(answer: &Answer) {
    assert_eq!((answer.status, answer.code()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"), "{}", answer.text);
    assert_eq!(answer.retry_after.as_deref(), Some("3"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_thrown_out_while_the_database_is_away() {
    let schema = Schema::new();
    let (server, url) = server_of(&schema.url);
    let mut wire = Wire::to(server).await;
    let store = schema.open(&url.replace("{wire}", &wire.address.to_string())).await;
    let batch = Batch::of(Service::on(store).await).await;
    let id = batch.dealt().await;
    let tickets = batch.tickets(&id).await;
    let (enrolment, token) = batch.ask(&tickets[0], 7).await;
    let (waits, waiting) = batch.ask(&tickets[1], 8).await;
    batch.bind(&id, &enrolment, None).await.ok();
    batch.room(&id, "open", json!({})).await.ok();
    let mut pc = Pc::new(&batch, token.clone(), 7).await;
    let opened = pc.opened(None);
    let opened = pc.write(&batch, &opened);
    pc.send(&batch, &[opened]).await.ok();
    let answer = pc.answer(0, 1);
    let answer = pc.write(&batch, &answer);

    wire.cut().await;
    let (seat, stranger) = (Caller::Seat(&token), Caller::Seat(&waiting));
    let waits = format!("/api/v1/seat/enrolments/{waits}");
    for path in ["/api/v1/seat", "/api/v1/seat/paper", "/api/v1/seat/receipt"] {
        unavailable(&batch.service.get(&seat, path).await);
    }
    unavailable(&pc.send(&batch, std::slice::from_ref(&answer)).await);
    unavailable(&batch.service.get(&stranger, &waits).await);
    for (person, path) in [
        (&batch.office, "/api/v1/me"),
        (&batch.invigilator, "/api/v1/rooms"),
        (&batch.examiners[0], "/api/v1/examiner/assignments"),
        (&batch.lead, "/api/v1/panels"),
    ] {
        unavailable(&batch.service.get(&Caller::Staff(person), path).await);
    }
    // An unknown PC gets the same answer, because the service cannot distinguish it.
    unavailable(&batch.service.get(&Caller::Seat("abcdefgh.00"), "/api/v1/seat").await);

    wire.mend().await;
    // Connections of the pool may still be broken: a page tries again while the answer is 503, and
    // so does the test.
    let seen = again(async || batch.service.get(&seat, "/api/v1/seat").await).await.ok();
    assert_eq!(seen["state"], "open");
    let taken = again(async || pc.send(&batch, std::slice::from_ref(&answer)).await).await.ok();
    assert_eq!(taken["acknowledged"], pc.head.last.to_hex());
    let seen = again(async || batch.service.get(&stranger, &waits).await).await.ok();
    assert_eq!(seen["state"], "waiting");
    again(async || batch.service.get(&Caller::Staff(&batch.office), "/api/v1/me").await).await.ok();
    // Only now is a "no" true.
    let refused = again(async || batch.service.get(&Caller::Seat("abcdefgh.00"), "/api/v1/seat").await).await;
    assert_eq!(refused.code(), "not_enrolled");
}

/// Asks again while the answer is 503, at most 50 times.
async fn again(ask: impl AsyncFn() -> Answer) -> Answer {
    for _ in 0..50 {
        let answer = ask().await;
        if answer.status != StatusCode::SERVICE_UNAVAILABLE {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    ask().await
}
