//! The candidate's receipt, checked before the page shows it.

use super::error::BoundaryError;
use crate::session::candidate::CandidateSession;
use crate::session::hand_in::Receipt;
use kaoping_record::id::SittingId;
use kaoping_record::key::{PublicKey, Verifier};
use kaoping_record::message::Signed;
use kaoping_record::time::Time;
use serde::Serialize;

/// What the page shows of a receipt that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckedReceipt {
    /// The start of the receipt's identity, for people: `8F3A-22C1`.
    pub code: String,
    pub at_ms: Time,
    pub answered: u32,
    pub items: u32,
    pub logged_by_ms: Time,
    /// Whether it covers every event of the session; `None` without a session.
    pub complete: Option<bool>,
}

impl CheckedReceipt {
    /// Checks the receipt of a sitting against the service's key and, where there is one, against the session.
    ///
    /// # Errors
    /// [`BoundaryError`] when it is not this sitting's, or not signed with this key.
    pub fn check(
        receipt: &str,
        sitting: &SittingId,
        key: &PublicKey,
        verifier: &dyn Verifier,
        session: Option<(&CandidateSession, &[u8; 32])>,
    ) -> Result<Self, BoundaryError> {
        let signed: Signed<Receipt> = Signed::parse(receipt.as_bytes()).map_err(unproven)?;
        signed.verify(verifier, key).map_err(unproven)?;
        if signed.payload.sitting != *sitting {
            return Err(unproven("the receipt is of another sitting"));
        }
        let identity = signed.identity().map_err(unproven)?.to_hex().to_ascii_uppercase();
        let half = |from: usize| identity.chars().skip(from).take(4).collect::<String>();
        let receipt = signed.payload;
        Ok(Self {
            code: format!("{}-{}", half(0), half(4)),
            at_ms: receipt.at_ms,
            answered: receipt.answered,
            items: receipt.items,
            logged_by_ms: receipt.logged_by_ms,
            complete: session.map(|(session, salt)| session.journal_digest(salt) == receipt.journal),
        })
    }
}

fn unproven(detail: impl ToString) -> BoundaryError {
    BoundaryError::new(
        "receipt",
        "交卷回执核对不上，请举手告诉监考员。",
        "the receipt does not check out; please tell the invigilator",
        detail,
    )
}
