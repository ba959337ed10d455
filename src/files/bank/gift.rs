//! GIFT, Moodle's text format: choices and statements. Items are separated by blank lines; `\`
//! takes a sign's meaning away.

use super::finding::{Finding, Spot};
use super::raw::{Gathered, RawItem, RawKey, RawOption, RawType};
use super::{fractions, hints, markup};
use kaoping_engine::bank::ItemType;
use std::sync::Arc;

/// Represents an escaped sign until its item is split: `\=` is no answer. U+E000 and the next ones
/// are refused in texts, so nothing else can be mistaken for them.
const ESCAPED: [(char, char); 8] = [
    ('~', '\u{e000}'),
    ('=', '\u{e001}'),
    ('#', '\u{e002}'),
    ('{', '\u{e003}'),
    ('}', '\u{e004}'),
    (':', '\u{e005}'),
    ('\\', '\u{e006}'),
    ('n', '\u{e007}'),
];

pub(super) fn read(file: &Arc<str>, text: &str) -> Gathered {
    let mut gathered = Gathered::default();
    let (mut point, mut block, mut tags, mut first, mut open) = (String::new(), String::new(), Vec::new(), 0, false);
    let ends = text.lines().chain([""]);
    for (number, line) in (1..).zip(ends) {
        if line.contains(|letter| ESCAPED.iter().any(|(_, stand_in)| letter == *stand_in)) {
            gathered.findings.push(private_use(&Spot::line(file, number), line));
            continue;
        }
        let line = line.trim();
        if let Some(comment) = line.strip_prefix("//") {
            tags.extend(comment_tags(comment));
            continue;
        }
        if let Some(path) = line.strip_prefix("$CATEGORY:") {
            point = hints::category(path).unwrap_or_default();
            continue;
        }
        if !line.is_empty() {
            if block.is_empty() {
                first = number;
            } else {
                block.push('\n');
            }
            block.push_str(&escaped(line));
            open = block.matches('{').count() > block.matches('}').count();
            continue;
        }
        if block.is_empty() || open && number <= text.lines().count() {
            // Answers may have blank lines between them.
            continue;
        }
        let spot = Spot::line(file, first);
        let mut item = RawItem { point: point.clone(), ..RawItem::new(spot.clone()) };
        for tag in tags.drain(..) {
            hints::tag(&mut item, &tag);
        }
        match question(&spot, &std::mem::take(&mut block), item) {
            Ok(item) => gathered.take(item),
            Err(findings) => gathered.findings.extend(findings),
        }
        open = false;
    }
    gathered
}

/// `// [id:x] [tag:difficulty:3]`
fn comment_tags(comment: &str) -> Vec<String> {
    let tags = comment.split("[tag:").skip(1).filter_map(|rest| rest.split_once(']'));
    tags.map(|(tag, _)| tag.to_owned()).collect()
}

fn question(spot: &Spot, block: &str, mut item: RawItem) -> Result<RawItem, Vec<Finding>> {
    let block = match block.strip_prefix("::") {
        Some(rest) => rest.split_once("::").map_or(block, |(_, rest)| rest),
        None => block,
    };
    let (format, block) = format(block.trim());
    let parts = block.split_once('{').and_then(|(stem, rest)| {
        let (answers, after) = rest.split_once('}')?;
        Some((stem.trim(), answers.trim(), after.trim()))
    });
    let Some((before, answers, after)) = parts.filter(|(.., after)| !after.contains(['{', '}'])) else {
        let why = ["没有成对的一组大括号", "there is no single pair of braces"];
        let cure = [
            "把答案写在一组大括号里；文字里的大括号写作 \\{ 和 \\}",
            "put the answers into one pair of braces, and write `\\{` in texts",
        ];
        return Err(vec![spot.refused("gift_braces", "题目", &unescaped(block), why, cure)]);
    };
    let mut findings = Vec::new();
    let mut plain = |field: &str, text: &str| {
        plain(format, text).unwrap_or_else(|beyond| {
            findings.extend(beyond.iter().map(|beyond| beyond.finding(spot, field)));
            String::new()
        })
    };
    let (answers, rationale) = answers.split_once("####").unwrap_or((answers, ""));
    item.rationale = plain("解析", rationale);
    // A gap in the middle of a sentence is an empty pair of brackets.
    let gap = if after.is_empty() { String::new() } else { format!("（　）{after}") };
    item.stem = plain("题干", &format!("{before}{gap}"));
    let truth = answers.split('#').next().unwrap_or_default().trim().to_uppercase();
    if matches!(truth.as_str(), "T" | "TRUE" | "F" | "FALSE") {
        item.item_type = RawType::Known(ItemType::TrueFalse);
        item.key = RawKey::Truth(truth.starts_with('T'));
        return if findings.is_empty() { Ok(item) } else { Err(findings) };
    }
    let answers = cut(answers);
    let is_choice = answers.iter().any(|(sign, _)| *sign == '~');
    if !is_choice || answers.iter().any(|(_, text)| text.contains("->")) {
        let why = [
            "不是选择题或判断题（填空、匹配、数值、论述）",
            "neither a choice nor a statement (short answer, matching, number, essay)",
        ];
        return Err(vec![spot.unsupported("kind_unsupported", &item.stem, why)]);
    }
    let mut percents = Vec::new();
    for (sign, text) in answers {
        let (weight, text) = weighted(text);
        percents.push(weight.unwrap_or(if sign == '=' { 100.0 } else { 0.0 }));
        let text = text.split('#').next().unwrap_or_default();
        item.options.push(RawOption::unlettered(plain("选项", text.trim())));
    }
    let is_single = percents.iter().any(|percent| *percent >= 100.0);
    item.item_type = if is_single { RawType::Unsaid } else { RawType::Known(ItemType::MultipleChoice) };
    match fractions::right(&percents, is_single) {
        Some(places) => item.key = RawKey::Places(places),
        None => findings.push(fractions::unclear(spot, &percents)),
    }
    if findings.is_empty() { Ok(item) } else { Err(findings) }
}

/// Answers with the sign before each: `=` right, `~` wrong or weighted.
fn cut(answers: &str) -> Vec<(char, &str)> {
    let places: Vec<(usize, char)> = answers.char_indices().filter(|(_, sign)| matches!(sign, '=' | '~')).collect();
    let ends = places.iter().skip(1).map(|(place, _)| *place).chain([answers.len()]);
    let texts = places.iter().zip(ends).map(|((start, sign), end)| (*sign, answers.get(start + 1..end)));
    texts.map(|(sign, text)| (sign, text.unwrap_or_default().trim())).collect()
}

/// `%50%text`
fn weighted(text: &str) -> (Option<f64>, &str) {
    let weight = text.strip_prefix('%').and_then(|rest| rest.split_once('%'));
    match weight.and_then(|(number, rest)| Some((number.trim().parse().ok()?, rest))) {
        Some((weight, rest)) => (Some(weight), rest.trim()),
        None => (None, text),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TextFormat {
    Html,
    Plain,
    Markdown,
}

/// `[html]` and its like before a stem; without one the text is Moodle's own, which may hold
/// markup.
fn format(block: &str) -> (TextFormat, &str) {
    let formats = [
        ("[html]", TextFormat::Html),
        ("[moodle]", TextFormat::Html),
        ("[plain]", TextFormat::Plain),
        ("[markdown]", TextFormat::Markdown),
    ];
    let found = formats.iter().find_map(|(mark, format)| Some((*format, block.strip_prefix(mark)?)));
    found.unwrap_or((TextFormat::Html, block))
}

fn plain(format: TextFormat, text: &str) -> Result<String, Vec<markup::Beyond>> {
    let text = unescaped(text);
    match format {
        TextFormat::Plain => Ok(text.trim().to_owned()),
        TextFormat::Markdown if text.contains(['*', '_', '`', '#', '[', '|', '$']) => {
            Err(vec![markup::Beyond::Other("markdown".to_owned())])
        }
        TextFormat::Html | TextFormat::Markdown => {
            let (_, text) = self::format(text.trim());
            // A line break of the file ends no line; one that is written `\n` does.
            markup::html(&text.replace(LINE_BREAK, "<br>"))
        }
    }
}

/// The placeholder for an escaped `n` until markup is read.
const LINE_BREAK: char = '\u{b}';

fn escaped(line: &str) -> String {
    let mut letters = line.chars();
    let mut text = String::with_capacity(line.len());
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        let next = letters.next();
        match ESCAPED.iter().find(|(sign, _)| Some(*sign) == next) {
            Some((_, stand_in)) => text.push(*stand_in),
            None => {
                text.push('\\');
                text.extend(next);
            }
        }
    }
    text
}

fn unescaped(text: &str) -> String {
    let plain = |letter: char| match ESCAPED.iter().find(|(_, stand_in)| *stand_in == letter) {
        Some(('n', _)) => LINE_BREAK,
        Some((sign, _)) => *sign,
        None => letter,
    };
    text.chars().map(plain).collect()
}

fn private_use(spot: &Spot, line: &str) -> Finding {
    spot.refused(
        "text_character",
        "题目",
        line,
        ["含有自造字（U+E000–F8FF），各台电脑显示不同", "holds private-use characters, which differ between machines"],
        ["换成通用字符", "replace them"],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(text: &str) -> Gathered {
        read(&"题.gift".into(), text)
    }

    #[test]
    fn choices_and_statements_are_read() {
        let text = "// [tag:difficulty:3] [tag:鉴定点:A-A-A-001]\n::题一::先做 \\{什么\\}？ {\n=洗手 # 对\n~说话\n\n~%-50%坐下\n####先洗手\n}\n\n$CATEGORY: top/A-A-A-002\n\n::二::[html]<b>要</b>报告{T}\n\n三{~%50%甲 ~%50%乙 ~%-100%丙}\n\n水在{=100 ~90 ~80}℃沸腾。";
        let (items, findings) = gathered(text).into_parts();
        assert_eq!(findings.into_list(), []);
        let [one, two, three, four] = &items[..] else { panic!("{items:?}") };
        assert_eq!(
            (one.stem.as_str(), one.difficulty.as_str(), one.point.as_str()),
            ("先做 {什么}？", "3", "A-A-A-001")
        );
        assert_eq!((one.rationale.as_str(), one.spot.row.as_str()), ("先洗手", "第 2 行"));
        assert!(matches!(&one.key, RawKey::Places(places) if places == &[0]));
        let texts: Vec<&str> = one.options.iter().map(|option| option.text.as_str()).collect();
        assert_eq!(texts, ["洗手", "说话", "坐下"]);
        assert_eq!((two.stem.as_str(), two.point.as_str()), ("要报告", "A-A-A-002"));
        assert!(matches!(two.key, RawKey::Truth(true)));
        assert!(matches!(&three.key, RawKey::Places(places) if places == &[0, 1]));
        assert!(matches!(three.item_type, RawType::Known(ItemType::MultipleChoice)));
        assert_eq!(four.stem, "水在（　）℃沸腾。");
    }

    #[test]
    fn what_is_no_choice_is_named() {
        let codes = |text: &str| -> Vec<String> {
            gathered(text)
                .findings
                .into_list()
                .into_iter()
                .map(|finding| format!("{} {}", finding.code, finding.row))
                .collect()
        };
        for other in ["谁{=张三 =李四}", "配对{=甲 -> 乙 =丙 -> 丁}", "多少{#3:1}", "论述{}"] {
            assert_eq!(codes(&format!("\n{other}")), ["kind_unsupported 第 2 行"], "{other}");
        }
        assert_eq!(codes("没有答案"), ["gift_braces 第 1 行"]);
        assert_eq!(codes("一{=甲 ~%50%乙 ~丙}"), ["key_partial 第 1 行"]);
        assert_eq!(codes("看<table><tr></tr></table>{=甲 ~乙}"), ["beyond_text 第 1 行"]);
        assert_eq!(codes("温度\u{e001}{T}"), ["text_character 第 1 行"]);
    }
}
