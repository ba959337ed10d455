//! A wrong key in the simulated batch: the item that most papers have is found to have another key
//! after the closing. Those whose paper has it were at the edge of passing: some pass by the old
//! key alone, some by the new one.

use crate::proofs;
use hyper::Method;
use kaoping_demo::client::{Caller, Client, Failure};
use kaoping_demo::setup::{Demo, another_officer, array, text};
use kaoping_engine::draw::Paper;
use kaoping_engine::session::hand_in::Receipt;
use kaoping_engine::verify::file::trust::TrustList;
use kaoping_record::id::OptionId;
use kaoping_record::message::Signed;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Right answers of somebody who just passes: each item is worth a mark.
const JUST_PASSED: usize = 60;

/// The item, and which of its candidates fall by the correction; the others rise.
pub(crate) struct WrongKey {
    item: String,
    /// The option that is right in truth.
    truth: OptionId,
    falls: BTreeMap<u64, bool>,
}

impl WrongKey {
    /// The item that most of these people's papers have.
    pub(crate) async fn choose(
        client: &Client,
        seats: &[(u64, Caller)],
        keys: &BTreeMap<String, Vec<String>>,
    ) -> Result<Self, Failure> {
        let mut holders: BTreeMap<String, (Vec<u64>, Vec<OptionId>)> = BTreeMap::new();
        for (number, caller) in seats {
            for entry in paper(client, caller).await?.items {
                let (people, options) = holders.entry(entry.item.to_string()).or_default();
                people.push(*number);
                *options = entry.options;
            }
        }
        let most = holders.into_iter().max_by_key(|(_, (people, options))| (options.len() > 2, people.len()));
        let (item, (people, options)) = most.ok_or("no paper has an item")?;
        let key = keys.get(&item).ok_or("the item has no key")?;
        let truth = options.into_iter().find(|option| !key.iter().any(|right| right == option.as_str()));
        let truth = truth.ok_or("the item has no other option")?;
        println!("key: `{item}` stands in {} papers, whose candidates are at the edge of passing", people.len());
        let falls = (0..).zip(people).map(|(place, number)| (number, place % 2 == 0)).collect();
        Ok(Self { item, truth, falls })
    }

    /// What somebody at the edge chooses; `None` for everybody else.
    pub(crate) fn choices(
        &self,
        number: u64,
        paper: &Paper,
        keys: &BTreeMap<String, Vec<String>>,
    ) -> Option<Vec<Vec<OptionId>>> {
        let falls = *self.falls.get(&number)?;
        let mut left = JUST_PASSED - 1;
        let choices = paper.items.iter().map(|entry| {
            let key = keys.get(entry.item.as_str()).map(Vec::as_slice).unwrap_or_default();
            let is_right = |option: &&OptionId| key.iter().any(|right| right == option.as_str());
            if entry.item.as_str() == self.item && !falls {
                return vec![self.truth.clone()];
            }
            let is_known = entry.item.as_str() == self.item || left > 0;
            if is_known && entry.item.as_str() != self.item {
                left -= 1;
            }
            entry.options.iter().filter(|option| is_right(option) == is_known).take(1).cloned().collect()
        });
        Some(choices.collect())
    }

    /// Corrects the key: dry run, proposal, approval by another officer, and the walk over the
    /// candidates. Then everything that is published is fetched and checked once more, and kept in
    /// a folder of its own beside what was published before.
    pub(crate) async fn correct(
        &self,
        demo: &Demo,
        out: &Path,
        trust: &TrustList,
        receipts: &[Signed<Receipt>],
    ) -> Result<(), Failure> {
        let client = &demo.client;
        let path = |step: &str| format!("/api/v1/batches/{}{step}", demo.batch);
        let rule = json!({ "kind": "accepted", "keys": [[self.truth]] });
        let asked = json!({ "item": self.item, "rule": rule });
        let preview = client.post(&demo.office, &path("/key-corrections/preview"), &asked).await?;
        let effect = preview.get("effect").cloned().unwrap_or_default();
        println!("key: the dry run says {effect}");
        let count = |name: &str| effect.get(name).and_then(Value::as_u64).unwrap_or(0);
        if count("now_passed") == 0 || count("now_failed") == 0 {
            return Err("the correction does not flip outcomes both ways".into());
        }
        let reason = "教材修订后另一选项才正确，标准答案有误。";
        let proposal = json!({ "item": self.item, "rule": rule, "reason": reason, "request": "propose-the-right-key" });
        client.post(&demo.office, &path("/key-corrections"), &proposal).await?;
        let login = another_officer(client, &demo.office).await?;
        let second = client.login(&login.login, &login.password).await?;
        let approval = json!({ "request": "approve-the-right-key" });
        client.post(&second, &path("/key-corrections/approval"), &approval).await?;
        loop {
            let settled = client.post(&second, &path("/key-corrections/settling"), &json!({})).await?;
            println!("key: {settled}");
            if settled.get("is_complete") == Some(&Value::Bool(true)) {
                break;
            }
        }
        client.post(&demo.office, &path("/certificates"), &json!({})).await?;
        let corrected = out.join("corrected");
        std::fs::create_dir_all(&corrected)?;
        std::fs::write(corrected.join("preview.json"), serde_json::to_vec_pretty(&preview)?)?;
        for name in ["trust.json", "draw.json"] {
            std::fs::copy(out.join(name), corrected.join(name))?;
        }
        let results = client.get(&demo.office, &path("/results")).await?;
        let mut passers = Vec::new();
        for result in array(&results, "results") {
            let pseudonym = text(result, "pseudonym")?;
            let bundle = path(&format!("/results/{pseudonym}/bundle"));
            let bundle = client.bytes(&demo.office, Method::GET, &bundle, None).await?;
            std::fs::write(corrected.join(format!("result-{pseudonym}.json")), &bundle)?;
            if result.get("outcome") == Some(&json!("passed")) {
                passers.push(pseudonym);
            }
        }
        proofs::save(demo, &corrected, trust, receipts).await?;
        let certified = proofs::certificates(demo, &corrected, trust, &passers).await?;
        if certified == passers.len() {
            return Ok(());
        }
        Err(format!("{certified} of {} passers have a certificate that holds", passers.len()).into())
    }
}

async fn paper(client: &Client, caller: &Caller) -> Result<Paper, Failure> {
    let shown = client.get(caller, "/api/v1/seat/paper").await?;
    Ok(serde_json::from_str(&text(&shown, "paper")?)?)
}
