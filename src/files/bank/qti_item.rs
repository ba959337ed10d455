//! One item of QTI 2 or 3: a single choice interaction with the usual response processing.

use super::finding::{Finding, Spot};
use super::markup::Flat;
use super::qti_scoring::{self, Scoring};
use super::raw::{RawItem, RawKey, RawOption, RawType};
use super::words::statement_answers;
use super::xml;
use kaoping_engine::bank::ItemType;
use usvg::roxmltree::Node;

/// The most elements and texts of an item.
const MOST_NODES: u32 = 20_000;

/// Reads an item into `item`, which may hold what a package says of it.
pub(super) fn read(spot: &Spot, text: &str, mut item: RawItem) -> Result<(RawItem, Vec<Finding>), Vec<Finding>> {
    let document = xml::document(text, spot, MOST_NODES).map_err(|finding| vec![*finding])?;
    let root = document.root_element();
    if xml::name(root) != "assessmentitem" {
        let what = root.tag_name().name().to_owned();
        let why = ["不是 QTI 2 或 3 的试题（assessmentItem）", "this is no item of QTI 2 or 3 (`assessmentItem`)"];
        return Err(vec![spot.refused(
            "qti_no_item",
            "文件",
            &what,
            why,
            ["导出为 QTI 2.x 或 3.0", "export it as QTI 2.x or 3.0"],
        )]);
    }
    let interaction = interaction(spot, root).map_err(|finding| vec![*finding])?;
    let mut findings = Vec::new();
    let mut told = Vec::new();
    let mut plain = |field: &str, node: Node<'_, '_>, skip: &dyn Fn(&str) -> bool| {
        let mut flat = Flat::default();
        flat.element(node, skip, 0);
        flat.finish().unwrap_or_else(|beyond| {
            findings.extend(beyond.iter().map(|beyond| beyond.finding(spot, field)));
            String::new()
        })
    };
    let is_apart = |name: &str| matches!(name, "choiceinteraction" | "rubricblock" | "feedbackblock" | "stylesheet");
    let body = xml::below(root, "itembody").next().map(|body| plain("题干", body, &is_apart)).unwrap_or_default();
    let prompt = xml::children(interaction, "prompt").next().map(|prompt| plain("题干", prompt, &|_| false));
    let parts = [body, prompt.unwrap_or_default()];
    item.stem = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n");
    let choices: Vec<Node<'_, '_>> = xml::children(interaction, "simplechoice").collect();
    let ids: Vec<&str> =
        choices.iter().map(|choice| xml::attribute(*choice, "identifier").unwrap_or_default()).collect();
    let is_feedback = |name: &str| matches!(name, "feedbackinline" | "feedbackblock");
    let texts: Vec<String> = choices.iter().map(|choice| plain("选项", *choice, &is_feedback)).collect();
    for rubric in xml::below(root, "rubricblock") {
        if xml::attribute(rubric, "view").is_some_and(|view| view.split_whitespace().any(|who| who == "candidate")) {
            let why = ["有给考生看的说明（rubricBlock）", "it has instructions for candidates (`rubricBlock`)"];
            return Err(vec![spot.unsupported("rubric_unsupported", &xml::text(rubric), why)]);
        }
        let text = plain("解析", rubric, &|_| false);
        match xml::attribute(rubric, "use") {
            Some("ext:rationale") => item.rationale = text,
            Some("ext:source") => item.source = text,
            _ => told.push(left_out(spot, "rubricBlock", &text)),
        }
    }
    let feedbacks: Vec<Node<'_, '_>> = xml::below(root, "modalfeedback").collect();
    match feedbacks[..] {
        [only] if item.rationale.is_empty() => item.rationale = plain("解析", only, &|_| false),
        [] => {}
        _ => told.push(left_out(spot, "modalFeedback", "")),
    }
    for inner in choices.iter().flat_map(|choice| choice.descendants()).filter(|node| is_feedback(&xml::name(*node))) {
        told.push(left_out(spot, "feedbackInline", &xml::text(inner)));
    }
    match qti_scoring::scoring(spot, root, interaction) {
        Ok(Scoring { right, is_single, is_partial }) => {
            let places: Option<Vec<usize>> = right.iter().map(|id| ids.iter().position(|known| known == id)).collect();
            match places {
                Some(places) if ids.iter().all(|id| ids.iter().filter(|other| *other == id).count() == 1) => {
                    item.key = key(&mut item.item_type, &texts, places, is_single);
                }
                _ => {
                    let why = [
                        "答案不是本题的选项，或选项的 identifier 重复",
                        "the key names no choice, or identifiers occur twice",
                    ];
                    findings.push(spot.refused(
                        "key_names_nothing",
                        "答案",
                        &right.join("、"),
                        why,
                        ["改正 correctResponse", "correct `correctResponse`"],
                    ));
                }
            }
            if is_partial {
                told.push(spot.told(
                    "qti_partial",
                    "得分",
                    "",
                    [
                        "原题按选项给部分分；这里全部选对才得分",
                        "each choice earns a part there; here only the whole key earns marks",
                    ],
                    ["核对是否仍然合适", "see whether the item still fits"],
                ));
            }
        }
        Err(finding) => findings.push(*finding),
    }
    let is_statement = matches!(item.key, RawKey::Truth(_));
    item.options = if is_statement { Vec::new() } else { texts.into_iter().map(RawOption::unlettered).collect() };
    if findings.is_empty() { Ok((item, told)) } else { Err(findings) }
}

/// The item's only interaction, which is a choice.
fn interaction<'a, 'i>(spot: &Spot, root: Node<'a, 'i>) -> Result<Node<'a, 'i>, Box<Finding>> {
    let unsupported = |what: &str, why: [&str; 2]| Err(Box::new(spot.unsupported("kind_unsupported", what, why)));
    if root.descendants().any(|node| node.is_element() && xml::name(node) == "templatedeclaration") {
        return unsupported("templateDeclaration", ["题目由模板生成", "the item is made from a template"]);
    }
    let all = root.descendants().filter(|node| node.is_element() && xml::name(*node).ends_with("interaction"));
    let all: Vec<Node<'_, '_>> = all.collect();
    let [only] = all[..] else {
        let why = ["没有作答，或有几处作答", "there is no interaction, or there are several"];
        return unsupported(&format!("{} interactions", all.len()), why);
    };
    let name = xml::name(only);
    if name != "choiceinteraction" {
        let what = only.tag_name().name();
        let (zh, en) = (format!("作答方式 {what} 不是选择"), format!("the interaction `{what}` is no choice"));
        return unsupported(what, [&zh, &en]);
    }
    let follows = only.next_siblings().skip(1).any(|node| {
        let is_rubric = node.is_element() && matches!(xml::name(node).as_str(), "rubricblock" | "feedbackblock");
        !is_rubric
            && node.descendants().any(|inner| inner.is_text() && !inner.text().unwrap_or_default().trim().is_empty())
    });
    if follows {
        return unsupported("text after the choices", ["选项后面还有文字", "there is text after the choices"]);
    }
    Ok(only)
}

/// The key; a single choice between 正确 and 错误 is a statement.
fn key(item_type: &mut RawType, texts: &[String], places: Vec<usize>, is_single: bool) -> RawKey {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    if let (true, Some(first_is_true), [place]) = (is_single, statement_answers(&texts), &places[..]) {
        *item_type = RawType::Known(ItemType::TrueFalse);
        return RawKey::Truth((*place == 0) == first_is_true);
    }
    *item_type = RawType::Known(if is_single { ItemType::SingleChoice } else { ItemType::MultipleChoice });
    RawKey::Places(places)
}

fn left_out(spot: &Spot, what: &str, text: &str) -> Finding {
    spot.told(
        "qti_left_out",
        what,
        text,
        ["没有导入这一部分", "this part was not imported"],
        ["需要时写入解析", "write it into the rationale, if it is needed"],
    )
}
