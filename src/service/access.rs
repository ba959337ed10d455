//! Who may do what: one table of routes and roles, checked before any handler runs.

use crate::app::App;
use crate::error::ApiError;
use crate::resources::login;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use kaoping_record::id::AccountId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The organization's office (考务).
    Officer,
    /// Holds one of the draw's secrets (保管人).
    Custodian,
    /// Invigilator (监考员).
    Invigilator,
    /// Examiner (考评员).
    Examiner,
    /// Lead examiner (考评组长).
    Lead,
    /// Quality supervisor (质量督导员): reads, never writes.
    Supervisor,
}

/// Who may use a route.
#[derive(Clone, Copy, Debug)]
pub enum Access {
    /// Everyone, also over plain http.
    Public,
    /// A seat with its token, also over plain http.
    Seat,
    /// Any member of staff, over TLS.
    AnyStaff,
    /// Staff with one of these roles, over TLS.
    Staff(&'static [Role]),
}

use Access::{AnyStaff, Public, Seat, Staff};
use Role::{Custodian, Examiner, Invigilator, Lead, Officer, Supervisor};

const OFFICE: &[Role] = &[Officer];
const OFFICE_VIEW: &[Role] = &[Officer, Supervisor];
const DRAW_VIEW: &[Role] = &[Officer, Custodian, Supervisor];
const ROOM: &[Role] = &[Invigilator];
const ROOM_VIEW: &[Role] = &[Invigilator, Officer, Supervisor];
const PANEL_VIEW: &[Role] = &[Lead, Officer, Supervisor];

/// Every route with who may use it. A route that is not here is refused.
pub const ROUTES: &[(&str, &str, Access)] = &[
    ("POST", "/api/v1/login", Public),
    ("POST", "/api/v1/logout", Public),
    ("GET", "/api/v1/me", AnyStaff),
    ("GET", "/api/v1/public", Public),
    ("GET", "/api/v1/trust", Public),
    ("GET", "/api/v1/status", Public),
    ("GET", "/api/v1/log/checkpoint", Public),
    ("GET", "/api/v1/log/entries", Public),
    ("GET", "/api/v1/log/proof", Public),
    ("GET", "/api/v1/log/consistency", Public),
    ("GET", "/api/v1/log/tile/{*path}", Public),
    ("GET", "/api/v1/log/witness", Public),
    ("GET", "/api/v1/log/witness/request", Public),
    ("POST", "/api/v1/log/witness/cosignatures", Staff(OFFICE)),
    ("GET", "/api/v1/organization", Staff(OFFICE_VIEW)),
    ("PUT", "/api/v1/organization", Staff(OFFICE)),
    ("GET", "/api/v1/staff", Staff(OFFICE_VIEW)),
    ("POST", "/api/v1/staff", Staff(OFFICE)),
    ("GET", "/api/v1/banks", Staff(OFFICE_VIEW)),
    ("GET", "/api/v1/blueprints", Staff(OFFICE_VIEW)),
    ("GET", "/api/v1/sheets", Staff(OFFICE_VIEW)),
    ("GET", "/api/v1/batches", AnyStaff),
    ("POST", "/api/v1/batches", Staff(OFFICE)),
    ("GET", "/api/v1/batches/{batch}", Staff(OFFICE_VIEW)),
    ("POST", "/api/v1/batches/{batch}/roster", Staff(OFFICE)),
    ("GET", "/api/v1/batches/{batch}/roster", Staff(OFFICE_VIEW)),
    ("POST", "/api/v1/batches/{batch}/roster/late", Staff(OFFICE)),
    ("GET", "/api/v1/batches/{batch}/draw", Staff(DRAW_VIEW)),
    ("POST", "/api/v1/batches/{batch}/draw/commitments", Staff(&[Custodian])),
    ("POST", "/api/v1/batches/{batch}/draw/manifest", Staff(OFFICE)),
    ("POST", "/api/v1/batches/{batch}/draw/openings", Staff(&[Custodian])),
    ("POST", "/api/v1/batches/{batch}/draw/entropy", Staff(OFFICE)),
    ("POST", "/api/v1/batches/{batch}/draw/void", Staff(OFFICE)),
    ("DELETE", "/api/v1/batches/{batch}/draw/void", Staff(OFFICE)),
    ("POST", "/api/v1/batches/{batch}/draw/void/approval", Staff(&[Custodian])),
    ("POST", "/api/v1/batches/{batch}/draw/deal", Staff(OFFICE)),
    ("GET", "/api/v1/batches/{batch}/draw/papers", Staff(DRAW_VIEW)),
    ("GET", "/api/v1/batches/{batch}/draw/bundle", Staff(OFFICE_VIEW)),
    ("GET", "/api/v1/rooms", Staff(ROOM_VIEW)),
    ("GET", "/api/v1/rooms/{batch}/{session}/{room}", Staff(ROOM_VIEW)),
    ("POST", "/api/v1/rooms/{batch}/{session}/{room}/bind", Staff(ROOM)),
    ("POST", "/api/v1/rooms/{batch}/{session}/{room}/refuse", Staff(ROOM)),
    ("POST", "/api/v1/rooms/{batch}/{session}/{room}/open", Staff(ROOM)),
    ("POST", "/api/v1/rooms/{batch}/{session}/{room}/pause", Staff(ROOM)),
    ("POST", "/api/v1/rooms/{batch}/{session}/{room}/resume", Staff(ROOM)),
    ("POST", "/api/v1/rooms/{batch}/{session}/{room}/incident", Staff(ROOM)),
    ("POST", "/api/v1/sittings/{sitting}/extend", Staff(ROOM)),
    ("POST", "/api/v1/sittings/{sitting}/absent", Staff(ROOM)),
    ("POST", "/api/v1/sittings/{sitting}/hand-in", Staff(ROOM)),
    ("POST", "/api/v1/seat/enrolments", Public),
    ("GET", "/api/v1/seat/enrolments/{enrolment}", Seat),
    ("GET", "/api/v1/seat", Seat),
    ("GET", "/api/v1/seat/paper", Seat),
    ("POST", "/api/v1/seat/events", Seat),
    ("GET", "/api/v1/seat/receipt", Seat),
    ("GET", "/api/v1/receipts/{sitting}/{receipt}", Public),
    ("GET", "/api/v1/examiner/assignments", Staff(&[Examiner])),
    ("GET", "/api/v1/examiner/assignments/{assignment}", Staff(&[Examiner])),
    ("POST", "/api/v1/examiner/assignments/{assignment}/events", Staff(&[Examiner])),
    ("POST", "/api/v1/examiner/assignments/{assignment}/hand-in", Staff(&[Examiner])),
    ("GET", "/api/v1/panels", Staff(PANEL_VIEW)),
    ("POST", "/api/v1/panels/{sitting}/{sheet}/decision", Staff(&[Lead])),
    ("POST", "/api/v1/panels/{sitting}/absent", Staff(&[Lead])),
    ("DELETE", "/api/v1/panels/{sitting}/absent", Staff(&[Lead])),
    ("POST", "/api/v1/batches/{batch}/score", Staff(OFFICE)),
    ("POST", "/api/v1/batches/{batch}/close", Staff(OFFICE)),
    ("GET", "/api/v1/batches/{batch}/bundle", Staff(OFFICE_VIEW)),
    ("GET", "/api/v1/batches/{batch}/audit", Staff(&[Supervisor])),
    ("GET", "/api/v1/batches/{batch}/results", Staff(OFFICE_VIEW)),
    ("GET", "/api/v1/batches/{batch}/results/{pseudonym}", Staff(OFFICE_VIEW)),
    ("GET", "/api/v1/batches/{batch}/results/{pseudonym}/bundle", Staff(OFFICE_VIEW)),
    ("GET", "/api/v1/batches/{batch}/results/{pseudonym}/certificate", Staff(OFFICE_VIEW)),
    ("POST", "/api/v1/batches/{batch}/results/{pseudonym}/end", Staff(OFFICE)),
    ("DELETE", "/api/v1/batches/{batch}/results/{pseudonym}/request", Staff(OFFICE)),
    ("POST", "/api/v1/batches/{batch}/results/{pseudonym}/correction", Staff(OFFICE)),
    ("POST", "/api/v1/batches/{batch}/results/{pseudonym}/correction/approval", Staff(OFFICE)),
    ("POST", "/api/v1/batches/{batch}/results/{pseudonym}/revocation", Staff(OFFICE)),
    ("POST", "/api/v1/batches/{batch}/results/{pseudonym}/revocation/approval", Staff(OFFICE)),
    ("POST", "/api/v1/batches/{batch}/certificates", Staff(OFFICE)),
];

/// How a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Plain http: candidates and the public alone.
    Plain,
    /// TLS.
    Tls,
}

/// Who is logged in.
#[derive(Clone, Debug)]
pub struct Member {
    /// The account.
    pub account: AccountId,
    /// What it may do.
    pub roles: Vec<Role>,
    /// Its name among actors of events.
    pub actor: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Member {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(ApiError::unauthenticated)
    }
}

/// Checks a request against [`ROUTES`] before its handler runs.
pub async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match admit(&app, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn admit(app: &App, request: &mut Request) -> Result<(), ApiError> {
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().clone();
    let route = path.and_then(|path| ROUTES.iter().find(|(of, route, _)| *of == method.as_str() && *route == path));
    let Some((_, path, access)) = route else { return Err(ApiError::forbidden()) };
    let public_login = matches!(access, Public) && matches!(*path, "/api/v1/login" | "/api/v1/logout");
    if matches!(access, Public | Seat) && !public_login {
        return Ok(());
    }
    if request.extensions().get::<Channel>() != Some(&Channel::Tls) {
        return Err(needs_tls(app));
    }
    let marked = request.headers().get("x-kaoping").is_some();
    if method != Method::GET && !marked {
        return Err(unmarked());
    }
    if public_login {
        return Ok(());
    }
    let member = login::member(app, request.headers()).await?.ok_or_else(ApiError::unauthenticated)?;
    if let Staff(roles) = access
        && !roles.iter().any(|role| member.roles.contains(role))
    {
        return Err(ApiError::forbidden());
    }
    request.extensions_mut().insert(member);
    Ok(())
}

fn needs_tls(app: &App) -> ApiError {
    let port = app.settings.tls_port;
    ApiError::new(
        StatusCode::FORBIDDEN,
        "needs_tls",
        "",
        ("工作人员的页面只走加密连接。", "staff pages use an encrypted connection"),
        (&format!("请改用 https 地址，端口 {port}。"), &format!("use the https address on port {port}")),
    )
}

/// A browser sends no header of its own making to another site's form.
fn unmarked() -> ApiError {
    ApiError::new(
        StatusCode::FORBIDDEN,
        "unmarked",
        "x-kaoping",
        ("请求缺少 x-kaoping 标头。", "the request lacks the header x-kaoping"),
        ("请从本系统的页面操作。", "use this system's pages"),
    )
}
