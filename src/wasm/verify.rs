//! The verifier's face: whether a result that somebody handed over holds.

use crate::boundary::{BoundaryError, answer, trust_list};
use kaoping_engine::result::verify::bundle::Person;
use kaoping_engine::result::verify::report::Report;
use kaoping_engine::result::verify::verify as check;
use kaoping_record::software::SoftwareVerifier;
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

/// Checks a result bundle or a bare JWS: `{report}`. `person` is `{name, id_kind, id_number}` as JSON, or absent.
#[wasm_bindgen]
#[must_use]
pub fn verify(bundle: &str, trust: &str, person: Option<String>) -> String {
    answer(report(bundle, trust, person.as_deref()).map(|report| json!({ "report": report })))
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

fn report(bundle: &str, trust: &str, person: Option<&str>) -> Result<Report, BoundaryError> {
    let person: Option<Person> = person.map(serde_json::from_str).transpose().map_err(BoundaryError::input)?;
    Ok(check(bundle, &trust_list(trust)?, person.as_ref(), &SoftwareVerifier))
}
