//! Requests that several routes share.

use crate::aggregates::request::RequestKey;
use serde::Deserialize;
use utoipa::ToSchema;

/// A decision without a reason, which counts once.
#[derive(Deserialize, ToSchema)]
pub struct OnceRequest {
    pub request: RequestKey,
}

/// A decision with its reason, which counts once.
#[derive(Deserialize, ToSchema)]
pub struct ReasonedRequest {
    /// Why, 1 to 500 characters.
    pub reason: String,
    pub request: RequestKey,
}
