//! The ceremony of the draw, with the demo's two custodians.

use crate::client::Failure;
use crate::setup::{Demo, array, text};
use kaoping_engine::draw::commitment;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::{Digest, to_hex};
use kaoping_record::id::CustodianId;
use serde_json::{Value, json};

/// The office fixes the basis, two custodians commit, the office fixes the manifest, both open, the
/// office deals.
///
/// # Errors
/// When the service refuses a step. Gives the number of seats' papers.
pub async fn ceremony(demo: &Demo) -> Result<usize, Failure> {
    let client = &demo.client;
    let path = |step: &str| format!("/api/v1/batches/{}/draw/{step}", demo.batch);
    let fixed = client.post(&demo.office, &path("basis"), &json!({})).await?;
    let basis = fixed.get("basis").ok_or("a basis")?;
    let basis: Digest = serde_json::from_value(basis.get("digest").cloned().ok_or("its digest")?)?;
    let mut opened = Vec::new();
    for login in demo.of("custodian-") {
        let caller = client.login(&login.login, &login.password).await?;
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)?;
        let custodian = CustodianId::new(login.id.clone())?;
        let commitment = commitment(&basis, &custodian, &Bytes32::new(secret));
        client.post(&caller, &path("commitments"), &json!({ "commitment": commitment })).await?;
        opened.push((caller, to_hex(&secret)));
    }
    client.post(&demo.office, &path("manifest"), &json!({})).await?;
    for (caller, secret) in opened {
        client.post(&caller, &path("openings"), &json!({ "secret": secret })).await?;
    }
    client.post(&demo.office, &path("deal"), &json!({})).await?;
    let mut seats = 0;
    let mut after = String::new();
    loop {
        let page = client.get(&demo.office, &path(&format!("papers?limit=500{after}"))).await?;
        let papers = array(&page, "papers").iter();
        seats += papers.filter(|paper| paper.get("use").and_then(Value::as_str) == Some("seat")).count();
        match text(&page, "next") {
            Ok(next) => after = format!("&after={next}"),
            Err(_) => return Ok(seats),
        }
    }
}
