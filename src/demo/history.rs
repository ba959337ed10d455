//! The events of a seat so far, which the service returns page by page.

use crate::client::{Caller, Client, Failure};
use crate::setup::array;
use serde_json::Value;

/// All events of a sitting, as canonical texts.
#[derive(Default)]
pub struct History {
    /// Of the PCs before.
    pub before: Vec<String>,
    /// Of the PC that asks.
    pub journal: Vec<String>,
}

/// The whole history, whose first page came with the paper.
///
/// # Errors
/// When a page cannot be read.
pub async fn history(client: &Client, caller: &Caller, paper: &Value) -> Result<History, Failure> {
    let mut history = History::default();
    let mut page = paper.clone();
    loop {
        let texts = |member: &str| -> Vec<String> {
            array(&page, member).iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        history.before.extend(texts("before"));
        history.journal.extend(texts("journal"));
        let Some(next) = page.get("next").filter(|next| !next.is_null()) else { return Ok(history) };
        let number =
            |member: &str| next.get(member).and_then(Value::as_u64).ok_or("a page names where the next begins");
        let path = format!("/api/v1/seat/paper/history?pc={}&seq={}", number("pc")?, number("seq")?);
        page = client.get(caller, &path).await?;
    }
}
