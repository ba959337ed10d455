//! The candidate's entry point: a theory paper at one PC, and the check of its receipt.

use crate::boundary::{BoundaryError, answer, parsed};
use crate::running::{Running, page_session};
use kaoping_engine::session::candidate::CandidateSession;
use kaoping_engine::view::receipt::CheckedReceipt;
use kaoping_engine::view::session::{PageSession as _, bytes32};
use kaoping_record::id::SittingId;
use kaoping_record::key::{KeyError, PublicKey, Verifier};
use kaoping_record::software::verify_ed25519;
use wasm_bindgen::prelude::wasm_bindgen;

/// A theory session at one PC. Before `start` every other call answers an error. Each call answers
/// JSON text.
#[wasm_bindgen]
#[derive(Default)]
pub struct Candidate {
    running: Running<CandidateSession>,
}

page_session!(Candidate);

#[wasm_bindgen]
impl Candidate {
    /// Takes the time from the room, a `Deadline` as the service sends it: answers a `Turn`.
    pub fn deadline(&mut self, now_ms: f64, deadline: &str) -> String {
        self.running.act(now_ms, |session, now| {
            session.set_deadline(now, parsed(deadline)?);
            session.tick(now)
        })
    }

    /// Checks a receipt of a sitting against the service's key, a JWK, and against the session
    /// where one is started: answers a `CheckedReceipt`.
    #[wasm_bindgen(js_name = verifyReceipt)]
    #[must_use]
    pub fn verify_receipt(&self, sitting: &str, receipt: &str, salt: &str, key: &str) -> String {
        answer(self.checked(sitting, receipt, salt, key))
    }
}

impl Candidate {
    fn checked(&self, sitting: &str, receipt: &str, salt: &str, key: &str) -> Result<CheckedReceipt, BoundaryError> {
        let sitting = SittingId::new(sitting).map_err(BoundaryError::input)?;
        let key: PublicKey = parsed(key)?;
        let salt = bytes32(salt)?;
        let session = self.running.session().ok().map(|session| (session, &salt));
        CheckedReceipt::check(receipt, &sitting, &key, &Ed25519Verifier, session)
    }
}

/// Receipts carry Ed25519 alone, so this entry point links no other algorithm.
struct Ed25519Verifier;

impl Verifier for Ed25519Verifier {
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<(), KeyError> {
        verify_ed25519(key, message, signature)
    }
}
