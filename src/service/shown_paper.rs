//! Papers as a seat shows them: text and order, never a key.

use crate::refusal::Refusal;
use kaoping_engine::bank::picture::PictureType;
use kaoping_engine::bank::seal::ItemContent;
use kaoping_engine::bank::{Content, Index, ItemType};
use kaoping_engine::blueprint::Blueprint;
use kaoping_engine::draw::paper::Paper;
use kaoping_engine::fault::Text;
use kaoping_engine::session::answers::SeveralOptions;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::{ItemId, OptionId};
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
#[derive(Serialize, ToSchema)]
pub struct ShownItem<'a> {
    #[schema(value_type = ItemId)]
    item: &'a ItemId,
    #[serde(rename = "type")]
    item_type: ItemType,
    /// The case that several items share.
    case: Option<&'a str>,
    stem: &'a str,
    /// The picture below the stem.
    image: Option<ShownImage<'a>>,
    options: Vec<ShownOption<'a>>,
}

/// The picture of an item.
#[derive(Serialize, ToSchema)]
pub struct ShownImage<'a> {
    /// SHA-256 of the picture, which comes with the paper.
    picture: String,
    /// A description of the drawing, for people who cannot see it.
    alt: &'a str,
}

/// A picture that comes with a paper, so that nothing is fetched while it is answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShownPicture {
    /// Its SHA-256.
    pub digest: String,
    /// What kind of file it is.
    #[serde(rename = "type")]
    pub picture_type: PictureType,
    /// The file in base64 (RFC 4648, section 4).
    pub base64: String,
}

/// An option as it is shown.
#[derive(Serialize, ToSchema)]
pub struct ShownOption<'a> {
    #[schema(value_type = String)]
    id: &'a OptionId,
    text: &'a str,
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
    /// Types and texts of its items, in order; all papers share the texts of their bank.
    texts: Vec<(ItemType, Arc<ItemContent>)>,
    /// The pictures that they show, each once.
    pub pictures: BTreeMap<Digest, PictureType>,
}

impl ShownPaper {
    /// Its items, in order.
    pub fn items(&self) -> impl Iterator<Item = ShownItem<'_>> {
        self.paper.items.iter().zip(&self.texts).map(|(entry, (item_type, content))| ShownItem {
            item: &entry.item,
            item_type: *item_type,
            case: content.case.as_deref(),
            stem: &content.stem,
            image: content.image.as_ref().map(|image| ShownImage { picture: image.digest.to_hex(), alt: &image.alt }),
            options: entry.options.iter().filter_map(|id| shown_option(content, id)).collect(),
        })
    }
}

/// An option of an item; `None` when the item has no such option.
fn shown_option<'a>(content: &'a ItemContent, id: &'a OptionId) -> Option<ShownOption<'a>> {
    let option = content.options.iter().find(|option| option.id == *id)?;
    Some(ShownOption { id, text: &option.text })
}

/// Banks with the text of their items.
#[derive(Default)]
pub struct BankTexts {
    /// Public indexes.
    pub indexes: Vec<Index>,
    types: BTreeMap<ItemId, ItemType>,
    contents: BTreeMap<ItemId, Arc<ItemContent>>,
}

impl BankTexts {
    /// Adds a bank.
    pub fn add(&mut self, index: Index, content: Content) {
        self.types.extend(index.items.iter().map(|item| (item.id.clone(), item.item_type)));
        self.contents.extend(content.items.into_iter().map(|item| (item.id.clone(), Arc::new(item))));
        self.indexes.push(index);
    }

    /// The texts of an item.
    #[must_use]
    pub fn content(&self, item: &ItemId) -> Option<&ItemContent> {
        self.contents.get(item).map(Arc::as_ref)
    }
}

/// A dealt paper with the text of its items.
///
/// # Errors
/// [`Refusal::internal`] when an item is in no bank, or lacks an option.
pub fn render_paper(bytes: &[u8], texts: &BankTexts, blueprint: &Blueprint) -> Result<ShownPaper, Refusal> {
    let paper: Paper = canonical::from_bytes(bytes)?;
    let mut shown = Vec::with_capacity(paper.items.len());
    let mut several = SeveralOptions::new();
    let mut pictures = BTreeMap::new();
    let mut sections: Vec<Section> = Vec::new();
    for (entry, number) in paper.items.iter().zip(1..) {
        let missing = || Refusal::internal(format!("item {} of a paper is in no bank", entry.item));
        let item_type = *texts.types.get(&entry.item).ok_or_else(missing)?;
        let content = texts.contents.get(&entry.item).ok_or_else(missing)?;
        if entry.options.iter().any(|id| shown_option(content, id).is_none()) {
            return Err(missing());
        }
        if item_type == ItemType::MultipleChoice {
            several.insert(entry.item.clone());
        }
        pictures.extend(content.image.as_ref().map(|image| (image.digest, image.picture_type)));
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
        shown.push((item_type, content.clone()));
    }
    Ok(ShownPaper {
        digest: Digest::of(bytes),
        text: String::from_utf8_lossy(bytes).into_owned(),
        paper,
        several,
        sections,
        texts: shown,
        pictures,
    })
}

fn section_title(item_type: ItemType) -> Text {
    match item_type {
        ItemType::SingleChoice => Text::new("单选题", "single choice"),
        ItemType::MultipleChoice => Text::new("多选题", "multiple choice"),
        ItemType::TrueFalse => Text::new("判断题", "true or false"),
    }
}
