//! Who may use a route, checked before its handler runs.

use super::client::Client;
use super::member::member;
use super::refusal::RefusalCode;
use crate::aggregates::account::Role;
use crate::aggregates::batch::BatchState;
use crate::app::App;
use crate::edge::connections::Connection;
use crate::edge::throttle::Secret;
use crate::operations::member::Member;
use crate::refusal::{Refusal, RefusalKind};
use axum::RequestExt as _;
use axum::body::Body;
use axum::extract::{MatchedPath, RawPathParams, Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use kaoping_record::id::BatchId;
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everyone, also over plain http.
    Public,
    /// A seat with its token, also over plain http; the handler's extractor checks the token.
    Seat,
    /// Everyone, over TLS and from this system's pages: logging in and out.
    Login,
    /// Any member of staff, over TLS, also before a password of one's own is chosen.
    FirstLogin,
    /// Any member of staff, over TLS.
    AnyStaff,
    /// Staff with one of these roles, over TLS.
    Staff(&'static [Role]),
}

impl Access {
    /// How the description of the API and the table for auditors name it.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        match self {
            Self::Public => vec!["public"],
            Self::Seat => vec!["seat"],
            Self::Login => vec!["login"],
            Self::FirstLogin => vec!["first_login"],
            Self::AnyStaff => vec!["any_staff"],
            Self::Staff(roles) => roles.iter().map(|role| role.name()).collect(),
        }
    }
}

/// How a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Plain http: candidates and the public alone.
    Plain,
    /// TLS.
    Tls,
}

/// Lets a request through to its handler, or refuses it. The handler runs once the whole body is
/// there.
pub async fn guard(State((app, access)): State<(App, Access)>, mut request: Request, next: Next) -> Response {
    let connection = request.extensions().get::<Connection>().cloned();
    let begun = Instant::now();
    if let Err(refusal) = admit(&app, access, &mut request).await {
        return refusal.into_response();
    }
    let (mut request, was_slow) = match whole(request, access, begun).await {
        Ok(whole) => whole,
        Err(refusal) => return refusal.into_response(),
    };
    if let Some(connection) = &connection {
        connection.works();
    }
    // A login may have ended while a slow body came in.
    if was_slow && let Err(refusal) = admit(&app, access, &mut request).await {
        return refusal.into_response();
    }
    if access == Access::Seat { serve_seat(&app, connection, request, next).await } else { next.run(request).await }
}

/// Notifies the connection when its request has been answered.
pub async fn watch(request: Request, next: Next) -> Response {
    let connection = request.extensions().get::<Connection>().cloned();
    let response = next.run(request).await;
    if let Some(connection) = connection {
        connection.waits();
    }
    response
}

async fn admit(app: &App, access: Access, request: &mut Request) -> Result<(), Refusal> {
    if matches!(access, Access::Public | Access::Seat) {
        return Ok(());
    }
    if request.extensions().get::<Channel>() != Some(&Channel::Tls) {
        return Err(needs_tls(app));
    }
    if *request.method() != Method::GET && !request.headers().contains_key("x-kaoping") {
        return Err(unmarked());
    }
    if access == Access::Login {
        return Ok(());
    }
    let mut member = member(app, request.headers()).await?.ok_or_else(Refusal::unauthenticated)?;
    if access != Access::FirstLogin && !member.to_choose.is_empty() {
        return Err(first_login());
    }
    if let Access::Staff(roles) = access
        && !member.has_any(roles)
    {
        return Err(Refusal::forbidden());
    }
    let connection = request.extensions().get::<Connection>();
    if let Some(connection) = connection {
        connection.recognise(member.account.as_str());
    }
    member.address = Client::of(connection).0;
    request.extensions_mut().insert(member.clone());
    names_member(app, &member, request).await
}

/// That the batch in the route's path, if there is one, names the member: officers see every batch,
/// everybody else those whose plan or draw names them. What is no batch is left to the handler.
async fn names_member(app: &App, member: &Member, request: &mut Request) -> Result<(), Refusal> {
    if member.has_any(&[Role::Officer]) {
        return Ok(());
    }
    let Ok(parameters) = request.extract_parts::<RawPathParams>().await else { return Ok(()) };
    let batch = parameters.iter().find(|(name, _)| *name == "batch").map(|(_, value)| value);
    let Some(batch) = batch.and_then(|batch| BatchId::new(batch).ok()) else { return Ok(()) };
    match app.read::<BatchState>(batch.as_str()).await? {
        Some(state) => member.may_read(&state),
        None => Ok(()),
    }
}

fn first_login() -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "first_login",
        "",
        (
            "请先设置自己的密码；考评员还要设置评分密码。",
            "choose a password of your own first, and as an examiner a PIN",
        ),
        ("在登录后的页面上设置，然后再使用。", "do so on the page after the login"),
    )
}

/// How long a body may take.
const BODY: Duration = Duration::from_secs(15);
/// How long a file may take.
const UPLOAD: Duration = Duration::from_secs(120);
/// Beyond this a request is admitted again once its body is there.
const SLOW: Duration = Duration::from_secs(1);
/// Routes that take files.
const UPLOADS: [&str; 3] =
    ["/api/v1/batches/{batch}/roster", "/api/v1/batches/{batch}/roster/preview", "/api/v1/batches/{batch}/roster/late"];

const KILOBYTE: usize = 1024;

/// The largest body of a route, and how long it may take.
fn bounds(access: Access, request: &Request) -> (usize, Duration) {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    match access {
        Access::Public | Access::Login => (64 * KILOBYTE, BODY),
        Access::Seat => (KILOBYTE * KILOBYTE, BODY),
        _ if path.is_some_and(|path| UPLOADS.contains(&path)) => (10 * KILOBYTE * KILOBYTE, UPLOAD),
        Access::FirstLogin | Access::AnyStaff | Access::Staff(_) => (2 * KILOBYTE * KILOBYTE, BODY),
    }
}

/// The request with its whole body in memory, and whether that took long.
async fn whole(request: Request, access: Access, begun: Instant) -> Result<(Request, bool), Refusal> {
    let (most, time) = bounds(access, &request);
    let (parts, body) = request.into_parts();
    let read = timeout(time, read(body, most)).await.ok().flatten();
    let bytes = read.ok_or_else(slow_body)?.ok_or_else(|| too_large(most))?;
    Ok((Request::from_parts(parts, Body::from(bytes)), begun.elapsed() > SLOW))
}

/// How many times as much as it may have is read of a body: a client that is cut off while it sends
/// does not see the answer.
const READ_AWAY: usize = 4;

/// The bytes of a body; `Some(None)` when there are more than `most`, `None` when it breaks off.
async fn read(mut body: Body, most: usize) -> Option<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else { continue };
        seen += data.len();
        if seen <= most {
            bytes.extend_from_slice(&data);
        } else if seen > most * READ_AWAY {
            break;
        }
    }
    Some((seen <= most).then_some(bytes))
}

/// Runs a seat's route. Wrong secrets are counted; a seat that shows its own is no stranger any
/// more.
async fn serve_seat(app: &App, connection: Option<Connection>, request: Request, next: Next) -> Response {
    let is_known = connection.as_ref().is_some_and(Connection::is_recognised);
    if is_known {
        return next.run(request).await;
    }
    let enrolment = enrolment(&request).map(str::to_owned);
    let attempt = match app.throttle.admit(Secret::Seat, None, Client::of(connection.as_ref()).0).await {
        Ok(attempt) => attempt,
        Err(refusal) => return refusal.into_response(),
    };
    let is_bound_route = !request.uri().path().starts_with(ENROLMENTS);
    let response = next.run(request).await;
    match response.extensions().get::<RefusalCode>() {
        Some(RefusalCode(code)) if code == "not_enrolled" => attempt.failed(),
        // Other refusals and failures of the store say nothing about the secret.
        Some(_) => drop(attempt),
        None => {
            attempt.succeeded();
            if let (true, Some(connection), Some(enrolment)) = (is_bound_route, connection, enrolment) {
                connection.recognise(&enrolment);
            }
        }
    }
    response
}

/// Routes of PCs that wait to be bound.
const ENROLMENTS: &str = "/api/v1/seat/enrolments/";

/// The enrolment that a request names.
fn enrolment(request: &Request) -> Option<&str> {
    let token = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    Some(token.strip_prefix("Bearer ")?.split_once('.')?.0)
}

fn slow_body() -> Refusal {
    Refusal::new(
        RefusalKind::TooSlow,
        "slow_body",
        "",
        ("请求没有在规定时间内发送完。", "the request was not sent in time"),
        ("请检查网络后再试。", "check the network and try again"),
    )
}

fn too_large(most: usize) -> Refusal {
    let kilobytes = most / KILOBYTE;
    Refusal::new(
        RefusalKind::TooLarge,
        "too_large",
        "",
        (&format!("请求超过 {kilobytes} KB。"), &format!("the request has more than {kilobytes} KB")),
        ("请把内容减少后再试。", "send less, then try again"),
    )
}

fn needs_tls(app: &App) -> Refusal {
    let port = app.settings.tls_port;
    Refusal::new(
        RefusalKind::Forbidden,
        "needs_tls",
        "",
        ("工作人员的页面只走加密连接。", "staff pages use an encrypted connection"),
        (&format!("请改用 https 地址，端口 {port}。"), &format!("use the https address on port {port}")),
    )
}

/// The form of another site cannot set this header, so that its requests are refused.
fn unmarked() -> Refusal {
    Refusal::new(
        RefusalKind::Forbidden,
        "unmarked",
        "x-kaoping",
        ("这个请求不是从本系统的页面发出的。", "the request lacks the header x-kaoping"),
        ("请从本系统的页面操作。", "use this system's pages"),
    )
}
