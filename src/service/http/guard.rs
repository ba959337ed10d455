//! Who may use a route, checked before its handler runs.

use super::member::member;
use crate::aggregates::account::Role;
use crate::aggregates::batch::BatchState;
use crate::app::App;
use crate::operations::member::Member;
use crate::refusal::{Refusal, RefusalKind};
use axum::RequestExt as _;
use axum::extract::{RawPathParams, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kaoping_record::id::BatchId;

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

/// Lets a request through to its handler, or refuses it.
pub async fn guard(State((app, access)): State<(App, Access)>, mut request: Request, next: Next) -> Response {
    match admit(&app, access, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
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
    let member = member(app, request.headers()).await?.ok_or_else(Refusal::unauthenticated)?;
    if access != Access::FirstLogin && !member.to_choose.is_empty() {
        return Err(first_login());
    }
    if let Access::Staff(roles) = access
        && !member.has_any(roles)
    {
        return Err(Refusal::forbidden());
    }
    request.extensions_mut().insert(member.clone());
    names_member(app, &member, request).await
}

/// That the batch in the route's path, if there is one, names the member: officers see every batch, everybody else those
/// whose plan or draw names them. What is no batch is left to the handler.
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
        ("请先设置自己的密码；考评员还要设置 PIN。", "choose a password of your own first, and as an examiner a PIN"),
        ("在登录后的页面上设置，然后再使用。", "do so on the page after the login"),
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
        ("请求缺少 x-kaoping 标头。", "the request lacks the header x-kaoping"),
        ("请从本系统的页面操作。", "use this system's pages"),
    )
}
