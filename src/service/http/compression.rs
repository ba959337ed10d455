//! Compressed answers, for browsers that take them.
//!
//! Built pages are compressed when they are built ([`super::pages`]). Of the API only the routes of
//! [`COMPRESSED`] are: an answer's length reveals its content, so a person who can put text beside
//! a secret and watch lengths can find the secret out (the BREACH attack). No answer of these
//! routes holds both a secret and text that somebody else chooses.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;

/// Routes whose answers are compressed. `src/service/README.md` says why each may be.
pub(super) const COMPRESSED: [&str; 15] = [
    "/api/v1/trust",
    "/api/v1/status",
    "/api/v1/log/entries",
    "/api/v1/log/tile/{*path}",
    "/api/v1/seat/paper",
    "/api/v1/seat/paper/history",
    "/api/v1/examiner/assignments/{assignment}",
    "/api/v1/banks",
    "/api/v1/blueprints",
    "/api/v1/sheets",
    "/api/v1/batches/{batch}/draw",
    "/api/v1/batches/{batch}/draw/papers",
    "/api/v1/batches/{batch}/draw/bundle",
    "/api/v1/batches/{batch}/bundle",
    "/api/v1/batches/{batch}/audit",
];

/// The smallest answer that is compressed.
const SMALLEST: usize = 1024;
/// The largest answer that is compressed on the thread that answers requests.
const AT_ONCE: usize = 32 * 1024;

/// How an answer is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// Brotli, which browsers take over TLS alone.
    Brotli,
    /// gzip.
    Gzip,
}

impl Coding {
    /// Its name in headers.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// Whether the client takes it (RFC 9110, section 12.5.3). `*` and an absent header are taken
    /// as no.
    pub(super) fn is_accepted(self, headers: &HeaderMap) -> bool {
        let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        accepted.flat_map(|value| value.split(',')).any(|part| {
            let mut parts = part.split(';').map(str::trim);
            let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(self.name()));
            is_named && !parts.any(|weight| is_zero(&weight.replace(' ', "").to_ascii_lowercase()))
        })
    }
}

fn is_zero(weight: &str) -> bool {
    weight
        .strip_prefix("q=")
        .is_some_and(|value| value.starts_with('0') && value.bytes().all(|b| matches!(b, b'0' | b'.')))
}

/// Compresses the answers of [`COMPRESSED`].
pub(super) async fn compress(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let is_listed = request.method() == Method::GET && path.is_some_and(|path| COMPRESSED.contains(&path));
    let is_accepted = Coding::Gzip.is_accepted(request.headers());
    let mut response = next.run(request).await;
    if !is_listed {
        return response;
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_accepted { compressed(response).await } else { response }
}

async fn compressed(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    if bytes.len() < SMALLEST {
        return Response::from_parts(parts, Body::from(bytes));
    }
    let plain = bytes.clone();
    let done = if bytes.len() <= AT_ONCE {
        gzip(&plain)
    } else {
        tokio::task::spawn_blocking(move || gzip(&plain)).await.map_err(std::io::Error::other).flatten()
    };
    match done {
        Ok(smaller) => {
            parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(Coding::Gzip.name()));
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from(smaller))
        }
        Err(error) => {
            tracing::error!(%error, "answer not compressed");
            Response::from_parts(parts, Body::from(bytes))
        }
    }
}

fn gzip(bytes: &Bytes) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::new(5));
    encoder.write_all(bytes)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::router::openapi;

    #[test]
    fn only_routes_that_exist_are_listed() {
        let paths = openapi().paths.paths;
        for path in COMPRESSED {
            assert!(paths.contains_key(path), "{path}");
        }
    }

    #[test]
    fn a_coding_is_used_when_the_client_takes_it() {
        for (header, brotli, gzip) in [
            ("gzip, deflate, br", true, true),
            ("gzip, deflate", false, true),
            ("GZIP;q=0.5, br;q=0", false, true),
            ("br;q=1.0, gzip; q=0.000", true, false),
            ("*", false, false),
            ("", false, false),
            ("xbr, gzipped", false, false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(header))]);
            let taken = (Coding::Brotli.is_accepted(&headers), Coding::Gzip.is_accepted(&headers));
            assert_eq!(taken, (brotli, gzip), "{header}");
        }
    }
}
