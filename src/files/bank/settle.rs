//! From what a file says to a draft: type, key and options are decided here, for all formats alike.
//! Text that can be read in two ways is refused.

use super::finding::{Finding, Spot};
use super::lines::half_width;
use super::points::Points;
use super::raw::{RawItem, RawKey, RawOption, RawType};
use super::words::{LETTERS, TypeCodes, statement_answers, truth};
use kaoping_engine::bank::authoring::Draft;
use kaoping_engine::bank::element::ElementCode;
use kaoping_engine::bank::{Consistency, Difficulty, ItemType};
use kaoping_engine::text::fold_width;

/// The values for items that give none themselves.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    /// Code of the point.
    pub point: Option<ElementCode>,
    /// The difficulty.
    pub difficulty: Option<Difficulty>,
    /// The source of the items.
    pub source: Option<String>,
    /// The meaning of codes of types.
    pub type_codes: TypeCodes,
}

/// A value that neither an item nor a default gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unsaid {
    Point,
    Difficulty,
    Source,
}

/// An item that was decided upon.
pub(super) struct Settled {
    pub(super) draft: Option<Draft>,
    pub(super) findings: Vec<Finding>,
    pub(super) unsaid: Vec<Unsaid>,
}

/// Decides what an item is.
pub(super) fn settle(raw: &RawItem, points: &Points, defaults: &Defaults) -> Settled {
    let mut settling = Settling { raw, spot: &raw.spot, findings: Vec::new(), unsaid: Vec::new() };
    let point = settling.point(points, defaults);
    let difficulty = settling.difficulty(defaults);
    let consistency = settling.consistency();
    let source = settling.source(defaults);
    let options = settling.options();
    let decided = settling.type_and_key(&options, &defaults.type_codes);
    let Settling { findings, unsaid, .. } = settling;
    let is_whole = findings.iter().all(|finding| finding.weight == super::finding::Weight::Told);
    let draft = match (point, difficulty, source, decided) {
        (Some(point), Some(difficulty), Some(source), Some((item_type, key))) if is_whole => Some(Draft {
            point,
            item_type,
            difficulty,
            consistency: consistency.flatten(),
            case: None,
            stem: raw.stem.trim().to_owned(),
            image: None,
            options: if item_type == ItemType::TrueFalse { Vec::new() } else { options },
            key,
            rationale: raw.rationale.trim().to_owned(),
            source,
            source_checked: false,
            enemies_hint: None,
            group: None,
        }),
        _ => None,
    };
    Settled { draft, findings, unsaid }
}

struct Settling<'a> {
    raw: &'a RawItem,
    spot: &'a Spot,
    findings: Vec<Finding>,
    unsaid: Vec<Unsaid>,
}

impl Settling<'_> {
    fn refuse(&mut self, code: &str, field: &str, what: &str, why: [&str; 2], cure: [&str; 2]) {
        self.findings.push(self.spot.refused(code, field, what, why, cure));
    }

    fn point(&mut self, points: &Points, defaults: &Defaults) -> Option<ElementCode> {
        let said = self.raw.point.trim();
        if said.is_empty() {
            if defaults.point.is_none() {
                self.unsaid.push(Unsaid::Point);
            }
            return defaults.point.clone();
        }
        match points.find(said) {
            Ok(code) => Some(code),
            Err([zh, en]) => {
                let cure = ["写细目表里的鉴定点代码", "write a point's code as the element table has it"];
                self.refuse("point_unknown", "鉴定点", said, [&zh, &en], cure);
                None
            }
        }
    }

    fn difficulty(&mut self, defaults: &Defaults) -> Option<Difficulty> {
        let said = self.raw.difficulty.trim();
        if said.is_empty() {
            if defaults.difficulty.is_none() {
                self.unsaid.push(Unsaid::Difficulty);
            }
            return defaults.difficulty;
        }
        let read = fold_width(said).parse().ok().and_then(|number| Difficulty::new(number).ok());
        if read.is_none() {
            let why = ["难度不是 1 到 5 的数字", "the difficulty is no number from 1 to 5"];
            self.refuse(
                "difficulty_unclear",
                "难度",
                said,
                why,
                ["写 1（最易）到 5（最难）", "write 1 (easiest) to 5 (hardest)"],
            );
        }
        read
    }

    /// `None` when it cannot be read; `Some(None)` when nothing is said.
    fn consistency(&mut self) -> Option<Option<Consistency>> {
        let said = self.raw.consistency.trim();
        if said.is_empty() {
            return Some(None);
        }
        let read = fold_width(said).parse().ok().and_then(|number| Consistency::new(number).ok());
        if read.is_none() {
            let why = ["一致性不是 1 到 5 的数字", "the consistency is no number from 1 to 5"];
            self.refuse("consistency_unclear", "一致性", said, why, ["写 1 到 5，或留空", "write 1 to 5, or nothing"]);
        }
        read.map(Some)
    }

    fn source(&mut self, defaults: &Defaults) -> Option<String> {
        let said = self.raw.source.trim();
        let source = if said.is_empty() { defaults.source.clone() } else { Some(said.to_owned()) };
        if source.is_none() {
            self.unsaid.push(Unsaid::Source);
        }
        source
    }

    /// The options' texts; blank ones at the end are none.
    fn options(&mut self) -> Vec<String> {
        let options = &self.raw.options;
        let filled = options.iter().rposition(|option| !option.text.trim().is_empty()).map_or(0, |last| last + 1);
        for (letter, option) in LETTERS.chars().zip(options.iter().take(filled)) {
            if option.text.trim().is_empty() {
                let (zh, en) = (
                    format!("选项 {letter} 是空的，后面却还有选项"),
                    format!("option {letter} is empty, and others follow"),
                );
                self.refuse("option_missing", "选项", "", [&zh, &en], ["补上这一选项", "write this option"]);
            }
        }
        self.letters();
        options.iter().take(filled).map(|option| option.text.trim().to_owned()).collect()
    }

    /// Letters of options and key are all of one width.
    fn letters(&mut self) {
        let options = self.raw.options.iter().filter_map(|option: &RawOption| option.letter);
        let key = if let RawKey::Written(key) = &self.raw.key { key.as_str() } else { "" };
        let all: Vec<char> =
            options.chain(key.chars()).filter(|letter| LETTERS.contains(half_width(*letter))).collect();
        let wide = all.iter().filter(|letter| !letter.is_ascii()).count();
        if wide != 0 && wide != all.len() {
            let shown: String = all.iter().collect();
            let why = ["选项字母全角和半角混用", "letters of options are of full and of half width"];
            self.refuse("letter_width", "选项", &shown, why, ["全部改为半角字母", "write all of them in half width"]);
        }
    }

    /// The type, and the key as authors write it.
    fn type_and_key(&mut self, options: &[String], codes: &TypeCodes) -> Option<(ItemType, String)> {
        let item_type = match &self.raw.item_type {
            RawType::Known(item_type) => Some(*item_type),
            RawType::Written(text) if !text.trim().is_empty() => {
                let read = codes.read(text);
                if read.is_none() {
                    let why = ["不是已知的题型", "this is no known type of item"];
                    let cure = [
                        "写单选题、多选题或判断题；代码不同时用 --type-codes 说明",
                        "write 单选题, 多选题 or 判断题; name other codes by `--type-codes`",
                    ];
                    self.refuse("type_unknown", "题型", text, why, cure);
                    return None;
                }
                read
            }
            RawType::Written(_) | RawType::Unsaid => None,
        };
        let is_statement = match item_type {
            Some(item_type) => item_type == ItemType::TrueFalse,
            None => {
                let texts: Vec<&str> = options.iter().map(String::as_str).collect();
                let has_no_options = self.raw.options.is_empty() && !matches!(self.raw.key, RawKey::Places(_));
                has_no_options || statement_answers(&texts).is_some()
            }
        };
        if is_statement {
            return Some((ItemType::TrueFalse, self.statement_key(options)?));
        }
        let places = self.places(options)?;
        let fits = match item_type {
            Some(ItemType::SingleChoice) => places.len() == 1,
            Some(_) => places.len() >= 2,
            None => true,
        };
        if !fits {
            let shown = self.key_text();
            let why = ["答案的个数与题型不符", "the number of right options does not fit the type"];
            self.refuse(
                "key_count",
                "答案",
                &shown,
                why,
                ["单选题写一个答案，多选题写两个以上", "one for a single choice, two or more for a multiple choice"],
            );
            return None;
        }
        let letters = places.iter().filter_map(|place| LETTERS.chars().nth(*place)).collect();
        let item_type =
            item_type.unwrap_or(if places.len() == 1 { ItemType::SingleChoice } else { ItemType::MultipleChoice });
        Some((item_type, letters))
    }

    fn key_text(&self) -> String {
        match &self.raw.key {
            RawKey::Written(text) | RawKey::Numbered(text) => text.clone(),
            RawKey::Places(places) => places.iter().filter_map(|place| LETTERS.chars().nth(*place)).collect(),
            RawKey::Truth(is_true) => if *is_true { "对" } else { "错" }.to_owned(),
        }
    }

    fn statement_key(&mut self, options: &[String]) -> Option<String> {
        let key = self.key_text();
        let texts: Vec<&str> = options.iter().map(String::as_str).collect();
        let answers = statement_answers(&texts);
        if !options.is_empty() && answers.is_none() {
            let why = ["判断题的选项不是「正确」和「错误」", "the options of a statement are not 正确 and 错误"];
            self.refuse(
                "statement_options",
                "选项",
                &texts.join("、"),
                why,
                ["删去选项，或改正题型", "remove the options, or correct the type"],
            );
            return None;
        }
        let by_option = match (fold_width(key.trim()).as_str(), answers) {
            ("A", Some(first_is_true)) => Some(first_is_true),
            ("B", Some(first_is_true)) => Some(!first_is_true),
            _ => None,
        };
        let read = by_option.map(|is_true| (is_true, true)).or_else(|| {
            let read = truth(&key)?;
            // 1 and 0 are the words of the layout that numbers options.
            Some((read.is_true, read.is_plain || !matches!(self.raw.key, RawKey::Written(_))))
        });
        let Some((is_true, is_plain)) = read else {
            let why = ["看不出这句话是对还是错", "it is not clear whether the statement is true"];
            self.refuse("key_unclear", "答案", &key, why, ["写 对 或 错（√ 或 ×）", "write 对 or 错 (√ or ×)"]);
            return None;
        };
        let word = if is_true { "对" } else { "错" };
        if !is_plain {
            let (zh, en) = (format!("读作「{word}」"), format!("read as {word}"));
            self.findings.push(self.spot.told(
                "key_spelling",
                "答案",
                &key,
                [&zh, &en],
                ["核对；最好统一写 对 或 错", "see whether that is right; 对 and 错 are best"],
            ));
        }
        Some(word.to_owned())
    }

    /// The places of the right options.
    fn places(&mut self, options: &[String]) -> Option<Vec<usize>> {
        let shown = self.key_text();
        let places: Option<Vec<usize>> = match &self.raw.key {
            RawKey::Places(places) => Some(places.clone()),
            RawKey::Truth(_) => None,
            RawKey::Written(text) => {
                let letters = text.trim().chars().filter(|letter| !is_separator(*letter));
                letters.map(|letter| LETTERS.chars().position(|known| known == half_width(letter))).collect()
            }
            RawKey::Numbered(text) => {
                let numbers = fold_width(text).replace('、', ",");
                numbers.split(',').map(|number| number.trim().parse::<usize>().ok()?.checked_sub(1)).collect()
            }
        };
        let mut places = places.filter(|places| !places.is_empty()).or_else(|| {
            let why = ["答案为空，或不是选项的字母", "the key is empty, or no letters of options"];
            self.refuse(
                "key_unclear",
                "答案",
                &shown,
                why,
                ["写大写字母，如 B 或 ACD", "write capital letters, as in `B` or `ACD`"],
            );
            None
        })?;
        let written = places.len();
        places.sort_unstable();
        places.dedup();
        if places.len() != written {
            let why = ["答案里有重复的选项", "an option occurs twice in the key"];
            self.refuse("key_twice", "答案", &shown, why, ["每个选项只写一次", "name each option once"]);
            return None;
        }
        if places.iter().any(|place| options.get(*place).is_none_or(String::is_empty)) {
            let why = ["答案指向不存在的选项", "the key names an option that is not there"];
            self.refuse(
                "key_names_nothing",
                "答案",
                &shown,
                why,
                ["改正答案，或补上选项", "correct the key, or add the option"],
            );
            return None;
        }
        Some(places)
    }
}

fn is_separator(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, ',' | '，' | '、' | ';' | '；')
}
