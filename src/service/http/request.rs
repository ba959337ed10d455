//! Requests that several routes share.

use serde::Deserialize;
use utoipa::ToSchema;

/// A reason.
#[derive(Deserialize, ToSchema)]
pub struct ReasonRequest {
    /// Why, 1 to 500 characters.
    pub reason: String,
}
