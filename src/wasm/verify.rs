//! The verifier's face: whether a result that somebody handed over holds.

use crate::boundary::{BoundaryError, answer, trust_list};
use kaoping_engine::result::verify::Verification;
use kaoping_engine::result::verify::bundle::Person;
use kaoping_engine::result::verify::report::Report;
use kaoping_engine::result::verify::status::Status;
use kaoping_record::software::SoftwareVerifier;
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

/// Checks whatever file was handed over: a result, a certificate, a receipt, or another signed record: `{report}`. `person` is
/// `{name, id_kind, id_number}` as JSON, `status` a status set of corrections and revocations; each may be absent.
#[wasm_bindgen]
#[must_use]
pub fn verify(file: &str, trust: &str, person: Option<String>, status: Option<String>) -> String {
    let found = report(file, trust, person.as_deref(), status.as_deref());
    answer(found.map(|report| json!({ "report": report })))
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

fn report(file: &str, trust: &str, person: Option<&str>, status: Option<&str>) -> Result<Report, BoundaryError> {
    let person: Option<Person> = person.map(serde_json::from_str).transpose().map_err(BoundaryError::input)?;
    let trust = trust_list(trust)?;
    let mut known = Status::default();
    if let Some(status) = status {
        known.add(status, &trust, &SoftwareVerifier).map_err(|why| BoundaryError {
            code: "status_set",
            message: why.clone(),
            detail: why.en,
        })?;
    }
    let status = status.map(|_| &known);
    Ok(Verification { trust: &trust, status, person: person.as_ref(), verifier: &SoftwareVerifier }.check(file))
}
