//! The ceremony of the draw, with the demo's two custodians.

use crate::client::Failure;
use crate::setup::{Demo, array, now, text};
use kaoping_engine::fault::Text;
use kaoping_engine::view::ceremony::{check_opening, new_secret};
use serde_json::{Value, json};

/// The office fixes the basis, two custodians commit, the office fixes the manifest, both check it
/// as their page does and open, the office deals.
///
/// # Errors
/// When the service refuses a step, or a custodian's check does not hold. Gives the number of
/// seats' papers.
pub async fn ceremony(demo: &Demo) -> Result<usize, Failure> {
    let client = &demo.client;
    let path = |step: &str| format!("/api/v1/batches/{}/draw/{step}", demo.batch);
    let fixed = client.post(&demo.office, &path("basis"), &json!({})).await?;
    let view = |member: &str| fixed.get(member).cloned().ok_or_else(|| format!("a draw without `{member}`"));
    let basis = view("basis")?.get("digest").cloned().ok_or("its digest")?;
    let trust = client.get(&demo.office, "/api/v1/trust").await?.to_string();
    let mut kept = Vec::new();
    for login in demo.of("custodian-") {
        let caller = client.login(&login.login, &login.password).await?;
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        let place = json!({
            "batch": view("batch")?,
            "attempt": view("attempt")?,
            "basis": basis,
            "custodian": login.id,
            "profile": view("profile")?,
        });
        let secret = new_secret(&place.to_string(), &trust, random).map_err(|refused| said(&refused.message))?;
        client.post(&caller, &path("commitments"), &json!({ "commitment": secret.commitment })).await?;
        kept.push((caller, secret.file));
    }
    client.post(&demo.office, &path("manifest"), &json!({})).await?;
    for (caller, file) in kept {
        let manifest = client.get(&caller, &path("manifest")).await?.to_string();
        let checked = check_opening(&file, &manifest, now()?).map_err(|refused| said(&refused.message))?;
        let secret = checked.secret.ok_or_else(|| said(&checked.report.summary))?;
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

fn said(text: &Text) -> String {
    format!("{} {}", text.zh, text.en)
}
