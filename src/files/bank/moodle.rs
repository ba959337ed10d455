//! Moodle XML: questions of the types multichoice and truefalse. The file is cut into its
//! questions, so that it is never in memory as a tree.

use super::finding::{Finding, Spot};
use super::raw::{Gathered, RawItem, RawKey, RawOption, RawType};
use super::{hints, markup, xml};
use kaoping_engine::bank::ItemType;
use quick_xml::Reader;
use quick_xml::events::Event;
use std::sync::Arc;
use usvg::roxmltree::Node;

/// The most elements and texts of a question.
const MOST_NODES: u32 = 5_000;

pub(super) fn read(file: &Arc<str>, text: &str) -> Gathered {
    let mut gathered = Gathered::default();
    let mut point = String::new();
    let mut number = 0;
    let whole = Spot::new(file, "");
    let outcome = questions(&whole, text, |line, question| {
        let spot = Spot::line(file, line);
        let document = match xml::document(question, &spot, MOST_NODES) {
            Ok(document) => document,
            Err(finding) => return gathered.findings.push(*finding),
        };
        let node = document.root_element();
        if node.attribute("type") == Some("category") {
            let path = xml::below(node, "text").next().map(xml::text).unwrap_or_default();
            point = hints::category(&path).unwrap_or_default();
            return;
        }
        number += 1;
        let spot = Spot::new(file, format!("第 {line} 行（第 {number} 题）"));
        match item(&spot, node, &point) {
            Ok(item) => gathered.take(item),
            Err(findings) => gathered.findings.extend(findings),
        }
    });
    if let Err(finding) = outcome {
        gathered.findings.push(*finding);
    }
    gathered
}

/// Calls `each` with the line and the text of every question.
fn questions(spot: &Spot, text: &str, mut each: impl FnMut(usize, &str)) -> Result<(), Box<Finding>> {
    let mut reader = Reader::from_str(text);
    let (mut depth, mut begun, mut line, mut counted, mut is_quiz) = (0_usize, None, 1, 0, false);
    loop {
        let before = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event().map_err(|error| Box::new(xml::broken(spot, &error.to_string())))?;
        match event {
            Event::DocType(_) => return Err(Box::new(xml::dtd(spot))),
            Event::Start(element) => {
                is_quiz |= depth == 0 && element.name().as_ref() == "quiz";
                if depth == 1 && element.name().as_ref() == "question" {
                    begun = Some(before);
                }
                depth += 1;
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                if let (1, Some(start)) = (depth, begun) {
                    let end = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
                    line += text.get(counted..start).map_or(0, |passed| passed.matches('\n').count());
                    counted = start;
                    each(line, text.get(start..end).unwrap_or_default());
                    begun = None;
                }
            }
            Event::Eof if is_quiz && depth == 0 => return Ok(()),
            Event::Eof => {
                let why = ["不是 Moodle XML：没有完整的 <quiz>", "this is no Moodle XML: there is no whole `<quiz>`"];
                let cure = ["在 Moodle 的题库里以“Moodle XML 格式”导出", "export it from Moodle as Moodle XML"];
                return Err(Box::new(spot.refused("moodle_quiz", "文件", "", why, cure)));
            }
            _ => {}
        }
    }
}

fn item(spot: &Spot, node: Node<'_, '_>, point: &str) -> Result<RawItem, Vec<Finding>> {
    let kind = node.attribute("type").unwrap_or_default();
    if !matches!(kind, "multichoice" | "truefalse") {
        let (zh, en) = (format!("Moodle 题型 {kind}"), format!("a Moodle question of type `{kind}`"));
        return Err(vec![spot.unsupported("kind_unsupported", kind, [&zh, &en])]);
    }
    let mut findings = Vec::new();
    let mut plain = |field: &str, holder: Option<Node<'_, '_>>| {
        holder.map_or_else(String::new, |holder| {
            text(holder).unwrap_or_else(|beyond| {
                findings.extend(beyond.iter().map(|beyond| beyond.finding(spot, field)));
                String::new()
            })
        })
    };
    let child = |name| xml::children(node, name).next();
    let mut item = RawItem { point: point.to_owned(), ..RawItem::new(spot.clone()) };
    item.stem = plain("题干", child("questiontext"));
    item.rationale = plain("解析", child("generalfeedback"));
    let answers: Vec<Node<'_, '_>> = xml::children(node, "answer").collect();
    let options: Vec<String> = answers.iter().map(|answer| plain("选项", Some(*answer))).collect();
    for tag in child("tags").into_iter().flat_map(|tags| xml::children(tags, "tag")) {
        hints::tag(&mut item, &xml::children(tag, "text").next().map(xml::text).unwrap_or_default());
    }
    let fractions = answers.iter().map(|answer| answer.attribute("fraction").and_then(|text| text.parse().ok()));
    let Some(fractions) = fractions.collect::<Option<Vec<f64>>>() else {
        let why = ["答案的 fraction 不是数字", "the `fraction` of an answer is no number"];
        findings.push(spot.refused("moodle_fraction", "答案", "", why, ["重新导出", "export it again"]));
        return Err(findings);
    };
    let is_single = child("single").is_none_or(|single| matches!(xml::text(single).as_str(), "true" | "1"));
    if kind == "truefalse" {
        let true_right = options.iter().zip(&fractions).find(|(_, fraction)| **fraction >= 100.0);
        match true_right.map(|(text, _)| text.as_str()) {
            Some("true") => item.key = RawKey::Truth(true),
            Some("false") => item.key = RawKey::Truth(false),
            _ => {
                let why = ["没有满分的答案", "no answer earns full marks"];
                findings.push(spot.refused("key_missing", "答案", "", why, ["写明答案", "give the key"]));
            }
        }
        item.item_type = RawType::Known(ItemType::TrueFalse);
    } else {
        let right = super::fractions::right(&fractions, is_single);
        item.item_type = if is_single { RawType::Unsaid } else { RawType::Known(ItemType::MultipleChoice) };
        match right {
            Some(places) => item.key = RawKey::Places(places),
            None => findings.push(super::fractions::unclear(spot, &fractions)),
        }
        item.options = options.into_iter().map(RawOption::unlettered).collect();
    }
    if findings.is_empty() { Ok(item) } else { Err(findings) }
}

/// The plain text of an element with a format and a `<text>`.
fn text(holder: Node<'_, '_>) -> Result<String, Vec<markup::Beyond>> {
    let content = xml::children(holder, "text").next().map(xml::text).unwrap_or_default();
    if xml::children(holder, "file").next().is_some() {
        return Err(vec![markup::Beyond::Picture]);
    }
    match holder.attribute("format") {
        Some("plain_text") => Ok(content),
        Some("markdown") if content.contains(['*', '_', '`', '#', '[', '|', '$']) => {
            Err(vec![markup::Beyond::Other("markdown".to_owned())])
        }
        _ => markup::html(&content),
    }
}
