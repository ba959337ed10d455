//! Who may use a route, checked before its handler runs.

use super::member::member;
use crate::aggregates::account::Role;
use crate::app::App;
use crate::refusal::{Refusal, RefusalKind};
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everyone, also over plain http.
    Public,
    /// A seat with its token, also over plain http; the handler's extractor checks the token.
    Seat,
    /// Everyone, over TLS and from this system's pages: logging in and out.
    Login,
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
    if let Access::Staff(roles) = access
        && !member.has_any(roles)
    {
        return Err(Refusal::forbidden());
    }
    request.extensions_mut().insert(member);
    Ok(())
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
