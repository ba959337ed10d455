//! The verifier's face: whether a result that somebody handed over holds.

use crate::boundary::{self, BoundaryError, answer, trust_list};
use kaoping_engine::result::verify::Verification;
use kaoping_engine::result::verify::bundle::Person;
use kaoping_record::software::SoftwareVerifier;
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

/// Checks whatever file was handed over: a result, a certificate, a receipt, a proof of the log, or another signed record:
/// `{report, about}`. `person` is `{name, id_kind, id_number}` as JSON, `status` a status set of corrections and revocations,
/// `others` the texts of files beside it, among which a proof finds what it is about; `about` is that one's place in `others`,
/// else null. Each may be absent.
#[wasm_bindgen]
#[must_use]
pub fn verify(
    file: &str,
    trust: &str,
    person: Option<String>,
    status: Option<String>,
    others: Option<Vec<String>>,
) -> String {
    answer(checked(file, trust, person.as_deref(), status.as_deref(), &others.unwrap_or_default()))
}

/// Reads a trust list and says what is in it: `{issuers: [{name, organization_id, filing, revoked}], log}`.
#[wasm_bindgen(js_name = readTrust)]
#[must_use]
pub fn read_trust(trust: &str) -> String {
    answer(trust_list(trust).map(|list| {
        let issuers = list.issuers.iter().map(|issuer| {
            json!({
                "name": issuer.name,
                "organization_id": issuer.organization_id,
                "filing": issuer.filing,
                "revoked": issuer.revoked,
            })
        });
        json!({ "issuers": issuers.collect::<Vec<Value>>(), "log": list.log.origin })
    }))
}

fn checked(
    file: &str,
    trust: &str,
    person: Option<&str>,
    status: Option<&str>,
    others: &[String],
) -> Result<Value, BoundaryError> {
    let person: Option<Person> = person.map(serde_json::from_str).transpose().map_err(BoundaryError::input)?;
    let trust = trust_list(trust)?;
    let known = boundary::status(status, &trust)?;
    let others: Vec<&str> = others.iter().map(String::as_str).collect();
    let against =
        Verification { trust: &trust, status: known.as_ref(), person: person.as_ref(), verifier: &SoftwareVerifier };
    let (report, about) = against.check_among(file, &others);
    Ok(json!({ "report": report, "about": about }))
}
