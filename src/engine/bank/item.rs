//! An item (试题) in its committed form: opaque ids, and texts, key and rationale beside them.

use super::element::ElementCode;
use super::picture::ItemImage;
use super::terms::{Consistency, Difficulty, ItemType};
use kaoping_record::id::{GroupId, ItemId, OptionId};
use serde::{Deserialize, Serialize};

/// The text of the option that agrees with a true/false statement.
pub const TRUE_TEXT: &str = "正确";
/// The text of the option that denies a true/false statement.
pub const FALSE_TEXT: &str = "错误";

/// The items of one range: one file of `items/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemFile {
    /// The range that all items belong to.
    pub range: ElementCode,
    /// In the order of the file, which no draw depends on.
    pub items: Vec<Item>,
}

/// A question of the theory exam with its options, key and rationale.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its identity, which says nothing of its place or content.
    pub id: ItemId,
    /// The point that it examines.
    pub point: ElementCode,
    /// Single choice, multiple choice or true/false (题型).
    #[serde(rename = "type")]
    pub item_type: ItemType,
    /// From 1, which nearly everybody solves, to 5.
    pub difficulty: Difficulty,
    /// How closely it fits its point, where experts have judged that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consistency: Option<Consistency>,
    /// The text that the items of a group have in common (案例), above each item's own stem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The stem (题干).
    pub stem: String,
    /// The picture below the stem (图).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ItemImage>,
    /// The options in authored order; for true/false 正确 and 错误, both pinned.
    pub options: Vec<ItemOption>,
    /// The right options.
    pub key: Vec<OptionId>,
    /// Why they are right (解析); empty where the bank that the item came from says nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rationale: String,
    /// The source of the item: a clause, guideline or law.
    pub source: String,
    /// Whether somebody has looked the source up and found the key supported there. Files leave it
    /// out when it is true.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub source_checked: bool,
    /// Items that must not share a paper with this one, near-twins included.
    #[serde(default)]
    pub enemies: Vec<ItemId>,
    /// The case group that it belongs to.
    #[serde(default)]
    pub group: Option<GroupPlace>,
}

/// An option (选项) of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemOption {
    /// Its identity within the item.
    pub id: OptionId,
    /// The wording that is shown.
    pub text: String,
    /// Never shuffled: true/false, and "以上都是" with its kin.
    #[serde(default, skip_serializing_if = "is_false")]
    pub pinned: bool,
}

/// An item's place in a case group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupPlace {
    /// Id of the case group, shared by all its items.
    pub id: GroupId,
    /// The place in it; items follow by ascending place.
    pub place: u32,
}

/// The value of a member that a file may leave out when it is true.
pub(super) const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_true(value: &bool) -> bool {
    *value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}
