//! Papers as a seat shows them: text and order, never a key.

use crate::app::App;
use crate::error::ApiError;
use crate::state::bank::BankState;
use crate::state::batch::BatchState;
use crate::state::paper::{PaperState, paper_key};
use crate::state::sitting::Place;
use kaoping_engine::bank::{Content, Index, ItemType};
use kaoping_engine::draw::paper::Paper;
use kaoping_engine::fault::Text;
use kaoping_engine::session::answers::SeveralOptions;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::ItemId;
use kaoping_store::Collection;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// A part of the paper with one type of item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Section {
    /// The type.
    #[serde(rename = "type")]
    item_type: ItemType,
    /// What it is called.
    title: Text,
    /// Number of its first item, from 1.
    from: usize,
    /// Number of its last item.
    to: usize,
    /// What each item is worth, in half-marks.
    half_marks: u32,
}

/// An item as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShownItem {
    item: ItemId,
    #[serde(rename = "type")]
    item_type: ItemType,
    /// The case that several items share.
    case: Option<String>,
    stem: String,
    options: Vec<ShownOption>,
}

/// An option as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShownOption {
    id: String,
    text: String,
}

/// A paper ready to be shown.
pub struct ShownPaper {
    /// The paper.
    pub paper: Paper,
    /// Its canonical JSON.
    pub text: String,
    /// Its digest.
    pub digest: Digest,
    /// Items of which several options may be chosen.
    pub several: SeveralOptions,
    /// Its parts.
    pub sections: Vec<Section>,
    /// Its items, in order.
    pub items: Vec<ShownItem>,
}

/// Banks of a batch with the text of their items.
pub struct BankTexts {
    /// Public indexes.
    pub indexes: Vec<Index>,
    types: BTreeMap<ItemId, ItemType>,
    contents: BTreeMap<ItemId, kaoping_engine::bank::seal::ItemContent>,
}

/// The paper of a sitting.
///
/// # Errors
/// 409 before the papers are dealt, 500 when the store fails.
pub async fn of_sitting(app: &App, batch: &BatchState, place: &Place) -> Result<Arc<ShownPaper>, ApiError> {
    let key = paper_key(&place.batch, place.seat.as_str());
    if let Some(paper) = app.shown_papers.get(&key) {
        return Ok(paper);
    }
    let state: PaperState = app.need(&key, "paper").await?;
    let dealt = state.dealt.ok_or_else(|| ApiError::not_found("paper"))?;
    let bytes = super::needed_blob(app, &dealt.digest).await?;
    let texts = texts(app).await?;
    let blueprint = super::batches::blueprint(app, batch.plan()?)?;
    let shown = Arc::new(show(&bytes, &texts, &blueprint)?);
    app.shown_papers.put(key, shown.clone());
    Ok(shown)
}

/// All banks with the text of their items.
///
/// # Errors
/// 500 when the store fails.
pub async fn texts(app: &App) -> Result<Arc<BankTexts>, ApiError> {
    if let Some(texts) = app.bank_texts.get("all") {
        return Ok(texts);
    }
    let mut texts = BankTexts { indexes: Vec::new(), types: BTreeMap::new(), contents: BTreeMap::new() };
    for row in super::all(app, Collection::Bank, "").await? {
        let bank: BankState = super::state_of(&row)?;
        let Some(sealed) = bank.sealed else { continue };
        let index: Index = canonical::from_bytes(&super::needed_blob(app, &sealed.index).await?)?;
        let content: Content = canonical::from_bytes(&super::needed_blob(app, &sealed.content).await?)?;
        texts.types.extend(index.items.iter().map(|item| (item.id.clone(), item.item_type)));
        texts.contents.extend(content.items.into_iter().map(|item| (item.id.clone(), item)));
        texts.indexes.push(index);
    }
    let texts = Arc::new(texts);
    app.bank_texts.put("all".to_owned(), texts.clone());
    Ok(texts)
}

fn show(
    bytes: &[u8],
    texts: &BankTexts,
    blueprint: &kaoping_engine::blueprint::Blueprint,
) -> Result<ShownPaper, ApiError> {
    let paper: Paper = canonical::from_bytes(bytes)?;
    let mut items = Vec::with_capacity(paper.items.len());
    let mut several = SeveralOptions::new();
    let mut sections: Vec<Section> = Vec::new();
    for (entry, number) in paper.items.iter().zip(1..) {
        let missing = || ApiError::internal(format!("item {} of a paper is in no bank", entry.item));
        let item_type = *texts.types.get(&entry.item).ok_or_else(missing)?;
        let content = texts.contents.get(&entry.item).ok_or_else(missing)?;
        let text = |id: &kaoping_record::id::OptionId| {
            content.options.iter().find(|option| option.id == *id).map(|option| option.text.clone())
        };
        let options =
            entry.options.iter().map(|id| Ok(ShownOption { id: id.to_string(), text: text(id).ok_or_else(missing)? }));
        if item_type == ItemType::MultipleChoice {
            several.insert(entry.item.clone());
        }
        match sections.last_mut() {
            Some(section) if section.item_type == item_type => section.to = number,
            _ => sections.push(Section {
                item_type,
                title: section_title(item_type),
                from: number,
                to: number,
                half_marks: blueprint.half_marks(item_type).map_or(0, |marks| marks.get()),
            }),
        }
        items.push(ShownItem {
            item: entry.item.clone(),
            item_type,
            case: content.case.clone(),
            stem: content.stem.clone(),
            options: options.collect::<Result<_, ApiError>>()?,
        });
    }
    Ok(ShownPaper {
        digest: Digest::of(bytes),
        text: String::from_utf8_lossy(bytes).into_owned(),
        paper,
        several,
        sections,
        items,
    })
}

fn section_title(item_type: ItemType) -> Text {
    match item_type {
        ItemType::SingleChoice => Text::new("单选题", "single choice"),
        ItemType::MultipleChoice => Text::new("多选题", "multiple choice"),
        ItemType::TrueFalse => Text::new("判断题", "true or false"),
    }
}
