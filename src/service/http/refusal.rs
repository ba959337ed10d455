//! Refusals as answers: the one place where a kind of refusal becomes a status.

use crate::refusal::{Refusal, RefusalKind};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use kaoping_engine::fault::Fault;
use serde::Serialize;
use utoipa::ToSchema;

/// The answer to a request that was refused.
#[derive(Serialize, ToSchema)]
pub struct RefusalView {
    /// What, where, why, and what to do.
    error: Fault,
    /// The single defects, such as the rows of a roster.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    faults: Vec<Fault>,
    /// With the code `chain`: identity of the last event of the stream that the service holds, null
    /// when it holds none.
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<Option<String>>,
}

/// When to ask again after what passes by itself.
const RETRY_AFTER_SECONDS: &str = "3";

impl RefusalKind {
    fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// The code of the refusal that an answer is, for layers around its handler.
#[derive(Clone, Debug)]
pub(super) struct RefusalCode(pub(super) String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let head = self.chain_end().map(|last| last.map(|identity| identity.to_hex()));
        let view = RefusalView { error: self.fault().clone(), faults: self.faults().to_vec(), head };
        let code = Extension(RefusalCode(self.code().to_owned()));
        let mut response = (self.kind().status(), code, Json(view)).into_response();
        if self.is_temporary() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
        }
        response
    }
}
