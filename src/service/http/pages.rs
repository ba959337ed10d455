//! The built pages. Staff pages answer on TLS alone; on plain http they lead there.
//!
//! Beside each file that gets smaller, the build leaves it compressed by brotli (`.br`) and gzip
//! (`.gz`). A browser gets what it takes; the names with those endings are no addresses.

use super::compression::Coding;
use super::guard::Channel;
use crate::app::App;
use crate::edge::connections::Connection;
use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use std::borrow::Cow;

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
    if !tls && is_staff(path) {
        let local = request.extensions().get::<Connection>().map(|connection| connection.local.ip().to_string());
        let host = host(request.headers(), &app.settings.host, local);
        return Redirect::temporary(&format!("https://{host}:{}{path}", app.settings.tls_port)).into_response();
    }
    answer(path, request.headers(), embedded)
}

/// Whether a path leads to a page for staff.
fn is_staff(path: &str) -> bool {
    STAFF.iter().any(|staff| path.strip_prefix(staff).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// The host that a redirect names: the one that the browser named if it is one of this service's,
/// without port. An address to which nobody can connect gives way to the one that the request
/// reached.
fn host(headers: &HeaderMap, configured: &str, local: Option<String>) -> String {
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match named.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => named.split(':').next().unwrap_or_default(),
    };
    let own = [Some(configured), Some("localhost"), Some("127.0.0.1"), Some("::1"), local.as_deref()];
    let host = if own.contains(&Some(name)) {
        name.to_owned()
    } else if matches!(configured, "0.0.0.0" | "::") {
        local.unwrap_or_else(|| configured.to_owned())
    } else {
        configured.to_owned()
    };
    if host.contains(':') { format!("[{host}]") } else { host }
}

/// A file of the build.
#[derive(Clone, Debug)]
struct File {
    bytes: Cow<'static, [u8]>,
    digest: [u8; 32],
}

/// The answer for a path, from files by name.
fn answer(path: &str, headers: &HeaderMap, file: impl Fn(&str) -> Option<File>) -> Response {
    let nothing = || (StatusCode::NOT_FOUND, "没有这个页面。 There is no such page.").into_response();
    let path = path.strip_prefix('/').unwrap_or_default();
    let is_hidden = path == "manifest.json" || path.ends_with(".br") || path.ends_with(".gz");
    // No folder has an empty name, and a redirect to `//…` would leave the service.
    if is_hidden || path.starts_with('/') || path.contains("//") {
        return nothing();
    }
    let name = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
    let Some(plain) = file(&name) else {
        let is_folder = file(&format!("{name}/index.html")).is_some();
        return if is_folder { Redirect::permanent(&format!("/{path}/")).into_response() } else { nothing() };
    };
    let codings = [(Coding::Brotli, ".br"), (Coding::Gzip, ".gz")];
    let coded = codings.into_iter().filter(|(coding, _)| coding.is_accepted(headers));
    let coded = coded.into_iter().find_map(|(coding, ending)| Some((coding, file(&format!("{name}{ending}"))?)));
    let coding = coded.as_ref().map(|(coding, _)| *coding);
    let tag = tag(&plain.digest, coding);
    let mut response = if is_known(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let bytes = coded.map_or(plain.bytes, |(_, file)| file.bytes);
        let kind = HeaderValue::from_static(kind(&name));
        let body = match bytes {
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        };
        ([(header::CONTENT_TYPE, kind)], body).into_response()
    };
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut insert = |name: HeaderName, value: HeaderValue| response.headers_mut().insert(name, value);
    insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        insert(header::ETAG, tag);
    }
    if let Some(coding) = coding {
        insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    }
    response
}

/// The entity tag of a file in this coding (RFC 9110, section 8.8.3).
fn tag(digest: &[u8; 32], coding: Option<Coding>) -> String {
    let digest = kaoping_record::digest::to_hex(digest.get(..16).unwrap_or_default());
    match coding {
        None => format!("\"{digest}\""),
        Some(coding) => format!("\"{digest}-{}\"", coding.name()),
    }
}

/// Whether the browser has this file already.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|known| known.trim().trim_start_matches("W/") == tag)
}

#[cfg(feature = "pages")]
fn embedded(name: &str) -> Option<File> {
    #[derive(rust_embed::RustEmbed)]
    #[folder = "../../www/dist"]
    struct Dist;

    let found = Dist::get(name)?;
    Some(File { bytes: found.data, digest: found.metadata.sha256_hash() })
}

#[cfg(not(feature = "pages"))]
fn embedded(_name: &str) -> Option<File> {
    None
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn built(name: &str) -> Option<File> {
        let bytes: &'static [u8] = match name {
            "candidate/index.html" => b"page",
            "assets/a.js" => b"script",
            "assets/a.js.br" => b"br",
            "assets/a.js.gz" => b"gz",
            "manifest.json" => b"{}",
            _ => return None,
        };
        Some(File { bytes: bytes.into(), digest: [7; 32] })
    }

    fn get(path: &str, sent: &[(HeaderName, &str)]) -> Response {
        let sent = sent.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
        answer(path, &sent.collect(), built)
    }

    fn header_of(response: &Response, name: HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn a_browser_gets_the_coding_that_it_takes() {
        for (accepted, coding) in [("gzip, br", "br"), ("gzip", "gzip"), ("", "")] {
            let response = get("/assets/a.js", &[(header::ACCEPT_ENCODING, accepted)]);
            assert_eq!(header_of(&response, header::CONTENT_ENCODING), coding);
            assert_eq!(header_of(&response, header::VARY), "accept-encoding");
            assert_eq!(header_of(&response, header::CONTENT_TYPE), "text/javascript; charset=utf-8");
        }
    }

    #[test]
    fn a_known_file_is_not_sent_again() {
        let first = get("/assets/a.js", &[(header::ACCEPT_ENCODING, "gzip")]);
        let tag = header_of(&first, header::ETAG).to_owned();
        let known =
            |accepted| get("/assets/a.js", &[(header::ACCEPT_ENCODING, accepted), (header::IF_NONE_MATCH, &tag)]);
        assert_eq!(known("gzip").status(), StatusCode::NOT_MODIFIED);
        // Another coding is another file.
        assert_eq!(known("br").status(), StatusCode::OK);
    }

    #[test]
    fn no_path_leads_out_of_the_service() {
        assert_eq!(header_of(&get("/candidate", &[]), header::LOCATION), "/candidate/");
        for path in
            ["//candidate", "//candidate/", "///candidate", "/candidate//", "", "/assets/a.js.br", "/manifest.json"]
        {
            let response = get(path, &[]);
            assert_eq!(
                (response.status(), header_of(&response, header::LOCATION)),
                (StatusCode::NOT_FOUND, ""),
                "{path}"
            );
        }
    }

    #[test]
    fn staff_pages_are_these_alone() {
        for (path, staff) in
            [("/examiner", true), ("/examiner/x", true), ("/examinerXYZ", false), ("//examiner/", false), ("/", false)]
        {
            assert_eq!(is_staff(path), staff, "{path}");
        }
    }

    #[test]
    fn a_redirect_names_a_host_of_this_service() {
        let to = |named: &str, configured: &str, local: Option<&str>| {
            let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_str(named).unwrap())]);
            host(&headers, configured, local.map(str::to_owned))
        };
        assert_eq!(to("evil.example:1", "192.168.1.10", None), "192.168.1.10");
        assert_eq!(to("localhost:8080", "192.168.1.10", None), "localhost");
        assert_eq!(to("192.168.1.10:8080", "192.168.1.10", None), "192.168.1.10");
        assert_eq!(to("evil.example", "0.0.0.0", Some("10.1.2.3")), "10.1.2.3");
        assert_eq!(to("[::1]:8080", "localhost", None), "[::1]");
    }
}
