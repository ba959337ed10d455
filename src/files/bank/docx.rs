//! The paragraphs of a .docx as lines. What a line of text cannot hold, and what nobody can see in
//! it, is refused by name.

use super::finding::{Finding, Spot};
use super::findings::Findings;
use super::markup::{Beyond, Flat};
use super::{package, xml};
use std::sync::Arc;
use usvg::roxmltree::Node;

/// The largest `word/document.xml`, in bytes.
const MOST_BYTES: u64 = 32_000_000;
/// The most elements and texts in it.
const MOST_NODES: u32 = 1_000_000;

/// The paragraphs that are not blank, each with the name of its place.
pub(super) fn paragraphs(file: &Arc<str>, bytes: &[u8]) -> Result<Vec<(String, String)>, Findings> {
    let spot = Spot::new(file, "");
    let text = package::open(&spot, bytes).and_then(|mut parts| {
        let place = parts.find("word/document.xml").ok_or_else(|| {
            Box::new(spot.refused(
                "docx_not_word",
                "文件",
                "",
                ["不是 Word 文档（.docx）", "this is no Word document (.docx)"],
                [
                    "用 Word 或 WPS 打开，另存为 .docx 或纯文本后再导入",
                    "save it as .docx or plain text and import that",
                ],
            ))
        })?;
        parts.text(&spot, place, MOST_BYTES)
    });
    let text = text.map_err(alone)?;
    let document = xml::document(&text, &spot, MOST_NODES).map_err(alone)?;
    let (mut paragraphs, mut findings) = (Vec::new(), Findings::default());
    let all = document.descendants().filter(|node| is(*node, "p"));
    for (number, paragraph) in (1..).zip(all) {
        let row = format!("第 {number} 段");
        let mut reader = Paragraph::default();
        let in_table = paragraph.ancestors().any(|above| is(above, "tbl"));
        if in_table {
            reader.flat.beyond(Beyond::Table);
        }
        reader.run(paragraph, 0);
        let spot = Spot::new(file, row.clone());
        for hidden in reader.unclear {
            findings.push(spot.refused(hidden.code, "段落", "", hidden.why, hidden.cure));
        }
        match reader.flat.finish() {
            Ok(line) => paragraphs
                .extend(line.split('\n').filter(|line| !line.is_empty()).map(|line| (row.clone(), line.to_owned()))),
            Err(beyond) => findings.extend(beyond.iter().map(|beyond| beyond.finding(&spot, "段落"))),
        }
    }
    if findings.is_empty() { Ok(paragraphs) } else { Err(findings) }
}

fn alone(finding: Box<Finding>) -> Findings {
    let mut findings = Findings::default();
    findings.push(*finding);
    findings
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

/// Something in a paragraph that a reader of the text does not see as it is.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Unseen {
    code: &'static str,
    why: [&'static str; 2],
    cure: [&'static str; 2],
}

const NUMBERING: Unseen = Unseen {
    code: "docx_numbering",
    why: ["用了自动编号，编号不在文字里", "it has automatic numbering, whose numbers are not in the text"],
    cure: [
        "在 Word 中另存为纯文本（.txt），编号会写进文字，再导入该文件",
        "save it as plain text (.txt) in Word, which writes the numbers, and import that",
    ],
};
const CHANGES: Unseen = Unseen {
    code: "docx_changes",
    why: ["有没有接受的修订，不知道以哪一种为准", "it has tracked changes that nobody has accepted or rejected"],
    cure: ["接受或拒绝全部修订后再导入", "accept or reject all changes and import it again"],
};
const HIDDEN: Unseen = Unseen {
    code: "docx_hidden",
    why: ["有隐藏的文字", "it has hidden text"],
    cure: ["显示或删去隐藏文字后再导入", "show or remove the hidden text and import it again"],
};

#[derive(Default)]
struct Paragraph {
    flat: Flat,
    unclear: Vec<Unseen>,
}

impl Paragraph {
    fn note(&mut self, unseen: Unseen) {
        if !self.unclear.contains(&unseen) {
            self.unclear.push(unseen);
        }
    }

    /// Takes the content of a paragraph, a run, or an element that may contain runs.
    fn run(&mut self, node: Node<'_, '_>, depth: usize) {
        if depth > 20 {
            self.flat.beyond(Beyond::Deep);
            return;
        }
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "t" => self.flat.text(child.text().unwrap_or_default()),
                "tab" if node.tag_name().name() == "r" => self.flat.text("\t"),
                "br" | "cr" => self.flat.open("br", ""),
                "numPr" => self.note(NUMBERING),
                "del" | "ins" | "moveFrom" | "moveTo" => self.note(CHANGES),
                "vanish" => self.note(HIDDEN),
                "oMath" | "oMathPara" => self.flat.beyond(Beyond::Formula),
                "drawing" | "pict" => self.flat.beyond(Beyond::Picture),
                "object" => self.flat.beyond(Beyond::Media),
                "strike" | "dstrike" => self.flat.beyond(Beyond::StruckOut),
                "p" => {}
                "r" => {
                    let script = child.descendants().find(|node| is(*node, "vertAlign"));
                    let script = script.and_then(|node| xml::attribute(node, "val"));
                    let name = match script {
                        Some("superscript") => "sup",
                        Some("subscript") => "sub",
                        _ => "span",
                    };
                    self.flat.open(name, "");
                    self.run(child, depth + 1);
                    self.flat.close(name);
                }
                _ => self.run(child, depth + 1),
            }
        }
    }
}
