//! The custodian's entry point: a secret that stays in the browser until its manifest is fixed, and
//! its commitment.

use crate::boundary::{BoundaryError, answer, time};
use kaoping_engine::view::ceremony;
use serde_json::json;
use wasm_bindgen::prelude::wasm_bindgen;

/// A new secret of 32 random bytes. `place` is a `SecretPlace`, and `trust` the trust list whose log
/// and witnesses are pinned. Answers a `NewSecret`.
#[wasm_bindgen(js_name = newSecret)]
#[must_use]
pub fn new_secret(place: &str, trust: &str) -> String {
    let mut secret = [0; 32];
    let random = getrandom::fill(&mut secret).map_err(|error| {
        let (zh, en) = ("这台电脑不能产生随机数，请换一台。", "this computer yields no random numbers; use another");
        BoundaryError::new("entropy", zh, en, error)
    });
    answer(random.and_then(|()| ceremony::new_secret(place, trust, secret)))
}

/// The commitment to the secret of a file: `{commitment}`.
#[wasm_bindgen]
#[must_use]
pub fn commitment(file: &str) -> String {
    answer(ceremony::commitment(file).map(|commitment| json!({ "commitment": commitment })))
}

/// Checks a manifest's file before a secret is opened, and answers a `CheckedOpening`, which holds
/// the secret only when every check holds.
#[wasm_bindgen(js_name = checkOpening)]
#[must_use]
pub fn check_opening(file: &str, manifest: &str, now_ms: f64) -> String {
    answer(ceremony::check_opening(file, manifest, time(now_ms)))
}
