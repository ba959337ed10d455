//! Requests whose body comes late: what was true when they began has changed meanwhile.

use super::fixture::{Answer, Batch, Caller, Person, Service};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use kaoping_service::aggregates::account::{AccountState, Role};
use kaoping_service::http::guard::Channel;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A request whose body has not come yet.
pub(crate) struct LateBody {
    rest: oneshot::Sender<()>,
    answer: JoinHandle<Answer>,
}

impl LateBody {
    /// Begins to send: all checks before the body are done when this returns, and the body follows
    /// when the test lets it arrive.
    pub(crate) async fn begin(
        service: &Service,
        channel: Channel,
        caller: &Caller<'_>,
        path: &str,
        body: Value,
    ) -> Self {
        let (waits, waiting) = oneshot::channel();
        let (rest, arrives) = oneshot::channel::<()>();
        let stream = futures_util::stream::once(async move {
            waits.send(()).unwrap();
            arrives.await.map(|()| body.to_string().into_bytes()).map_err(std::io::Error::other)
        });
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        let request = match caller {
            Caller::Anyone => request,
            Caller::Seat(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            Caller::Staff(person) => request.header(header::COOKIE, &person.cookie).header("x-kaoping", "1"),
        };
        let request = request.body(Body::from_stream(stream)).unwrap();
        let answer = tokio::spawn(service.answer(channel, request));
        waiting.await.unwrap();
        Self { rest, answer }
    }

    pub(crate) async fn arrive(self) -> Answer {
        self.rest.send(()).unwrap();
        self.answer.await.unwrap()
    }
}

/// How a login ends while a body is under way.
#[derive(Clone, Copy, Debug)]
enum Ending {
    Closed,
    LoginsEnded,
    LoggedOut,
    Reset,
}

async fn end(batch: &Batch, leaving: &Person, ending: Ending) {
    let (service, office) = (&batch.service, batch.office());
    let path = |step: &str| format!("/api/v1/staff/{}/{step}", leaving.id);
    let because = || json!({ "reason": "离职" });
    let answer = match ending {
        Ending::Closed => service.post(&office, &path("closing"), because()).await,
        Ending::LoginsEnded => service.request(Channel::Tls, &office, "DELETE", &path("logins"), None).await,
        Ending::LoggedOut => service.post(&Caller::Staff(leaving), "/api/v1/logout", json!({})).await,
        Ending::Reset => {
            let second = service.person("office-second", Role::Officer).await;
            let asked = service.post(&office, &path("reset"), because()).await;
            assert!(asked.status.is_success(), "{}", asked.text);
            service.post(&Caller::Staff(&second), &path("reset/approval"), json!({})).await
        }
    };
    assert!(answer.status.is_success(), "{ending:?} {}", answer.text);
}

// A body that was held for a tenth of a second was once decided by the login as it was before: an
// officer whose account was closed meanwhile voided a candidate's exam.
#[tokio::test]
async fn a_login_that_ended_while_the_body_came_decides_nothing() {
    let (batch, id) = Batch::with_papers().await;
    let service = &batch.service;
    let roster = service.get(&batch.office(), &format!("/api/v1/batches/{id}/roster")).await.ok();
    let result = format!("/api/v1/batches/{id}/results/{}", roster["entries"][0]["pseudonym"].as_str().unwrap());
    for ending in [Ending::Closed, Ending::LoginsEnded, Ending::LoggedOut, Ending::Reset] {
        let leaving = service.person(&format!("leaving-{ending:?}").to_lowercase(), Role::Officer).await;
        let key = || json!(service.request_key());
        let decisions = [
            ("/api/v1/staff", json!({ "login": "made", "name": "李", "roles": ["invigilator"], "request": key() })),
            ("/api/v1/batches", json!({ "plan": batch.plan, "request": key() })),
            (&format!("{result}/end"), json!({ "end": "void", "code": "illness", "reason": "住院", "request": key() })),
            (&format!("/api/v1/batches/{id}/score"), json!({})),
            (&format!("/api/v1/batches/{id}/draw/basis"), json!({})),
        ];
        let mut held = Vec::new();
        for (path, body) in decisions {
            held.push((
                path.to_owned(),
                LateBody::begin(service, Channel::Tls, &Caller::Staff(&leaving), path, body).await,
            ));
        }
        end(&batch, &leaving, ending).await;
        let before = service.app.store.all_events(0, 1000).await.unwrap().len();
        for (path, body) in held {
            let answer = body.arrive().await;
            let refused = (StatusCode::UNAUTHORIZED, "unauthenticated");
            // Scoring lists each person with the reason why nothing was decided.
            if path.ends_with("/score") && answer.status.is_success() {
                assert_eq!(answer.body["signed"], 0, "{ending:?} {}", answer.text);
                continue;
            }
            assert_eq!((answer.status, answer.code()), refused, "{ending:?} {path}: {}", answer.text);
        }
        assert_eq!(
            service.app.store.all_events(0, 1000).await.unwrap().len(),
            before,
            "{ending:?}: nothing was written"
        );
    }
}

// The commit, and not a look before it, decides: an account that moves between the two is looked at
// again, and people who may still act continue.
#[tokio::test]
async fn an_account_that_moved_meanwhile_goes_on_when_it_still_may() {
    let batch = Batch::new().await;
    let service = &batch.service;
    let office = &batch.office;
    let body = json!({ "plan": batch.plan, "request": service.request_key() });
    let held = LateBody::begin(service, Channel::Tls, &Caller::Staff(office), "/api/v1/batches", body).await;
    let other = service.person("office-other", Role::Officer).await;
    let reset = format!("/api/v1/staff/{}/reset", office.id);
    let asked = service.post(&Caller::Staff(&other), &reset, json!({ "reason": "忘记密码" })).await;
    assert!(asked.status.is_success(), "{}", asked.text);
    let account: AccountState = service.app.need(&office.id, "account").await.unwrap();
    assert!(account.reset.is_some());
    held.arrive().await.ok();
}
