//! SVG: shapes alone, which every browser draws alike.
//!
//! An element must be one of [`SHAPES`]; what else drawings hold is refused by its name. What
//! remains is drawn by `usvg`, which finds what no list can: a size that does not hold, references
//! that lead nowhere, and too much to draw.

use super::{SIDE, fault, size_fault};
use kaoping_engine::fault::Fault;
use usvg::roxmltree::{Document, Error as XmlError, Node, ParsingOptions};
use usvg::{Error as SvgError, Group, Node as DrawnNode, Options, Tree};

const SVG: &str = "http://www.w3.org/2000/svg";

/// The elements that a picture may consist of.
const SHAPES: [&str; 18] = [
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "marker",
    "style",
];

/// The most elements, texts and comments of a file.
const MOST_NODES: u32 = 5000;
/// The deepest that elements may lie in each other.
const MOST_DEPTH: usize = 32;
/// The most shapes that are drawn, once all references are followed.
const MOST_DRAWN: usize = 2000;

/// Content of a file that is not allowed: code, what it is in Chinese and English, and what to do.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Refused {
    code: &'static str,
    cause: [&'static str; 2],
    cure: [&'static str; 2],
}

const SCRIPT: Refused = Refused {
    code: "picture_svg_script",
    cause: ["含有脚本", "holds a script"],
    cure: ["删去脚本和 on… 属性", "remove scripts and attributes on…"],
};
const TEXT: Refused = Refused {
    code: "picture_svg_text",
    cause: ["含有文字，各台电脑的字体不同", "holds text, and fonts differ between machines"],
    cure: ["把文字转换为路径", "convert the text to paths"],
};
const IMAGE: Refused = Refused {
    code: "picture_svg_image",
    cause: ["嵌入了另一张图片或网页", "embeds another picture or page"],
    cure: ["用图形画出来，或整张改用 PNG、JPEG", "draw it with shapes, or make all of it a PNG or JPEG"],
};
const ANIMATION: Refused = Refused {
    code: "picture_svg_animation",
    cause: ["含有动画", "holds an animation"],
    cure: ["只保留静止的画面", "keep a picture without movement"],
};
const EXTERNAL: Refused = Refused {
    code: "picture_svg_external",
    cause: ["引用了文件以外的内容", "refers to something outside of the file"],
    cure: ["只引用本文件中的 #编号", "refer to `#id` within the file alone"],
};
const HIDDEN_WORDS: Refused = Refused {
    code: "picture_svg_words",
    cause: ["含有注释、标题或说明文字，考生能看到", "holds a comment, title or description, which candidates can read"],
    cure: ["删去；说明写在试题的 alt 中", "remove it; what is drawn is said in the item's `alt`"],
};
const ELEMENT: Refused = Refused {
    code: "picture_svg_element",
    cause: ["含有不能使用的元素或属性", "holds an element or attribute that is not allowed"],
    cure: [
        "只用基本图形、路径、渐变、裁剪和 use，另存为普通 SVG",
        "use basic shapes, paths, gradients, clips and `use`, and save as plain SVG",
    ],
};

/// Every fault of an SVG file.
pub(super) fn faults(path: &str, bytes: &[u8]) -> Vec<Fault> {
    let unreadable = |reason: &dyn std::fmt::Display| {
        vec![fault(
            "picture_svg_unreadable",
            path,
            [&format!("不是能读取的 SVG：{reason}"), &format!("cannot be read as SVG: {reason}")],
            [
                "用绘图软件重新导出为普通 SVG（UTF-8，没有 DOCTYPE）",
                "export it again as plain SVG (UTF-8, without DOCTYPE)",
            ],
        )]
    };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return unreadable(&error),
    };
    // Without a DTD there are no entities that grow.
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = match Document::parse_with_options(text, options) {
        Ok(document) => document,
        Err(XmlError::NodesLimitReached) => return vec![too_much(path)],
        Err(error) => return unreadable(&error),
    };
    let root = document.root_element();
    if root.tag_name().name() != "svg" || root.tag_name().namespace() != Some(SVG) {
        return unreadable(&"the root is not <svg xmlns=\"http://www.w3.org/2000/svg\">");
    }
    let mut faults = refused_nodes(path, &document);
    if !has_view_box(root) {
        faults.push(fault(
            "picture_svg_view_box",
            path,
            ["缺少 viewBox，放大时会走样", "has no viewBox, without which it cannot be enlarged"],
            ["在 svg 元素上写 viewBox=\"0 0 宽 高\"", "write viewBox=\"0 0 WIDTH HEIGHT\" on the svg element"],
        ));
    }
    // A refused picture is not drawn.
    if faults.is_empty() {
        faults.extend(match Tree::from_xmltree(&document, &Options::default()) {
            Ok(tree) => drawing_fault(path, &tree),
            Err(SvgError::ElementsLimitReached | SvgError::ParsingFailed(XmlError::NodesLimitReached)) => {
                Some(too_much(path))
            }
            Err(error) => return unreadable(&error),
        });
    }
    faults
}

/// The faults of all nodes, each kind once with the line where it is found first.
fn refused_nodes(path: &str, document: &Document<'_>) -> Vec<Fault> {
    let mut found: Vec<(Refused, String)> = Vec::new();
    let mut faults = Vec::new();
    for node in document.descendants() {
        if node.ancestors().nth(MOST_DEPTH).is_some() {
            faults.push(too_much(path));
            break;
        }
        // Content that is removed with an element is not reported.
        if node.ancestors().skip(1).any(|above| above.is_element() && refused_element(above).is_some()) {
            continue;
        }
        for (refused, name) in refused_in(node) {
            if !found.contains(&(refused, name.clone())) {
                let line = document.text_pos_at(node.range().start).row;
                let Refused { code, cause: [zh, en], cure } = refused;
                let place = format!("{path} 第 {line} 行");
                faults.push(fault(code, &place, [&format!("{zh}（{name}）"), &format!("{en} (`{name}`)")], cure));
                found.push((refused, name));
            }
        }
    }
    faults
}

/// Content of a node that is not allowed, with the name by which its author finds it.
fn refused_in(node: Node<'_, '_>) -> Vec<(Refused, String)> {
    if node.is_pi() {
        return vec![(EXTERNAL, "<?…?>".into())];
    }
    if node.is_comment() {
        return vec![(HIDDEN_WORDS, "<!-- -->".into())];
    }
    let in_style = node.parent().is_some_and(|parent| parent.has_tag_name((SVG, "style")));
    if let Some(text) = node.text().filter(|_| node.is_text()) {
        return match refused_style(text) {
            Some(refused) if in_style => vec![(refused, "style".into())],
            None if in_style => Vec::new(),
            _ if text.trim().is_empty() => Vec::new(),
            _ => vec![(TEXT, text.trim().chars().take(12).collect())],
        };
    }
    if !node.is_element() {
        return Vec::new();
    }
    if let Some(refused) = refused_element(node) {
        return vec![(refused, node.tag_name().name().to_owned())];
    }
    let attributes = node.attributes().filter_map(|attribute| {
        let refused = refused_attribute(attribute.name(), attribute.value())?;
        Some((refused, attribute.name().to_owned()))
    });
    attributes.collect()
}

fn refused_element(node: Node<'_, '_>) -> Option<Refused> {
    let name = node.tag_name().name();
    if node.tag_name().namespace() == Some(SVG) && SHAPES.contains(&name) {
        return None;
    }
    Some(match name {
        "script" | "handler" | "listener" => SCRIPT,
        "text" | "tspan" | "tref" | "textPath" | "textArea" | "altGlyph" | "font" | "font-face" | "glyph" => TEXT,
        "image" | "feImage" | "foreignObject" | "iframe" | "img" | "video" | "audio" | "embed" | "object" => IMAGE,
        "animate" | "animateColor" | "animateMotion" | "animateTransform" | "set" | "discard" => ANIMATION,
        "a" | "cursor" | "link" => EXTERNAL,
        "title" | "desc" | "metadata" => HIDDEN_WORDS,
        _ => ELEMENT,
    })
}

fn refused_attribute(name: &str, value: &str) -> Option<Refused> {
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "href" => (!value.trim().starts_with('#')).then_some(EXTERNAL),
        "base" | "src" | "data" => Some(EXTERNAL),
        // Shown on some machines alone.
        "systemlanguage" | "requiredextensions" | "requiredfeatures" => Some(ELEMENT),
        "aria-label" | "aria-description" => Some(HIDDEN_WORDS),
        _ if lower.starts_with("on") => Some(SCRIPT),
        _ => refused_style(value),
    }
}

/// Content of a style that is not allowed: rules and functions that load, and movement. Escapes
/// could hide either.
fn refused_style(style: &str) -> Option<Refused> {
    const LOADING: [&str; 7] = ["\\", "@", "image(", "image-set(", "src(", "expression(", "javascript:"];
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let inside = |reference: &str| reference.trim_start_matches(['"', '\'']).starts_with('#');
    if LOADING.iter().any(|word| style.contains(word)) || !style.split("url(").skip(1).all(inside) {
        return Some(EXTERNAL);
    }
    ["animation", "transition"].iter().any(|word| style.contains(word)).then_some(ANIMATION)
}

fn has_view_box(root: Node<'_, '_>) -> bool {
    let numbers = root.attribute("viewBox").unwrap_or_default().split([' ', ',', '\t', '\n', '\r']);
    let numbers: Option<Vec<f32>> = numbers.filter(|number| !number.is_empty()).map(|n| n.parse().ok()).collect();
    matches!(numbers.as_deref(), Some([_, _, width, height]) if *width > 0.0 && *height > 0.0)
}

/// The fault of what is drawn: its size, nothing, or too much.
fn drawing_fault(path: &str, tree: &Tree) -> Option<Fault> {
    let size = tree.size();
    let fits = |side: f32| (f64::from(*SIDE.start())..=f64::from(*SIDE.end())).contains(&f64::from(side));
    if !fits(size.width()) || !fits(size.height()) {
        return Some(size_fault(path, size.width(), size.height()));
    }
    match drawn(tree.root()) {
        0 => Some(fault(
            "picture_svg_empty",
            path,
            ["什么也没有画出来", "nothing is drawn"],
            ["检查图形的位置、大小、颜色和引用", "look at places, sizes, colours and references of the shapes"],
        )),
        1..=MOST_DRAWN => None,
        _ => Some(too_much(path)),
    }
}

/// How many shapes of a group are seen.
fn drawn(group: &Group) -> usize {
    let children = group.children().iter().map(|child| match child {
        DrawnNode::Group(group) => drawn(group),
        DrawnNode::Path(path) => usize::from(path.is_visible()),
        DrawnNode::Image(_) | DrawnNode::Text(_) => 0,
    });
    children.sum()
}

fn too_much(path: &str) -> Fault {
    fault(
        "picture_svg_complex",
        path,
        [
            &format!("图形太多（最多 {MOST_DRAWN} 个）或层次太深（最多 {MOST_DEPTH} 层）"),
            &format!("draws too much ({MOST_DRAWN} shapes at most) or lies too deep ({MOST_DEPTH} levels at most)"),
        ],
        ["简化图形", "draw it with fewer shapes"],
    )
}
