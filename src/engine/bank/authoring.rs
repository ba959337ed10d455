//! From what authors write to items with ids.
//!
//! Authors give options as texts, the key as letters (`B`, `ACD`) or as `对` and `错`, and name an
//! enemy by the beginning of its stem. Minting gives every item, option and group an opaque id.
//! Items that have ids keep them, so minting again changes nothing.

use super::authored::Placed;
use super::element::ElementCode;
use super::item::{FALSE_TEXT, GroupPlace, Item, ItemFile, ItemOption, TRUE_TEXT};
use super::picture::ItemImage;
use super::read;
use super::terms::{Consistency, Difficulty, ItemType};
use super::text::fold;
use crate::fault::{Fault, Text};
use kaoping_record::id::{GroupId, IdSeed, ItemId, OptionId};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The most options of an item: as many as there are letters for keys.
const LETTERS: &str = "ABCDEFGH";

/// A file of `items/`, whose items may still be drafts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthoredFile {
    /// Its path within the bank.
    pub path: String,
    /// The range of its items.
    pub range: ElementCode,
    /// Drafts and minted items, in the order of the file.
    pub items: Vec<Authored>,
}

/// An item, with or without ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authored {
    /// It has its ids.
    Minted(Box<Item>),
    /// It has none yet.
    Draft(Box<Draft>),
}

/// An item as its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Code of the point (鉴定点) that it examines.
    pub point: ElementCode,
    /// Single choice, multiple choice or true/false (题型).
    #[serde(rename = "type")]
    pub item_type: ItemType,
    /// From 1, which nearly everybody solves, to 5.
    pub difficulty: Difficulty,
    /// How closely it fits its point, where experts have judged that.
    #[serde(default)]
    pub consistency: Option<Consistency>,
    /// The text that a group has in common.
    #[serde(default)]
    pub case: Option<String>,
    /// The question itself (题干).
    pub stem: String,
    /// The picture below the stem (图).
    #[serde(default)]
    pub image: Option<ItemImage>,
    /// The options' texts; none for true/false.
    #[serde(default)]
    pub options: Vec<String>,
    /// Letters of the right options, or 对 or 错.
    pub key: String,
    /// Why it is right; empty where the bank that the item came from says nothing.
    #[serde(default)]
    pub rationale: String,
    /// Its basis.
    pub source: String,
    /// Whether somebody has looked the source up; left out, it counts as checked.
    #[serde(default = "super::item::yes")]
    pub source_checked: bool,
    /// The beginning of the stem of an item that must not share a paper with this one.
    #[serde(default)]
    pub enemies_hint: Option<String>,
    /// The group, by a name that holds within the file.
    #[serde(default)]
    pub group: Option<GroupPlace>,
}

/// Reads a file of `items/`.
///
/// # Errors
/// Every item that cannot be read.
pub fn read_file(path: &str, bytes: &[u8]) -> Result<AuthoredFile, Vec<Fault>> {
    let (range, values) = read::item_values(path, bytes)?;
    let (mut items, mut faults) = (Vec::new(), Vec::new());
    for (number, value) in (1..).zip(values) {
        let item = if value.get("id").is_some() {
            serde_json::from_value(value).map(|item| Authored::Minted(Box::new(item)))
        } else {
            serde_json::from_value(value).map(|draft| Authored::Draft(Box::new(draft)))
        };
        match item {
            Ok(item) => items.push(item),
            Err(error) => faults.push(read::unreadable(&format!("{path} 第 {number} 题"), &error.to_string())),
        }
    }
    if faults.is_empty() { Ok(AuthoredFile { path: path.to_owned(), range, items }) } else { Err(faults) }
}

/// Gives ids to all drafts. `seeds` gives fresh random bytes each time.
///
/// # Errors
/// Every draft whose key, options or enemy cannot be understood; then nothing is minted.
pub fn mint(files: &[AuthoredFile], seeds: &mut dyn FnMut() -> IdSeed) -> Result<Vec<Placed<ItemFile>>, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut hints: Vec<Hint> = Vec::new();
    let mut minted = Vec::new();
    for file in files {
        let mut groups = known_groups(file);
        let mut items = Vec::new();
        for (number, item) in (1..).zip(&file.items) {
            let place = format!("{} 第 {number} 题", file.path);
            match item {
                Authored::Minted(item) => items.push(item.as_ref().clone()),
                Authored::Draft(draft) => match mint_one(draft, &place, &mut groups, seeds) {
                    Ok(item) => {
                        let beginning = draft.enemies_hint.as_deref().map(fold);
                        hints.extend(beginning.map(|beginning| Hint { place, item: item.id.clone(), beginning }));
                        items.push(item);
                    }
                    Err(fault) => faults.push(*fault),
                },
            }
        }
        minted.push(Placed { file: file.path.clone(), value: ItemFile { range: file.range.clone(), items } });
    }
    if faults.is_empty() {
        faults = resolve(&mut minted, &hints);
    }
    if faults.is_empty() { Ok(minted) } else { Err(faults) }
}

/// An enemy named by the beginning of its stem.
struct Hint {
    place: String,
    item: ItemId,
    beginning: String,
}

fn mint_one(
    draft: &Draft,
    place: &str,
    groups: &mut BTreeMap<GroupId, GroupId>,
    seeds: &mut dyn FnMut() -> IdSeed,
) -> Result<Item, Box<Fault>> {
    let right = right_options(draft).ok_or_else(|| key_fault(draft, place))?;
    let id = ItemId::random(seeds());
    let mut option =
        |text: &str, pinned: bool| ItemOption { id: OptionId::random(seeds()), text: text.to_owned(), pinned };
    let options: Vec<ItemOption> = if draft.item_type == ItemType::TrueFalse {
        [TRUE_TEXT, FALSE_TEXT].map(|text| option(text, true)).into()
    } else {
        draft.options.iter().map(|text| option(text, speaks_of_others(text))).collect()
    };
    let key = right.iter().filter_map(|place| options.get(*place)).map(|option| option.id.clone()).collect();
    let group = draft.group.as_ref().map(|group| GroupPlace {
        id: groups.entry(group.id.clone()).or_insert_with(|| GroupId::random(seeds())).clone(),
        place: group.place,
    });
    Ok(Item {
        id,
        point: draft.point.clone(),
        item_type: draft.item_type,
        difficulty: draft.difficulty,
        consistency: draft.consistency,
        case: draft.case.clone(),
        stem: draft.stem.clone(),
        image: draft.image.clone(),
        options,
        key,
        rationale: draft.rationale.clone(),
        source: draft.source.clone(),
        source_checked: draft.source_checked,
        enemies: Vec::new(),
        group,
    })
}

/// The places of the right options; `None` when the key does not fit the type or names no option.
fn right_options(draft: &Draft) -> Option<Vec<usize>> {
    if draft.item_type == ItemType::TrueFalse {
        return match draft.key.as_str() {
            "对" if draft.options.is_empty() => Some(vec![0]),
            "错" if draft.options.is_empty() => Some(vec![1]),
            _ => None,
        };
    }
    let mut places = draft.key.chars().map(|letter| LETTERS.find(letter)).collect::<Option<Vec<usize>>>()?;
    let written = places.len();
    places.sort_unstable();
    places.dedup();
    let fits = if draft.item_type == ItemType::SingleChoice { written == 1 } else { written >= 2 };
    (fits && places.len() == written && places.iter().all(|place| *place < draft.options.len())).then_some(places)
}

/// 以上都是 and its kin mean something only in their place, after the options that they speak of.
fn speaks_of_others(text: &str) -> bool {
    ["以上", "上述"].iter().any(|word| text.trim_start().starts_with(word))
}

/// Groups that have ids already; a draft may join them by id.
fn known_groups(file: &AuthoredFile) -> BTreeMap<GroupId, GroupId> {
    let ids = file.items.iter().filter_map(|item| match item {
        Authored::Minted(item) => item.group.as_ref().map(|group| group.id.clone()),
        Authored::Draft(_) => None,
    });
    ids.map(|id| (id.clone(), id)).collect()
}

fn resolve(files: &mut [Placed<ItemFile>], hints: &[Hint]) -> Vec<Fault> {
    let stems: Vec<(ItemId, String)> =
        files.iter().flat_map(|file| &file.value.items).map(|item| (item.id.clone(), fold(&item.stem))).collect();
    let mut enemies: BTreeMap<&ItemId, &ItemId> = BTreeMap::new();
    let mut faults = Vec::new();
    for hint in hints {
        let mut found =
            stems.iter().filter(|(id, stem)| *id != hint.item && stem.starts_with(&hint.beginning)).map(|(id, _)| id);
        match (found.next(), found.next()) {
            (Some(enemy), None) => {
                enemies.insert(&hint.item, enemy);
            }
            (first, _) => faults.push(Fault::new(
                "draft_enemy",
                format!("{} enemies_hint", hint.place),
                Text::new(
                    format!(
                        "{}题干以「{}」开头",
                        if first.is_some() { "不止一题的" } else { "没有哪一题的" },
                        hint.beginning
                    ),
                    format!("{} stems begin with `{}`", if first.is_some() { "several" } else { "no" }, hint.beginning),
                ),
                Text::new(
                    "照抄对方题干开头，长到只有一题相符",
                    "copy the beginning of the other's stem until only one fits",
                ),
            )),
        }
    }
    for item in files.iter_mut().flat_map(|file| &mut file.value.items) {
        if let Some(enemy) = enemies.get(&item.id) {
            item.enemies.push((*enemy).clone());
        }
    }
    faults
}

fn key_fault(draft: &Draft, place: &str) -> Box<Fault> {
    Box::new(Fault::new(
        "draft_key",
        format!("{place} key"),
        Text::new(
            format!("答案「{}」与题型或选项不符", draft.key),
            format!("key `{}` does not fit the type or names no option", draft.key),
        ),
        Text::new(
            "单选写一个字母，多选写两个以上字母，判断写 对 或 错 且不写选项",
            "one letter for single choice, two or more for multiple choice, 对 or 错 without options for true/false",
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error;

    type TestResult<T = ()> = Result<T, Box<dyn Error>>;

    const FILE: &str = r#"{ "range": "A-A-A", "items": [
        { "point": "A-A-A-001", "type": "single_choice", "difficulty": 2, "consistency": 5, "stem": "哪一个对？",
          "options": ["甲", "乙", "丙", "以上都是"], "key": "B", "rationale": "因为", "source": "标准" },
        { "point": "A-A-A-001", "type": "true_false", "difficulty": 1, "stem": "乙是对的。",
          "key": "错", "rationale": "因为", "source": "标准", "source_checked": false, "enemies_hint": "哪一个" },
        { "point": "A-A-A-002", "type": "multiple_choice", "difficulty": 4, "consistency": 5, "stem": "哪几个对？",
          "image": { "file": "pictures/three.svg", "alt": "三个图形" },
          "options": ["甲", "乙", "丙"], "key": "CA", "rationale": "因为", "source": "标准",
          "case": "某老人。", "group": { "id": "one", "place": 1 } } ] }"#;

    fn counter() -> impl FnMut() -> IdSeed {
        let mut next = 0;
        move || {
            next += 1;
            [0, 0, 0, 0, 0, 0, 0, 0, 0, next]
        }
    }

    fn codes(text: &str) -> TestResult<Vec<String>> {
        let file = read_file("items/A-A-A.json", text.as_bytes()).map_err(|faults| format!("{faults:?}"))?;
        let faults = mint(&[file], &mut counter()).err().unwrap_or_default();
        Ok(faults.into_iter().map(|fault| format!("{} {}", fault.code, fault.place)).collect())
    }

    #[test]
    fn drafts_get_ids_and_keep_their_meaning() -> TestResult {
        let file = read_file("items/A-A-A.json", FILE.as_bytes()).map_err(|faults| format!("{faults:?}"))?;
        let minted = mint(&[file], &mut counter()).map_err(|faults| format!("{faults:?}"))?;
        let [Placed { file, value }] = minted.as_slice() else { return Err("one file".into()) };
        let [single, statement, multiple] = value.items.as_slice() else { return Err("three items".into()) };
        assert_eq!(file, "items/A-A-A.json");
        let right = |item: &Item| -> Vec<String> {
            let chosen = item.options.iter().filter(|option| item.key.contains(&option.id));
            chosen.map(|option| option.text.clone()).collect()
        };
        assert_eq!(
            (right(single), right(statement), right(multiple)),
            (vec!["乙".into()], vec!["错误".into()], vec!["甲".into(), "丙".into()])
        );
        assert_eq!(single.options.iter().map(|option| option.pinned).collect::<Vec<_>>(), [false, false, false, true]);
        assert!(statement.options.iter().all(|option| option.pinned));
        assert_eq!(statement.enemies.as_slice(), std::slice::from_ref(&single.id));
        let image = multiple.image.as_ref().map(|image| (image.file.as_str(), image.alt.as_str()));
        assert_eq!((image, &single.image), (Some(("pictures/three.svg", "三个图形")), &None));
        assert_ne!(multiple.group.as_ref().map(|group| group.id.as_str()), Some("one"));
        Ok(())
    }

    // Catches a source that counts as checked after minting although its author said otherwise, and
    // a consistency that nobody judged.
    #[test]
    fn what_nobody_has_judged_or_checked_stays_so() -> TestResult {
        let file = read_file("items/A-A-A.json", FILE.as_bytes()).map_err(|faults| format!("{faults:?}"))?;
        let minted = mint(&[file], &mut counter()).map_err(|faults| format!("{faults:?}"))?;
        let value = &minted.first().ok_or("a file")?.value;
        let facts = |items: &[Item]| -> Vec<(bool, bool)> {
            items.iter().map(|item| (item.source_checked, item.consistency.is_some())).collect()
        };
        assert_eq!(facts(&value.items), [(true, true), (false, false), (true, true)]);

        let text = super::super::write::item_file(value)?;
        assert_eq!((text.matches("\"source_checked\": false").count(), text.matches("source_checked").count()), (1, 1));
        assert_eq!(text.matches("\"consistency\"").count(), 2);
        let again: ItemFile = serde_json::from_str(&text)?;
        assert_eq!(facts(&again.items), [(true, true), (false, false), (true, true)]);
        Ok(())
    }

    // Catches ids that change when a bank is minted again after one item was added.
    #[test]
    fn minting_again_changes_nothing() -> TestResult {
        let file = read_file("items/A-A-A.json", FILE.as_bytes()).map_err(|faults| format!("{faults:?}"))?;
        let first = mint(&[file], &mut counter()).map_err(|faults| format!("{faults:?}"))?;
        let value = &first.first().ok_or("a file")?.value;
        let again = read_file("items/A-A-A.json", super::super::write::item_file(value)?.as_bytes());
        let again = again.map_err(|faults| format!("{faults:?}"))?;
        let mut refuse = || [255; 10];
        assert_eq!(mint(&[again], &mut refuse).map_err(|faults| format!("{faults:?}"))?, first);
        Ok(())
    }

    #[test]
    fn what_cannot_be_understood_is_named() -> TestResult {
        assert_eq!(codes(&FILE.replace("\"B\"", "\"E\""))?, ["draft_key items/A-A-A.json 第 1 题 key"]);
        assert_eq!(codes(&FILE.replace("\"B\"", "\"AB\""))?, ["draft_key items/A-A-A.json 第 1 题 key"]);
        assert_eq!(codes(&FILE.replace("\"错\"", "\"x\""))?, ["draft_key items/A-A-A.json 第 2 题 key"]);
        assert_eq!(codes(&FILE.replace("\"CA\"", "\"CC\""))?, ["draft_key items/A-A-A.json 第 3 题 key"]);
        assert_eq!(
            codes(&FILE.replace("哪一个\"", "那一个\""))?,
            ["draft_enemy items/A-A-A.json 第 2 题 enemies_hint"]
        );
        let faults = read_file("items/A-A-A.json", FILE.replace("\"difficulty\": 1", "\"difficulty\": 6").as_bytes());
        let faults = faults.err().ok_or("must be refused")?;
        assert_eq!(faults.iter().map(|fault| fault.place.as_str()).collect::<Vec<_>>(), ["items/A-A-A.json 第 2 题"]);
        Ok(())
    }
}
