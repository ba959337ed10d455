//! Logging in and out.

use crate::access::{Member, Role};
use crate::app::App;
use crate::error::ApiError;
use crate::state::account::AccountState;
use crate::state::login::{LoginEvent, LoginState};
use crate::work::transact;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kaoping_record::digest::{Digest, to_hex};
use kaoping_record::id::AccountId;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const COOKIE: &str = "kaoping_session";
/// A working day and some.
const HOURS: i64 = 14;

/// Name and password.
#[derive(Deserialize, ToSchema)]
pub struct LoginRequest {
    login: String,
    password: String,
}

/// An account as its owner and the office see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AccountView {
    /// Its identifier.
    pub id: AccountId,
    /// The name to log in with.
    pub login: String,
    /// The person's name.
    pub name: String,
    /// What it may do.
    pub roles: Vec<Role>,
}

/// Who is logged in.
#[derive(Serialize, ToSchema)]
pub struct MeView {
    account: AccountView,
}

/// Logs in.
#[utoipa::path(post, path = "/api/v1/login", request_body = LoginRequest, responses((status = 200, body = MeView)))]
pub async fn login(State(app): State<App>, Json(request): Json<LoginRequest>) -> Result<Response, ApiError> {
    let found = app.store.find(Collection::Account, &request.login, None, 1).await?;
    let account: Option<AccountState> = match found.into_iter().next() {
        None => None,
        Some(row) => Some(app.read(&row.key).await?),
    };
    // An unknown name costs as much time as a wrong password.
    let hash = account.as_ref().map_or(DUMMY_HASH.to_owned(), |account| account.password_hash.clone());
    let right = verify(&hash, &request.password).await?;
    let (Some(account), true) = (account, right) else { return Err(wrong_login()) };
    let Some(id) = account.id.clone() else { return Err(wrong_login()) };
    let token: [u8; 32] = app.random()?;
    let expires_ms = app.now().plus_millis(HOURS * 3_600_000);
    let key = Digest::of(&token).to_hex();
    let actor = format!("account:{id}");
    transact!(app, &actor, |work| {
        work.append::<LoginState>(&key, LoginEvent::Opened { account: id.clone(), expires_ms }).await
    })?;
    let cookie =
        format!("{COOKIE}={}; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age={}", to_hex(&token), HOURS * 3600);
    let view = MeView { account: view(&account, id) };
    Ok(([(header::SET_COOKIE, cookie)], Json(view)).into_response())
}

/// Logs out.
#[utoipa::path(post, path = "/api/v1/logout", responses((status = 204)))]
pub async fn logout(State(app): State<App>, headers: HeaderMap) -> Result<Response, ApiError> {
    if let (Some(key), Some(member)) = (login_key(&headers), member(&app, &headers).await?) {
        transact!(app, &member.actor, |work| work.append::<LoginState>(&key, LoginEvent::Closed {}).await)?;
    }
    let cookie = HeaderValue::from_static("kaoping_session=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0");
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Who is logged in.
#[utoipa::path(get, path = "/api/v1/me", responses((status = 200, body = MeView)))]
pub async fn me(State(app): State<App>, member: Member) -> Result<Json<MeView>, ApiError> {
    let account: AccountState = app.need(member.account.as_str(), "account").await?;
    Ok(Json(MeView { account: view(&account, member.account) }))
}

/// The member of staff that a request's cookie names, while the login is open.
///
/// # Errors
/// 500 when the store fails.
pub async fn member(app: &App, headers: &HeaderMap) -> Result<Option<Member>, ApiError> {
    let Some(key) = login_key(headers) else { return Ok(None) };
    let login: LoginState = app.read(&key).await?;
    let (Some(account), Some(expires)) = (login.account, login.expires_ms) else { return Ok(None) };
    if expires <= app.now() {
        return Ok(None);
    }
    let state: AccountState = app.read(account.as_str()).await?;
    Ok(Some(Member { actor: format!("account:{account}"), account, roles: state.roles }))
}

/// The Argon2id hash of a password or PIN.
///
/// # Errors
/// 500 when the hash cannot be made.
pub async fn hash(app: &App, password: &str) -> Result<String, ApiError> {
    let salt: [u8; 16] = app.random()?;
    let password = password.to_owned();
    let hashed = tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string())
    });
    hashed.await.map_err(ApiError::internal)?.map_err(ApiError::internal)
}

/// Whether a password or PIN belongs to a hash.
///
/// # Errors
/// 500 when the hash cannot be read.
pub async fn verify(hash: &str, password: &str) -> Result<bool, ApiError> {
    let (hash, password) = (hash.to_owned(), password.to_owned());
    let right = tokio::task::spawn_blocking(move || {
        let hash = PasswordHash::new(&hash)?;
        Ok::<_, argon2::password_hash::phc::Error>(
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok(),
        )
    });
    right.await.map_err(ApiError::internal)?.map_err(ApiError::internal)
}

/// An account as its owner and the office see it.
pub(super) fn view(account: &AccountState, id: AccountId) -> AccountView {
    AccountView { id, login: account.login.clone(), name: account.name.clone(), roles: account.roles.clone() }
}

/// Argon2id with the default cost of a password that nobody has.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$a2FvcGluZy1ub2JvZHk$1rHTtNzXGLlAFmGR8XVvHcl6j0V8lsn5X3U1J0tY3Qc";

fn wrong_login() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "wrong_login",
        "password",
        ("用户名或密码不对。", "name or password is wrong"),
        ("请核对后重新输入；忘记密码请找考务人员。", "check and enter them again; if forgotten, ask the office"),
    )
}

fn login_key(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let token = cookies
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
    Some(Digest::of(&kaoping_record::digest::from_hex(token)?).to_hex())
}
