//! A list of items as people write it in Word: `12. 题干…【单选题】`, options `A. …`, `参考答案：A`; and the
//! old style `题干（C） A.xxx B.xxx` and `（√）题干`.

use super::finding::{Finding, Spot};
use super::lines::{Mark, half_width, options_of};
use super::raw::{Gathered, RawItem, RawKey, RawType};
use super::word_key::{self, Shown};
use super::words::TypeCodes;
use kaoping_engine::text::fold_width;
use std::sync::Arc;

/// The words before a part of an item, and the part.
const LABELS: [(&str, Part); 15] = [
    ("参考答案", Part::Key),
    ("正确答案", Part::Key),
    ("标准答案", Part::Key),
    ("答案解析", Part::Rationale),
    ("试题解析", Part::Rationale),
    ("答案", Part::Key),
    ("解析", Part::Rationale),
    ("难易程度", Part::Difficulty),
    ("难度", Part::Difficulty),
    ("一致性", Part::Consistency),
    ("试题出处", Part::Source),
    ("出处", Part::Source),
    ("依据", Part::Source),
    ("鉴定点", Part::Point),
    ("知识点", Part::Point),
];

/// Names of types as written in headings and after stems.
const TYPES: [&str; 11] = [
    "单项选择题",
    "多项选择题",
    "单选题",
    "多选题",
    "判断题",
    "是非题",
    "单项选择",
    "多项选择",
    "单选",
    "多选",
    "判断",
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Stem,
    Options,
    Key,
    Rationale,
    Difficulty,
    Consistency,
    Source,
    Point,
}

struct Reader<'a> {
    file: &'a Arc<str>,
    gathered: Gathered,
    /// The types of the last heading, and the last line that names a point.
    heading: Option<String>,
    point: String,
    item: Option<Building>,
    last_number: Option<u32>,
    is_begun: bool,
}

struct Building {
    raw: RawItem,
    key: Option<String>,
    part: Part,
    heading: Option<String>,
    /// A line of it could not be read; what its key names is then not known either.
    has_defect: bool,
}

/// Reads lines, each with the name of its place.
pub(super) fn read<'a>(file: &Arc<str>, lines: impl Iterator<Item = (String, &'a str)>) -> Gathered {
    let mut reader = Reader {
        file,
        gathered: Gathered::default(),
        heading: None,
        point: String::new(),
        item: None,
        last_number: None,
        is_begun: false,
    };
    for (row, line) in lines {
        let spot = Spot::new(reader.file, row);
        if let Err(finding) = reader.line(&spot, line.trim()) {
            if let Some(item) = &mut reader.item {
                item.has_defect = true;
            }
            reader.gathered.findings.push(*finding);
        }
        reader.is_begun = true;
    }
    reader.end_item();
    reader.gathered
}

impl Reader<'_> {
    fn line(&mut self, spot: &Spot, line: &str) -> Result<(), Box<Finding>> {
        if is_heading(line) {
            return self.heading(spot, line);
        }
        if let Some((number, rest)) = numbered(line) {
            match self.begins_item(spot, number, line) {
                Ok(false) => {}
                Ok(true) => {
                    self.last_number = Some(number);
                    return self.begin(spot, rest);
                }
                // What follows belongs to it, and not to the item before.
                Err(finding) => {
                    self.last_number = Some(number);
                    self.begin(spot, rest)?;
                    return Err(finding);
                }
            }
        }
        if self.item.as_ref().is_none_or(|item| item.part != Part::Stem) && word_key::begins_with_sign(line) {
            return self.begin(spot, line);
        }
        if let Some((part, text)) = labelled(line) {
            return self.part(spot, part, text, line);
        }
        let Some(item) = &mut self.item else {
            return if self.is_begun {
                Err(Box::new(stray(spot, line)))
            } else {
                self.gathered.findings.push(title(spot, line));
                Ok(())
            };
        };
        let mark = if line.starts_with(['(', '（']) { Mark::Brackets } else { Mark::Point };
        if matches!(item.part, Part::Stem | Part::Options)
            && let Some(options) =
                options_of(line, item.raw.options.len(), mark).map_err(|unclear| unclear.finding(spot, line))?
        {
            item.part = Part::Options;
            item.raw.options.extend(options);
            return Ok(());
        }
        let text = match item.part {
            Part::Stem => &mut item.raw.stem,
            Part::Rationale => &mut item.raw.rationale,
            Part::Options => match item.raw.options.last_mut() {
                Some(option) => &mut option.text,
                None => &mut item.raw.stem,
            },
            _ => return Err(Box::new(stray(spot, line))),
        };
        text.push('\n');
        text.push_str(line);
        Ok(())
    }

    /// Whether a numbered line begins an item: the next number does, another one may belong to a
    /// rationale.
    fn begins_item(&self, spot: &Spot, number: u32, line: &str) -> Result<bool, Box<Finding>> {
        let Some(last) = self.last_number else { return Ok(true) };
        // Below a line of a point, numbers may begin again.
        if number == last + 1 || (self.item.is_none() && number == 1) {
            return Ok(true);
        }
        let is_prose = self.item.as_ref().is_some_and(|item| item.part == Part::Rationale);
        if is_prose && number <= last {
            return Ok(false);
        }
        Err(Box::new(spot.refused(
            "word_number",
            "题号",
            line,
            [
                &format!("题号是 {number}，应为 {}：可能漏了题，也可能不是题号", last + 1),
                &format!("the number is {number}, expected {}: an item may be missing, or this is no item", last + 1),
            ],
            ["把题号改为连续的号码", "number the items one after the other"],
        )))
    }

    fn heading(&mut self, spot: &Spot, line: &str) -> Result<(), Box<Finding>> {
        let Some(name) = TYPES.iter().find(|name| line.contains(**name)) else {
            return Err(Box::new(spot.refused(
                "word_heading",
                "标题",
                line,
                ["分不清是标题还是题目的内容", "this may be a heading or part of an item"],
                [
                    "标题写明题型，如「一、单选题」；不是标题的请并入上一段",
                    "name the type in a heading, as in 一、单选题; join what is no heading with the paragraph before",
                ],
            )));
        };
        self.end_item();
        self.heading = Some((*name).to_owned());
        self.last_number = None;
        Ok(())
    }

    fn begin(&mut self, spot: &Spot, line: &str) -> Result<(), Box<Finding>> {
        self.end_item();
        let raw = RawItem { point: self.point.clone(), ..RawItem::new(spot.clone()) };
        let mut item = Building { raw, key: None, part: Part::Stem, heading: self.heading.clone(), has_defect: false };
        let (stem, options) = inline_options(line);
        stem.clone_into(&mut item.raw.stem);
        let options = options.map(|options| options_of(options, 0, Mark::Point));
        let options = options.transpose().map_err(|unclear| unclear.finding(spot, line));
        let found = options.map(|options| {
            if let Some(options) = options.flatten() {
                item.part = Part::Options;
                item.raw.options = options;
            }
        });
        item.has_defect = found.is_err();
        self.item = Some(item);
        found.map_err(Box::new)
    }

    fn part(&mut self, spot: &Spot, part: Part, text: &str, line: &str) -> Result<(), Box<Finding>> {
        if part == Part::Point && self.item.as_ref().is_none_or(|item| item.part != Part::Stem) {
            // Behind an item the line speaks of those that follow.
            self.end_item();
            text.clone_into(&mut self.point);
            return Ok(());
        }
        let Some(item) = &mut self.item else { return Err(Box::new(stray(spot, line))) };
        item.part = part;
        let field = match part {
            Part::Key => item.key.get_or_insert_default(),
            Part::Rationale => &mut item.raw.rationale,
            Part::Difficulty => &mut item.raw.difficulty,
            Part::Consistency => &mut item.raw.consistency,
            Part::Source => &mut item.raw.source,
            Part::Point => {
                item.raw.point.clear();
                item.part = Part::Stem;
                &mut item.raw.point
            }
            Part::Stem | Part::Options => &mut item.raw.stem,
        };
        if !field.is_empty() {
            return Err(Box::new(spot.refused(
                "word_part_twice",
                "题目",
                line,
                [
                    "这一题里已经有过这一项，可能少了下一题的题号",
                    "the item has this part already; the next number may be missing",
                ],
                ["补上下一题的题号，或删去多余的一行", "add the next item's number, or remove the line"],
            )));
        }
        text.clone_into(field);
        Ok(())
    }

    fn end_item(&mut self) {
        let Some(mut item) = self.item.take() else { return };
        let mut own = None;
        item.raw.stem = without_type(&item.raw.stem, &mut own);
        let spot = item.raw.spot.clone();
        let mut refuse = |code: &str, field: &str, what: &str, why: [&str; 2], cure: [&str; 2]| {
            self.gathered.findings.push(spot.refused(code, field, what, why, cure));
            item.has_defect = true;
        };
        let codes = TypeCodes::default();
        let differs = |heading: &String| own.as_ref().is_some_and(|own| codes.read(own) != codes.read(heading));
        if item.heading.as_ref().is_some_and(differs) {
            refuse(
                "word_two_types",
                "题型",
                own.as_deref().unwrap_or_default(),
                ["题后写的题型与所在标题的题型不同", "the type behind the stem is not that of the heading above"],
                ["改正其中一处", "correct one of the two"],
            );
        }
        match word_key::shown(&item.raw.stem, !item.raw.options.is_empty()) {
            Shown::None => item.raw.key = RawKey::Written(item.key.unwrap_or_default()),
            Shown::Once { key, stem } if item.key.is_none() => {
                item.raw.key = RawKey::Written(key);
                item.raw.stem = stem;
            }
            Shown::Once { key, .. } => refuse(
                "word_two_keys",
                "答案",
                &format!("（{key}）；{}", item.key.unwrap_or_default()),
                [
                    "题干的括号里有字母或符号，另外又写了答案，分不清哪个是答案",
                    "brackets in the stem hold letters or a sign, and the key is given as well",
                ],
                [
                    "答案只写一处；不是答案的字母不要单独放在括号里",
                    "give the key once, and take other letters out of brackets",
                ],
            ),
            Shown::Several => refuse(
                "word_key_unclear",
                "答案",
                &item.raw.stem.clone(),
                ["题干里有几个括号像是答案", "several brackets in the stem look like the key"],
                ["只保留一个，或另起一行写「参考答案：」", "keep one of them, or write a line 参考答案："],
            ),
        }
        if let Some(name) = own.or(item.heading) {
            item.raw.item_type = RawType::Written(name);
        }
        if !item.has_defect {
            self.gathered.take(item.raw);
        }
    }
}

/// `一、单选题`
fn is_heading(line: &str) -> bool {
    let rest = line.trim_start_matches(|letter| "一二三四五六七八九十百第部分章节".contains(letter));
    rest.len() < line.len() && rest.starts_with(['、', '.', '．']) && line.chars().count() <= 60
}

/// The number before an item, and what follows it.
fn numbered(line: &str) -> Option<(u32, &str)> {
    let end = line.find(|letter: char| !half_width(letter).is_ascii_digit())?;
    let (digits, rest) = line.split_at_checked(end)?;
    let rest = rest.trim_start();
    let sign = rest.chars().next().filter(|sign| matches!(sign, '.' | '．' | '、' | ')' | '）'))?;
    let rest = rest.get(sign.len_utf8()..)?;
    // 3.5 is no number of an item.
    let is_fraction = rest.starts_with(|letter: char| letter.is_ascii_digit());
    let number = fold_width(digits).parse().ok().filter(|number| *number <= 99_999)?;
    (!is_fraction).then_some((number, rest.trim_start()))
}

/// A part that begins with its label, such as `参考答案：A`.
fn labelled(line: &str) -> Option<(Part, &str)> {
    let bare = line.trim_start_matches(['【', '[']);
    LABELS.iter().find_map(|(label, part)| {
        let rest = bare.strip_prefix(label)?.trim_start();
        let rest = if bare.len() < line.len() { rest.strip_prefix(['】', ']'])?.trim_start() } else { rest };
        let text = match rest.strip_prefix([':', '：']) {
            Some(text) => text,
            None if bare.len() < line.len() => rest,
            None => return None,
        };
        Some((*part, text.trim()))
    })
}

/// A line cut before its first option `A.` behind a blank or a closing sign.
fn inline_options(line: &str) -> (&str, Option<&str>) {
    let places = line.char_indices().filter(|(_, letter)| half_width(*letter) == 'A').map(|(place, _)| place);
    for place in places {
        let (before, rest) = line.split_at_checked(place).unwrap_or((line, ""));
        let follows =
            before.ends_with(|letter: char| letter.is_whitespace() || matches!(letter, ')' | '）' | '。' | '？' | '?'));
        if follows && matches!(options_of(rest, 0, Mark::Point), Ok(Some(_)) | Err(_)) {
            return (before.trim_end(), Some(rest));
        }
    }
    (line, None)
}

/// A stem without the name of its type in brackets, which is put into `found`.
fn without_type(stem: &str, found: &mut Option<String>) -> String {
    let mut stem = stem.trim().to_owned();
    for name in TYPES {
        for (open, close) in [("【", "】"), ("[", "]"), ("（", "）"), ("(", ")")] {
            let tag = format!("{open}{name}{close}");
            let rest = stem.strip_prefix(tag.as_str()).or_else(|| stem.strip_suffix(tag.as_str()));
            if let Some(rest) = rest {
                *found = Some(name.to_owned());
                stem = rest.trim().to_owned();
            }
        }
    }
    stem
}

fn stray(spot: &Spot, line: &str) -> Finding {
    spot.refused(
        "text_before_items",
        "题目",
        line,
        ["分不清属于哪一题", "it is not clear which item this belongs to"],
        [
            "每题以题号开头，如「12. 」；与试题无关的文字请删去",
            "begin each item with its number; remove what is no item",
        ],
    )
}

fn title(spot: &Spot, line: &str) -> Finding {
    spot.told(
        "word_title",
        "标题",
        line,
        ["是标题，没有导入", "a title, left out"],
        ["无须处理；若是试题，请加题号", "nothing to do, unless it is an item, which needs a number"],
    )
}
