//! How an item of QTI is scored: by the templates `match_correct` and `map_response`, or by the
//! same written out.

use super::finding::{Finding, Spot};
use super::xml;
use usvg::roxmltree::Node;

/// What earns full marks.
pub(super) struct Scoring {
    /// Identifiers of the right choices.
    pub(super) right: Vec<String>,
    /// Whether one choice is to be made.
    pub(super) is_single: bool,
    /// Whether each right choice earns marks for itself.
    pub(super) is_partial: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    MatchCorrect,
    MapResponse,
}

/// The scoring of an item's only interaction.
pub(super) fn scoring(spot: &Spot, root: Node<'_, '_>, interaction: Node<'_, '_>) -> Result<Scoring, Box<Finding>> {
    let wanted = xml::attribute(interaction, "responseidentifier").unwrap_or_default();
    let declarations: Vec<Node<'_, '_>> = xml::children(root, "responsedeclaration")
        .filter(|node| xml::attribute(*node, "identifier") == Some(wanted))
        .collect();
    let [declaration] = declarations[..] else {
        return Err(unclear(
            spot,
            wanted,
            ["没有唯一的 responseDeclaration", "there is no single `responseDeclaration`"],
        ));
    };
    let is_single = match xml::attribute(declaration, "cardinality") {
        Some("single") => true,
        Some("multiple") => false,
        other => {
            let why = ["cardinality 不是 single 或 multiple", "the cardinality is neither `single` nor `multiple`"];
            return Err(unclear(spot, other.unwrap_or_default(), why));
        }
    };
    let most = xml::attribute(interaction, "maxchoices").unwrap_or("1");
    if is_single != (most == "1") {
        let why = [
            "cardinality 与 maxChoices 不一致，分不清是单选还是多选",
            "the cardinality and `maxChoices` disagree on whether several may be chosen",
        ];
        return Err(unclear(spot, most, why));
    }
    let correct: Vec<String> = xml::children(declaration, "correctresponse")
        .flat_map(|correct| xml::children(correct, "value"))
        .map(xml::text)
        .collect();
    let mut right = correct.clone();
    right.sort_unstable();
    right.dedup();
    if right.is_empty() || right.len() != correct.len() || is_single && right.len() != 1 {
        let why = [
            "correctResponse 为空、重复，或单选题有几个答案",
            "`correctResponse` is empty, repeats a value, or has several in a single choice",
        ];
        return Err(unclear(spot, &correct.join("、"), why));
    }
    let mut is_partial = false;
    if rule(spot, root)? == Rule::MapResponse {
        let earning = earning(spot, declaration)?;
        if earning != right {
            let why = [
                "mapping 里得分的选项与 correctResponse 不同",
                "the mapping gives marks to other choices than `correctResponse`",
            ];
            return Err(unclear(spot, &earning.join("、"), why));
        }
        is_partial = !is_single;
    }
    Ok(Scoring { right, is_single, is_partial })
}

/// Choices that earn marks by the mapping, sorted.
fn earning(spot: &Spot, declaration: Node<'_, '_>) -> Result<Vec<String>, Box<Finding>> {
    let entries = xml::children(declaration, "mapping").flat_map(|mapping| xml::children(mapping, "mapentry"));
    let mut found = Vec::new();
    for entry in entries {
        let key = xml::attribute(entry, "mapkey").unwrap_or_default();
        let value = xml::attribute(entry, "mappedvalue").and_then(|value| value.parse::<f64>().ok());
        match value.filter(|value| value.is_finite()) {
            Some(value) if value > 0.0 => found.push(key.to_owned()),
            Some(_) => {}
            None => return Err(unclear(spot, key, ["mappedValue 不是数字", "a `mappedValue` is no number"])),
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The rule by which an item is scored.
fn rule(spot: &Spot, root: Node<'_, '_>) -> Result<Rule, Box<Finding>> {
    let Some(processing) = xml::children(root, "responseprocessing").next() else {
        let why = [
            "没有 responseProcessing，不知道怎样算对",
            "there is no `responseProcessing`: what counts as right is not said",
        ];
        return Err(unclear(spot, "", why));
    };
    let template = xml::attribute(processing, "template").unwrap_or_default();
    let named = template.rsplit('/').next().unwrap_or_default().trim_end_matches(".xml");
    let shape = shape(processing, 0);
    match (named, shape.as_str()) {
        ("match_correct", "") => Ok(Rule::MatchCorrect),
        ("map_response", "") => Ok(Rule::MapResponse),
        ("", shape) if MATCH_CORRECT.contains(&shape) => Ok(Rule::MatchCorrect),
        ("", shape) if MAP_RESPONSE.contains(&shape) => Ok(Rule::MapResponse),
        _ => {
            let why = [
                "答题规则不是 match_correct 或 map_response",
                "the response processing is neither `match_correct` nor `map_response`",
            ];
            Err(Box::new(spot.unsupported(
                "scoring_unsupported",
                if template.is_empty() { &shape } else { template },
                why,
            )))
        }
    }
}

/// The two templates as the specification writes them out (QTI 2.2 information model, 5.2; QTI 3.0,
/// 2.11).
const MATCH_CORRECT: [&str; 2] = [
    "responsecondition(responseif(match(variable,correct),setoutcomevalue(basevalue)),responseelse(setoutcomevalue(basevalue)))",
    "responsecondition(responseif(match(variable,correct),setoutcomevalue(basevalue)))",
];
const MAP_RESPONSE: [&str; 2] = [
    "responsecondition(responseif(isnull(variable),setoutcomevalue(basevalue)),responseelse(setoutcomevalue(mapresponse)))",
    "setoutcomevalue(mapresponse)",
];

/// The names of the elements below, as `a(b,c)`.
fn shape(node: Node<'_, '_>, depth: usize) -> String {
    if depth > 8 {
        return "…".to_owned();
    }
    let parts = node.children().filter(Node::is_element).map(|child| {
        let inside = shape(child, depth + 1);
        let name = xml::name(child);
        if inside.is_empty() { name } else { format!("{name}({inside})") }
    });
    parts.collect::<Vec<_>>().join(",")
}

fn unclear(spot: &Spot, what: &str, why: [&str; 2]) -> Box<Finding> {
    Box::new(spot.refused("qti_key", "答案", what, why, ["改正原题后重新导出", "correct the item and export it again"]))
}
