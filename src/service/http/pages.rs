//! The built pages. Staff pages answer on TLS alone; on plain http they lead there.

use super::guard::Channel;
use crate::app::App;
use axum::Router;
use axum::extract::{Extension, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

/// Pages for staff.
const STAFF: [&str; 3] = ["/examiner", "/invigilator", "/organization"];

/// Serves the pages.
pub fn router() -> Router<App> {
    Router::new().fallback(get(page))
}

async fn page(State(app): State<App>, channel: Option<Extension<Channel>>, request: Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/api/") {
        return crate::refusal::Refusal::not_found("path").into_response();
    }
    let tls = channel.is_some_and(|Extension(channel)| channel == Channel::Tls);
    if !tls && STAFF.iter().any(|staff| path.starts_with(staff)) {
        let host = host(&request).unwrap_or(&app.settings.host).to_owned();
        return Redirect::temporary(&format!("https://{host}:{}{path}", app.settings.tls_port)).into_response();
    }
    match embedded(path) {
        Found::File(bytes, kind, immutable) => {
            let cache = if immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
            ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)], bytes).into_response()
        }
        Found::Folder => Redirect::permanent(&format!("{path}/")).into_response(),
        Found::Nothing => (StatusCode::NOT_FOUND, "没有这个页面。 There is no such page.").into_response(),
    }
}

/// The host that the browser named, without port.
fn host(request: &Request) -> Option<&str> {
    let host = request.headers().get(header::HOST)?.to_str().ok()?;
    let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'));
    Some(host.split(':').next().unwrap_or(host)).filter(|_| plain)
}

enum Found {
    #[cfg_attr(not(feature = "pages"), expect(dead_code, reason = "made with the pages alone"))]
    File(Vec<u8>, &'static str, bool),
    #[cfg_attr(not(feature = "pages"), expect(dead_code, reason = "made with the pages alone"))]
    Folder,
    Nothing,
}

#[cfg(feature = "pages")]
fn embedded(path: &str) -> Found {
    #[derive(rust_embed::RustEmbed)]
    #[folder = "../../www/dist"]
    struct Dist;

    let path = path.trim_start_matches('/');
    let file = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    match Dist::get(&file) {
        Some(found) => Found::File(found.data.into_owned(), kind(&file), file.starts_with("assets/")),
        None if Dist::get(&format!("{file}/index.html")).is_some() => Found::Folder,
        None => Found::Nothing,
    }
}

#[cfg(not(feature = "pages"))]
fn embedded(_path: &str) -> Found {
    Found::Nothing
}

#[cfg(feature = "pages")]
fn kind(file: &str) -> &'static str {
    match file.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}
