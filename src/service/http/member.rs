//! The member of staff who asks, by the login cookie.

use crate::app::App;
use crate::operations::logins::{HOURS, member_of};
use crate::operations::member::Member;
use crate::refusal::Refusal;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use kaoping_record::digest::{from_hex, to_hex};

const COOKIE: &str = "kaoping_session";

/// The cookie that opens a login.
#[must_use]
pub fn login_cookie(token: &[u8]) -> String {
    let seconds = HOURS * 3600;
    format!("{COOKIE}={}; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age={seconds}", to_hex(token))
}

/// The cookie that forgets a login.
pub const NO_COOKIE: &str = "kaoping_session=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0";

/// The token of a request's cookie.
#[must_use]
pub fn login_token(headers: &HeaderMap) -> Option<Vec<u8>> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let token = cookies
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
    from_hex(token)
}

/// How the browser names itself.
#[must_use]
pub fn device(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Who asks, when the request's cookie opens a login.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn member(app: &App, headers: &HeaderMap) -> Result<Option<Member>, Refusal> {
    match login_token(headers) {
        Some(token) => member_of(app, &token).await,
        None => Ok(None),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Member {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Refusal::unauthenticated)
    }
}
