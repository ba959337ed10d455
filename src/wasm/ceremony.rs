//! The custodian's entry point: a secret that stays in the browser until the draw is opened, and
//! its commitment.

use crate::boundary::{BoundaryError, answer};
use kaoping_engine::draw::commitment as commit;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::{self, Digest};
use kaoping_record::id::CustodianId;
use serde::Deserialize;
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

/// What a custodian commits to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Secret {
    basis: Digest,
    custodian: CustodianId,
    secret: Bytes32,
}

/// A new secret of 32 random bytes: `{secret}`.
#[wasm_bindgen(js_name = newSecret)]
#[must_use]
pub fn new_secret() -> String {
    let mut secret = [0; 32];
    answer(getrandom::fill(&mut secret).map(|()| json!({ "secret": digest::to_hex(&secret) })).map_err(|error| {
        let (zh, en) = ("这台电脑不能产生随机数，请换一台。", "this computer yields no random numbers; use another");
        BoundaryError::new("entropy", zh, en, error)
    }))
}

/// The commitment to a secret: `{basis, custodian, secret}` in, `basis` being the digest of the
/// draw's basis, `{commitment}` out.
#[wasm_bindgen]
#[must_use]
pub fn commitment(text: &str) -> String {
    answer(commitment_to(text))
}

fn commitment_to(text: &str) -> Result<Value, BoundaryError> {
    let (zh, en) =
        ("这不是本批次的秘密数文件，或者文件已损坏。", "this is no secret of this batch, or the file is damaged");
    let given: Secret = serde_json::from_str(text).map_err(|error| BoundaryError::new("secret", zh, en, error))?;
    Ok(json!({ "commitment": commit(&given.basis, &given.custodian, &given.secret) }))
}
