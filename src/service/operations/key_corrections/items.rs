//! The items of a batch whose key may be corrected.

use super::super::{banks, papers, stored};
use crate::aggregates::batch::BatchState;
use crate::app::App;
use crate::refusal::Refusal;
use kaoping_engine::bank::index::IndexItem;
use kaoping_engine::bank::seal::{ItemContent, ItemKey};
use kaoping_engine::bank::{Index, Keys};
use kaoping_engine::theory::key_rule::KeyRule;
use kaoping_record::id::{BankId, ItemId};

/// The most items that a search gives.
const MOST_FOUND: usize = 20;

/// An item of a batch's banks, with its key.
pub struct BatchItem {
    pub bank: BankId,
    pub index: IndexItem,
    pub content: ItemContent,
    /// The bank's own key.
    pub key: ItemKey,
    /// What counts today: the bank's key, or the rule that took its place.
    pub present: KeyRule,
}

/// An item of a batch's banks.
///
/// # Errors
/// `not_closed`; [`Refusal::not_found`] for an item of another bank.
pub async fn item_of(app: &App, state: &BatchState, item: &ItemId) -> Result<BatchItem, Refusal> {
    let corrections = state.key_corrections()?;
    let missing = || Refusal::not_found("item");
    for (index, _) in banks::indexes(app, &state.plan).await? {
        let Some(found) = index.items.iter().find(|known| known.id == *item) else { continue };
        let key = key_of(app, &index, item).await?.ok_or_else(missing)?;
        let texts = papers::texts(app).await?;
        let content = texts.content(item).ok_or_else(missing)?.clone();
        let present = match corrections.of(item) {
            Some(corrected) => corrected.rule.clone(),
            None => KeyRule::accepting([key.key.clone()]),
        };
        return Ok(BatchItem { bank: index.bank.clone(), index: found.clone(), content, key, present });
    }
    Err(missing())
}

async fn key_of(app: &App, index: &Index, item: &ItemId) -> Result<Option<ItemKey>, Refusal> {
    for (bank, sealed) in banks::sealed_banks(app).await? {
        if bank == index.bank.as_str() {
            let keys: Keys = stored::read_blob(app, &sealed.keys).await?;
            return Ok(keys.items.into_iter().find(|key| key.id == *item));
        }
    }
    Ok(None)
}

/// The rule in its one form, when it fits the item.
///
/// # Errors
/// `rule`.
pub fn fitting(item: &BatchItem, rule: &KeyRule) -> Result<KeyRule, Refusal> {
    let rule = match rule {
        KeyRule::Accepted { keys } => KeyRule::accepting(keys.iter().cloned()),
        KeyRule::Struck {} => KeyRule::Struck {},
    };
    if rule.is_well_formed() && rule.fits(&item.index) {
        return Ok(rule);
    }
    Err(Refusal::invalid(
        "rule",
        "rule",
        (
            "答案不是本题的选项，或个数与题型不符。",
            "an accepted key names no option of the item, or does not fit its type",
        ),
        (
            "单选和判断每个答案选一个选项，多选选两个以上。",
            "one option in each key of a single choice or true/false, two or more of a multiple choice",
        ),
    ))
}

/// Items of a batch's banks whose stem holds a text, or whose identifier begins with it: at most
/// twenty.
///
/// # Errors
/// `not_closed`; [`Refusal::internal`] when the store fails.
pub async fn find(app: &App, state: &BatchState, text: &str) -> Result<Vec<ItemContent>, Refusal> {
    state.key_corrections()?;
    let text = text.trim();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let texts = papers::texts(app).await?;
    let mut found = Vec::new();
    for (index, _) in banks::indexes(app, &state.plan).await? {
        let contents = index.items.iter().filter_map(|item| texts.content(&item.id));
        let fits = |content: &&ItemContent| content.stem.contains(text) || content.id.as_str().starts_with(text);
        found.extend(contents.filter(fits).take(MOST_FOUND - found.len()).cloned());
    }
    Ok(found)
}
