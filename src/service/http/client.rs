//! Where a request comes from.

use crate::edge::connections::Connection;
use crate::edge::throttle::Address;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;

/// The address of the client.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub Address);

impl Client {
    /// The address of a connection; unknown for requests that came over none.
    #[must_use]
    pub fn of(connection: Option<&Connection>) -> Self {
        Self(connection.map_or(Address::UNKNOWN, |connection| connection.address))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts.extensions.get()))
    }
}
