//! The public index of a bank: all that the draw reads, and nothing of the texts.

use super::element::ElementCode;
use super::item::GroupPlace;
use super::terms::{BankKind, Difficulty, Function, Importance, ItemType, Level};
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::Digest;
use kaoping_record::id::{BankId, ItemId, OptionId};
use serde::{Deserialize, Serialize};

/// The version of the index's form.
pub const INDEX_VERSION: u32 = 1;

/// A bank's public index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// Id of the bank (题库).
    pub bank: BankId,
    /// National (国家题库) or a province's extended bank (拓展题库).
    pub kind: BankKind,
    /// The level that it is for (技能等级): 5, 4 or 3.
    pub level: Level,
    /// The bank's label, such as 样题，非国家题库.
    pub label: String,
    /// [`INDEX_VERSION`].
    pub v: u32,
    /// The items, sorted by id.
    pub items: Vec<IndexItem>,
}

/// An item as everyone may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexItem {
    /// Id of the item (试题), which is never reused.
    pub id: ItemId,
    /// Its point's function.
    pub function: Function,
    /// Single choice, multiple choice or true/false (题型).
    #[serde(rename = "type")]
    pub item_type: ItemType,
    /// From 1, which nearly everybody solves, to 5.
    pub difficulty: Difficulty,
    /// Its point; two items of one point never share a paper.
    pub point: ElementCode,
    /// Its point's importance.
    pub importance: Importance,
    /// Items that must not share a paper with it, sorted by id.
    pub enemies: Vec<ItemId>,
    /// Its case group; null is written, so that the document has one form.
    #[serde(deserialize_with = "Option::deserialize")]
    pub group: Option<GroupPlace>,
    /// Its options in authored order.
    pub options: Vec<IndexOption>,
    /// The salted digest of its texts.
    pub content: Digest,
    /// The salted digest of its key, with a salt of its own.
    pub key: Digest,
}

/// An option as everyone may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexOption {
    /// Id of the option, unique within its item.
    pub id: OptionId,
    /// Stays in authored order after those that are shuffled.
    pub pinned: bool,
}

impl Index {
    /// The digest by which a manifest names this index.
    ///
    /// # Errors
    /// [`CanonicalError`] when it lies outside the canonical profile.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        Ok(Digest::of(&canonical::to_bytes(self)?))
    }

    /// The commitment to all keys of the bank: `H("kaoping/answer-keys/1", bank, key₁, key₂, …)`
    /// over the items' key digests (32 bytes each) in their order.
    #[must_use]
    pub fn answer_keys(&self) -> Digest {
        let head: [&[u8]; 2] = [b"kaoping/answer-keys/1", self.bank.as_str().as_bytes()];
        let keys = self.items.iter().map(|item| item.key.as_bytes().as_slice());
        Digest::of_parts(&head.into_iter().chain(keys).collect::<Vec<_>>())
    }
}
