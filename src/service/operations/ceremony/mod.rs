//! The draw's ceremony: custodians commit, the manifest is fixed and logged, custodians open,
//! papers are dealt. An attempt that cannot go on ends in a logged void, and the next one begins.

pub mod dealing;
pub mod entropy;
pub mod manifest;
pub mod publication;
pub mod secrets;
pub mod void;

use super::stored::{needed_blob, read_blob};
use crate::aggregates::batch::{FixedDraw, Seated};
use crate::app::App;
use crate::refusal::Refusal;
use kaoping_engine::draw::{Manifest, Seating};
use kaoping_record::id::{AccountId, CustodianId};
use kaoping_record::message::Signed;

/// The custodian that an account stands for in the draw's documents.
///
/// # Errors
/// [`Refusal::internal`] when the account's identifier cannot be one.
pub fn custodian_id(account: &AccountId) -> Result<CustodianId, Refusal> {
    Ok(CustodianId::new(account.as_str())?)
}

/// The manifest of a draw.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn manifest_of(app: &App, fixed: &FixedDraw) -> Result<Manifest, Refusal> {
    let message: Signed<Manifest> = Signed::parse(&needed_blob(app, &fixed.manifest.message).await?)?;
    Ok(message.payload)
}

/// The seating of a batch.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn seating_of(app: &App, seated: &Seated) -> Result<Seating, Refusal> {
    read_blob(app, &seated.seating).await
}
