//! The candidate's receipt, checked before the page shows it.

use super::error::BoundaryError;
use crate::session::candidate::CandidateSession;
use crate::session::hand_in::Receipt;
use kaoping_record::digest::Digest;
use kaoping_record::id::SittingId;
use kaoping_record::key::{PublicKey, Verifier};
use kaoping_record::message::Signed;
use kaoping_record::time::Time;
use serde::Serialize;

/// What the page shows of a receipt that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CheckedReceipt {
    /// The start of the receipt's identity, for people: `8F3A-22C1`.
    pub code: String,
    /// The same of the receipt that this one replaces, because the sitting's first end was undone.
    pub replaces: Option<String>,
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
        let identity = signed.identity().map_err(unproven)?;
        let receipt = signed.payload;
        Ok(Self {
            code: code(identity),
            replaces: receipt.replaces.map(code),
            at_ms: receipt.at_ms,
            answered: receipt.answered,
            items: receipt.items,
            logged_by_ms: receipt.logged_by_ms,
            complete: session.map(|(session, salt)| session.journal_digest(salt) == receipt.journal),
        })
    }
}

fn code(identity: Digest) -> String {
    let identity = identity.to_hex().to_ascii_uppercase();
    let half = |from: usize| identity.chars().skip(from).take(4).collect::<String>();
    format!("{}-{}", half(0), half(4))
}

fn unproven(detail: impl ToString) -> BoundaryError {
    BoundaryError::new(
        "receipt",
        "交卷回执核对不上，请举手告诉监考员。",
        "the receipt does not check out; please tell the invigilator",
        detail,
    )
}

#[cfg(test)]
mod tests {
    use super::super::candidate::tests::{Tested, opened};
    use super::*;
    use crate::session::hand_in::journal_digest;
    use kaoping_record::id::BatchId;
    use kaoping_record::key::Signer as _;
    use kaoping_record::software::{Ed25519Signer, SoftwareVerifier};

    const SALT: [u8; 32] = [5; 32];

    fn receipt(sitting: &str, last: Digest) -> Tested<String> {
        let receipt = Receipt {
            at_ms: Time::from_millis(5),
            answered: 2,
            batch: BatchId::new("b1")?,
            items: 3,
            journal: journal_digest(&SALT, &[last]),
            logged_by_ms: Time::from_millis(9),
            replaces: Some(Digest::from_hex(&format!("{:0<64}", "8f3a22c1"))?),
            sitting: SittingId::new(sitting)?,
        };
        let signer = Ed25519Signer::from_seed(&[7; 32])?;
        Ok(String::from_utf8(Signed::new(receipt).sign(&signer)?.to_bytes()?)?)
    }

    // Catches a receipt of another journal, of another sitting, or by another key.
    #[test]
    fn a_receipt_is_checked_against_key_sitting_and_session() -> Tested {
        let (session, stored) = opened()?;
        let last = Digest::of(stored.last().ok_or("an event")?.as_bytes());
        let check = |receipt: &str, seed: u8, session: Option<&CandidateSession>| {
            let signer = Ed25519Signer::from_seed(&[seed; 32]).map_err(BoundaryError::input)?;
            let sitting = SittingId::new("s1").map_err(BoundaryError::input)?;
            let session = session.map(|session| (session, &SALT));
            CheckedReceipt::check(receipt, &sitting, signer.public_key(), &SoftwareVerifier, session)
        };
        let code = |receipt: &str, seed: u8| check(receipt, seed, Some(&session)).map_err(|error| error.code);
        let ours = receipt("s1", last)?;
        let identity = Signed::<Receipt>::parse(ours.as_bytes())?.identity()?.to_hex().to_uppercase();
        let (left, right) = (identity.get(..4).ok_or("8 digits")?, identity.get(4..8).ok_or("8 digits")?);
        let expected = CheckedReceipt {
            code: format!("{left}-{right}"),
            replaces: Some("8F3A-22C1".into()),
            at_ms: Time::from_millis(5),
            answered: 2,
            items: 3,
            logged_by_ms: Time::from_millis(9),
            complete: Some(true),
        };
        assert_eq!(code(&ours, 7), Ok(expected.clone()));
        assert_eq!(check(&ours, 7, None), Ok(CheckedReceipt { complete: None, ..expected }));
        let older = code(&receipt("s1", Digest::of(b"an event before"))?, 7)?;
        assert_eq!(older.complete, Some(false));
        assert_eq!(code(&ours, 8), Err("receipt"), "another key");
        assert_eq!(code(&receipt("s2", last)?, 7), Err("receipt"), "another sitting");
        assert_eq!(code(&ours.replace("\"items\":3", "\"items\":2"), 7), Err("receipt"), "altered");
        Ok(())
    }
}
