//! Sealing: a bank becomes a public index, and texts and keys that are bound to it by salted
//! digests.
//!
//! - `content` = `H("kaoping/item-content/1", salt, bytes)` over the canonical bytes of
//!   `{id, stem, options: [{id, text}]}`, and `case` and `image: {alt, digest, type}` where the
//!   item has them; `digest` is the SHA-256 of the picture's bytes, so that the index covers the
//!   picture too
//! - `key` = `H("kaoping/item-key/1", salt, bytes)` over the canonical bytes of `{id, key}`, the
//!   option ids sorted
//!
//! Both salts are 32 random bytes of their own: a true/false key must not be guessable from its
//! digest, nor a key from an opened text.

use super::authored::AuthoredBank;
use super::element::ElementCode;
use super::index::{INDEX_VERSION, Index, IndexItem, IndexOption};
use super::item::Item;
use super::picture::{ImageContent, Picture};
use super::terms::{Function, Importance};
use kaoping_record::bytes32::Bytes32;
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::Digest;
use kaoping_record::id::{BankId, ItemId, OptionId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The version of the forms of texts and keys.
pub const SEALED_VERSION: u32 = 1;

/// The texts of a bank: what candidates see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// Id of the bank (题库).
    pub bank: BankId,
    /// [`SEALED_VERSION`].
    pub v: u32,
    /// The items, sorted by id.
    pub items: Vec<ItemContent>,
}

/// The texts of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemContent {
    /// Id of the item (试题), which is never reused.
    pub id: ItemId,
    /// The text that its group has in common.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The question itself (题干).
    pub stem: String,
    /// The picture below the stem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageContent>,
    /// The options in authored order.
    pub options: Vec<OptionContent>,
    /// The salt of the index's `content`.
    pub salt: Bytes32,
}

/// The text of an option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionContent {
    /// Id of the option, unique within its item.
    pub id: OptionId,
    /// The wording that is shown.
    pub text: String,
}

/// The keys of a bank: for scoring and audit alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Id of the bank (题库).
    pub bank: BankId,
    /// [`SEALED_VERSION`].
    pub v: u32,
    /// The items, sorted by id.
    pub items: Vec<ItemKey>,
}

/// The key of an item, and why it is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemKey {
    /// Id of the item (试题), which is never reused.
    pub id: ItemId,
    /// The right options, sorted.
    pub key: Vec<OptionId>,
    /// The salt of the index's `key`.
    pub salt: Bytes32,
    /// Why they are right. It gives the key away, so it is kept here.
    pub rationale: String,
    /// The source of the item.
    pub source: String,
}

/// A bank in its three parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBank {
    /// What everyone may see.
    pub index: Index,
    /// What candidates see in their papers.
    pub content: Content,
    /// What scores.
    pub keys: Keys,
    /// The pictures that the texts name, by SHA-256.
    pub pictures: BTreeMap<Digest, Picture>,
}

/// Why a bank cannot be sealed, or its parts do not belong together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// An item of a point that the element table lacks; the gate refuses such a bank.
    #[error("item `{0}` belongs to a point that the element table does not have")]
    Point(ItemId),
    /// An item names a picture that is not there or was refused; the gate refuses such a bank.
    #[error("item `{0}` names a picture that the bank does not have")]
    Picture(ItemId),
    /// The parts are of different banks or of another version.
    #[error("texts or keys of bank `{found}` do not belong to the index of bank `{expected}`")]
    Bank {
        /// The index's bank.
        expected: BankId,
        /// The other part's.
        found: BankId,
    },
    /// Items that the index has and the other part lacks, or the other way round, or that occur
    /// twice.
    #[error("texts or keys are not those of the index's items: {} items differ", .0.len())]
    Items(Vec<ItemId>),
    /// Items whose texts or keys are not the ones that the index committed to.
    #[error("texts or keys were altered: {} items differ from the index", .0.len())]
    Altered(Vec<ItemId>),
    /// A text outside the canonical profile.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

/// Seals a bank. `salts` gives fresh random bytes each time: two salts an item.
///
/// # Errors
/// [`SealError::Point`] and [`SealError::Picture`] for a bank that did not pass its gate.
pub fn seal(bank: &AuthoredBank, salts: &mut dyn FnMut() -> [u8; 32]) -> Result<SealedBank, SealError> {
    let points: BTreeMap<&ElementCode, (Function, Importance)> =
        bank.points().map(|(function, point)| (&point.code, (function, point.importance))).collect();
    let mut items: Vec<&Item> = bank.items().map(|(_, item)| item).collect();
    items.sort_by(|a, b| a.id.cmp(&b.id));

    let (mut index, mut content, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    let mut pictures = BTreeMap::new();
    for item in items {
        let (function, importance) =
            points.get(&item.point).copied().ok_or_else(|| SealError::Point(item.id.clone()))?;
        let image = image_of(bank, item, &mut pictures)?;
        let texts = texts_of(item, image, Bytes32::new(salts()));
        let key = key_of(item, Bytes32::new(salts()));
        index.push(IndexItem {
            id: item.id.clone(),
            function,
            item_type: item.item_type,
            difficulty: item.difficulty,
            point: item.point.clone(),
            importance,
            enemies: item.enemies.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect(),
            group: item.group.clone(),
            options: item.options.iter().map(|o| IndexOption { id: o.id.clone(), pinned: o.pinned }).collect(),
            content: texts.digest()?,
            key: key.digest()?,
        });
        content.push(texts);
        keys.push(key);
    }
    let id = &bank.head.id;
    Ok(SealedBank {
        index: Index {
            bank: id.clone(),
            kind: bank.head.kind,
            level: bank.head.level,
            label: bank.head.label.clone(),
            v: INDEX_VERSION,
            items: index,
        },
        content: Content { bank: id.clone(), v: SEALED_VERSION, items: content },
        keys: Keys { bank: id.clone(), v: SEALED_VERSION, items: keys },
        pictures,
    })
}

impl ItemContent {
    /// The salted digest of the texts.
    ///
    /// # Errors
    /// [`CanonicalError`] when a text lies outside the canonical profile.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        #[derive(Serialize)]
        struct Committed<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            case: Option<&'a str>,
            id: &'a ItemId,
            #[serde(skip_serializing_if = "Option::is_none")]
            image: Option<&'a ImageContent>,
            options: &'a [OptionContent],
            stem: &'a str,
        }
        let bytes = canonical::to_bytes(&Committed {
            case: self.case.as_deref(),
            id: &self.id,
            image: self.image.as_ref(),
            options: &self.options,
            stem: &self.stem,
        })?;
        Ok(Digest::of_parts(&[b"kaoping/item-content/1", self.salt.as_bytes(), &bytes]))
    }
}

impl ItemKey {
    /// The salted digest of the key.
    ///
    /// # Errors
    /// [`CanonicalError`]: never for option ids, which are ASCII.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        key_digest(&self.id, &self.key, &self.salt)
    }
}

/// The salted digest of an item's key, by which the index commits to it.
///
/// # Errors
/// [`CanonicalError`]: never for option ids, which are ASCII.
pub fn key_digest(item: &ItemId, key: &[OptionId], salt: &Bytes32) -> Result<Digest, CanonicalError> {
    #[derive(Serialize)]
    struct Committed<'a> {
        id: &'a ItemId,
        key: Vec<&'a OptionId>,
    }
    let mut key: Vec<&OptionId> = key.iter().collect();
    key.sort();
    let bytes = canonical::to_bytes(&Committed { id: item, key })?;
    Ok(Digest::of_parts(&[b"kaoping/item-key/1", salt.as_bytes(), &bytes]))
}

impl Content {
    /// Checks that these are the texts that the index committed to: all of them, unaltered.
    ///
    /// # Errors
    /// [`SealError`] with the items that differ.
    pub fn check(&self, index: &Index) -> Result<(), SealError> {
        let expected = index.items.iter().map(|item| (&item.id, item.content));
        let found = self.items.iter().map(|item| Ok((&item.id, item.digest()?)));
        compare(index, &self.bank, self.v, expected, found)
    }
}

impl Keys {
    /// Checks that these are the keys that the index committed to: all of them, unaltered.
    ///
    /// # Errors
    /// [`SealError`] with the items that differ.
    pub fn check(&self, index: &Index) -> Result<(), SealError> {
        let expected = index.items.iter().map(|item| (&item.id, item.key));
        let found = self.items.iter().map(|item| Ok((&item.id, item.digest()?)));
        compare(index, &self.bank, self.v, expected, found)
    }
}

fn compare<'a>(
    index: &Index,
    bank: &BankId,
    version: u32,
    expected: impl Iterator<Item = (&'a ItemId, Digest)>,
    found: impl Iterator<Item = Result<(&'a ItemId, Digest), CanonicalError>>,
) -> Result<(), SealError> {
    if *bank != index.bank || version != SEALED_VERSION {
        return Err(SealError::Bank { expected: index.bank.clone(), found: bank.clone() });
    }
    let mut expected: BTreeMap<&ItemId, Digest> = expected.collect();
    let (mut strange, mut altered) = (Vec::new(), Vec::new());
    for entry in found {
        let (id, digest) = entry?;
        match expected.remove(id) {
            None => strange.push(id.clone()),
            Some(committed) if committed != digest => altered.push(id.clone()),
            Some(_) => {}
        }
    }
    strange.extend(expected.into_keys().cloned());
    if !strange.is_empty() {
        return Err(SealError::Items(strange));
    }
    if altered.is_empty() { Ok(()) } else { Err(SealError::Altered(altered)) }
}

fn texts_of(item: &Item, image: Option<ImageContent>, salt: Bytes32) -> ItemContent {
    let options = item.options.iter().map(|o| OptionContent { id: o.id.clone(), text: o.text.clone() }).collect();
    ItemContent { id: item.id.clone(), case: item.case.clone(), stem: item.stem.clone(), image, options, salt }
}

/// What the text says of the item's picture, which is put to the others.
fn image_of(
    bank: &AuthoredBank,
    item: &Item,
    pictures: &mut BTreeMap<Digest, Picture>,
) -> Result<Option<ImageContent>, SealError> {
    let Some(image) = &item.image else { return Ok(None) };
    let Some(Ok(picture)) = bank.pictures.get(&image.file) else { return Err(SealError::Picture(item.id.clone())) };
    let digest = Digest::of(&picture.bytes);
    pictures.entry(digest).or_insert_with(|| picture.clone());
    Ok(Some(ImageContent { alt: image.alt.clone(), digest, picture_type: picture.picture_type }))
}

fn key_of(item: &Item, salt: Bytes32) -> ItemKey {
    let mut key = item.key.clone();
    key.sort();
    ItemKey { id: item.id.clone(), key, salt, rationale: item.rationale.clone(), source: item.source.clone() }
}
