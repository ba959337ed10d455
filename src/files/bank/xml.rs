//! XML from outside, without DTD and within bounds. Names are compared as QTI 2 and 3 have them in
//! common: `simpleChoice` and `qti-simple-choice` are both `simplechoice`.

use super::finding::{Finding, Spot};
use usvg::roxmltree::{Document, Error, Node, ParsingOptions};

/// Parses a document.
pub(super) fn document<'a>(text: &'a str, spot: &Spot, most_nodes: u32) -> Result<Document<'a>, Box<Finding>> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: most_nodes, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| {
        Box::new(match error {
            Error::DtdDetected => dtd(spot),
            Error::NodesLimitReached => spot.refused(
                "xml_too_large",
                "文件",
                "",
                ["文件里的内容太多", "the file holds too much"],
                ["分成几个文件导入", "import several smaller files"],
            ),
            error => broken(spot, &error.to_string()),
        })
    })
}

/// The finding of a document with a DTD, whose entities could grow without end.
pub(super) fn dtd(spot: &Spot) -> Finding {
    spot.refused(
        "xml_dtd",
        "文件",
        "",
        ["文件里有 DTD，不能接受", "the file has a DTD, which is not accepted"],
        ["删去 <!DOCTYPE …> 后重新导出", "export it again without `<!DOCTYPE …>`"],
    )
}

/// The finding of a text that is no XML.
pub(super) fn broken(spot: &Spot, reason: &str) -> Finding {
    spot.refused(
        "xml_broken",
        "文件",
        reason,
        ["文件已损坏，或不是 XML", "the file is damaged, or no XML"],
        ["重新导出后再导入", "export it again and import that"],
    )
}

/// An element's name in small letters, without `qti-` and hyphens; empty for what is no element.
pub(super) fn name(node: Node<'_, '_>) -> String {
    folded(node.tag_name().name())
}

/// A name in small letters, without `qti-` and hyphens.
pub(super) fn folded(name: &str) -> String {
    let name = name.strip_prefix("qti-").unwrap_or(name);
    name.chars().filter(|letter| *letter != '-').flat_map(char::to_lowercase).collect()
}

/// An attribute by its folded name.
pub(super) fn attribute<'a>(node: Node<'a, '_>, wanted: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| folded(attribute.name()) == wanted).map(|attribute| attribute.value().trim())
}

/// The children of a folded name.
pub(super) fn children<'a, 'i>(node: Node<'a, 'i>, wanted: &'a str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.is_element() && name(*child) == wanted)
}

/// All elements below of a folded name.
pub(super) fn below<'a, 'i>(node: Node<'a, 'i>, wanted: &'a str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.descendants().skip(1).filter(move |child| child.is_element() && name(*child) == wanted)
}

/// The text of an element's own text nodes, trimmed.
pub(super) fn text(node: Node<'_, '_>) -> String {
    let texts: String = node.children().filter_map(|child| if child.is_text() { child.text() } else { None }).collect();
    texts.trim().to_owned()
}
