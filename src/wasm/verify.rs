//! The verifier's entry point: whether a given file is valid.

use crate::boundary::{answer, time};
use kaoping_engine::view::verify;
use wasm_bindgen::prelude::wasm_bindgen;

/// Checks a file of any small kind and answers a `CheckedFile`.
///
/// `person` is `{name, id_kind, id_number}` as JSON, `status` a set of corrections and revocations,
/// and `others` the texts of the files beside it, in which a proof of the log finds its subject.
/// Each of the three may be absent, and so may `now_ms`, the time at which it is checked.
#[wasm_bindgen(js_name = verify)]
#[must_use]
pub fn check_file(
    file: &str,
    trust: &str,
    person: Option<String>,
    status: Option<String>,
    others: Option<Vec<String>>,
    now_ms: Option<f64>,
) -> String {
    let others = others.unwrap_or_default();
    answer(verify::check_file(file, trust, person.as_deref(), status.as_deref(), &others, now_ms.map(time)))
}

/// Reads a trust list and answers a `TrustView`.
#[wasm_bindgen(js_name = readTrust)]
#[must_use]
pub fn read_trust(trust: &str) -> String {
    answer(verify::read_trust(trust))
}
