//! The draw's ceremony: the basis is fixed and logged, custodians commit to it, the manifest is fixed and logged, custodians open,
//! papers are dealt. An attempt that cannot go on ends in a logged void, and the next one begins.

pub mod basis;
pub mod dealing;
pub mod entropy;
pub mod manifest;
pub mod publication;
pub mod secrets;
pub mod void;

use super::stored::{needed_blob, read_blob};
use crate::aggregates::attempt::FixedBasis;
use crate::aggregates::batch::{FixedDraw, Seated};
use crate::app::App;
use crate::refusal::Refusal;
use kaoping_engine::draw::{Basis, Manifest, Seating};
use kaoping_engine::plan::schedule::FixedPractical;
use kaoping_record::id::{AccountId, CustodianId};
use kaoping_record::message::Signed;

/// The custodian that an account stands for in the draw's documents.
///
/// # Errors
/// [`Refusal::internal`] when the account's identifier cannot be one.
pub fn custodian_id(account: &AccountId) -> Result<CustodianId, Refusal> {
    Ok(CustodianId::new(account.as_str())?)
}

/// The basis of a draw.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn basis_of(app: &App, fixed: &FixedBasis) -> Result<Basis, Refusal> {
    let message: Signed<Basis> = Signed::parse(&needed_blob(app, &fixed.record.message).await?)?;
    Ok(message.payload)
}

/// The practical exam as the basis of a draw fixed it.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn practical_of(app: &App, fixed: &FixedBasis) -> Result<FixedPractical, Refusal> {
    let digest = basis_of(app, fixed).await?.practical.ok_or_else(|| Refusal::internal("a basis without a plan"))?;
    read_blob(app, &digest).await
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
