//! Markup as plain text: blocks become lines, sub- and superscripts become Unicode, and what a
//! plain text cannot hold is refused by its name.

use super::finding::{Finding, Spot};
use html5gum::{Token, Tokenizer};
use usvg::roxmltree::{Node, NodeType};

/// The deepest that elements may lie in each other.
const MOST_DEPTH: usize = 64;

/// Content that plain text cannot express.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Beyond {
    Table,
    Formula,
    Picture,
    List,
    Media,
    Link,
    StruckOut,
    Script(char),
    Deep,
    Other(String),
}

impl Beyond {
    /// What it is, in both languages.
    fn names(&self) -> [String; 2] {
        let [zh, en] = match self {
            Self::Table => ["表格", "a table"],
            Self::Formula => ["公式", "a formula"],
            Self::Picture => ["图片", "a picture"],
            Self::List => ["列表", "a list"],
            Self::Media => ["音频、视频或嵌入的对象", "audio, video or an embedded object"],
            Self::Link => ["链接", "a link"],
            Self::StruckOut => ["划掉的文字", "text that is struck out"],
            Self::Script(letter) => {
                return [
                    format!("没有 Unicode 上下标的字符「{letter}」"),
                    format!("`{letter}` as a sub- or superscript, which Unicode does not have"),
                ];
            }
            Self::Deep => ["层次太深的标记", "markup that lies too deep"],
            Self::Other(name) => return [format!("标记 <{name}>"), format!("markup `{name}`")],
        };
        [zh.to_owned(), en.to_owned()]
    }
}

impl Beyond {
    /// The finding of it in a field.
    pub(super) fn finding(&self, spot: &Spot, field: &str) -> Finding {
        let [zh, en] = self.names();
        let why = [format!("含有{zh}，纯文字放不下"), format!("it holds {en}, which plain text cannot")];
        let [why_zh, why_en] = &why;
        let finding = spot.unsupported("beyond_text", &zh, [why_zh, why_en]);
        Finding { field: field.to_owned(), ..finding }
    }
}

/// A plain text in the making.
#[derive(Debug, Default)]
pub(super) struct Flat {
    text: String,
    /// White space was read and not yet written.
    space: bool,
    /// Sub- and superscripts that are open.
    scripts: Vec<bool>,
    beyond: Vec<Beyond>,
}

/// The text of a fragment of HTML.
pub(super) fn html(fragment: &str) -> Result<String, Vec<Beyond>> {
    let mut flat = Flat::default();
    for token in Tokenizer::new(fragment) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                let class = tag.attributes.iter().find(|(name, _)| name.as_slice() == b"class");
                let class = class.map(|(_, value)| String::from_utf8_lossy(value).into_owned()).unwrap_or_default();
                flat.open(&name, &class);
            }
            Token::EndTag(tag) => flat.close(&String::from_utf8_lossy(&tag.name)),
            Token::String(text) => flat.text(&String::from_utf8_lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    flat.finish()
}

impl Flat {
    pub(super) fn open(&mut self, name: &str, class: &str) {
        if class.contains("math") || class.contains("MathJax") {
            self.beyond(Beyond::Formula);
        }
        match name {
            "p" | "div" | "br" | "hr" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "section" | "blockquote"
            | "prompt" | "contentbody" => self.new_line(),
            "sup" => self.scripts.push(true),
            "sub" => self.scripts.push(false),
            "b" | "strong" | "i" | "em" | "u" | "span" | "font" | "small" | "big" | "pre" | "code" | "cite" | "q"
            | "bdi" | "wbr" | "tt" | "var" | "kbd" | "abbr" => {}
            "table" | "tr" | "td" | "th" | "tbody" | "thead" | "caption" => self.beyond(Beyond::Table),
            "math" => self.beyond(Beyond::Formula),
            "img" | "svg" | "picture" | "map" => self.beyond(Beyond::Picture),
            "ul" | "ol" | "li" | "dl" | "dt" | "dd" => self.beyond(Beyond::List),
            "audio" | "video" | "object" | "embed" | "iframe" | "source" | "track" | "canvas" => {
                self.beyond(Beyond::Media);
            }
            "a" => self.beyond(Beyond::Link),
            "s" | "del" | "strike" | "ins" => self.beyond(Beyond::StruckOut),
            other => self.beyond(Beyond::Other(other.chars().take(30).collect())),
        }
    }

    pub(super) fn close(&mut self, name: &str) {
        match name {
            "sup" | "sub" => drop(self.scripts.pop()),
            "p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "section" | "blockquote" | "prompt"
            | "contentbody" => {
                self.new_line();
            }
            _ => {}
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        for letter in text.chars() {
            // White space as HTML has it; the wide space of Chinese texts is a character like
            // others.
            if letter.is_ascii_whitespace() || letter == '\u{a0}' {
                self.space = true;
                continue;
            }
            if self.space && !self.text.is_empty() && !self.text.ends_with('\n') {
                self.text.push(' ');
            }
            self.space = false;
            let shown = match self.scripts.last() {
                None => Some(letter),
                Some(true) => superscript(letter),
                Some(false) => subscript(letter),
            };
            match shown {
                Some(shown) => self.text.push(shown),
                None => self.beyond(Beyond::Script(letter)),
            }
        }
    }

    pub(super) fn beyond(&mut self, beyond: Beyond) {
        if !self.beyond.contains(&beyond) {
            self.beyond.push(beyond);
        }
    }

    fn new_line(&mut self) {
        self.space = false;
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// The plain text, or what it could not hold.
    pub(super) fn finish(mut self) -> Result<String, Vec<Beyond>> {
        if ["\\(", "\\[", "$$", "\\frac", "\\sqrt"].iter().any(|sign| self.text.contains(sign)) {
            self.beyond(Beyond::Formula);
        }
        let kept = self.text.trim_end().len();
        self.text.truncate(kept);
        if self.beyond.is_empty() { Ok(self.text) } else { Err(self.beyond) }
    }

    /// Takes an element of XHTML with all that lies in it, but for elements that `skip` names.
    pub(super) fn element(&mut self, node: Node<'_, '_>, skip: &dyn Fn(&str) -> bool, depth: usize) {
        if depth > MOST_DEPTH {
            self.beyond(Beyond::Deep);
            return;
        }
        for child in node.children() {
            match child.node_type() {
                NodeType::Text => self.text(child.text().unwrap_or_default()),
                NodeType::Element => {
                    let name = super::xml::name(child);
                    if skip(&name) {
                        continue;
                    }
                    self.open(&name, child.attribute("class").unwrap_or_default());
                    // Their contents are refused with them and not reported separately.
                    if matches!(name.as_str(), "math" | "table" | "svg" | "ul" | "ol" | "dl") {
                        continue;
                    }
                    self.element(child, skip, depth + 1);
                    self.close(&name);
                }
                NodeType::Root | NodeType::Comment | NodeType::PI => {}
            }
        }
    }
}

/// The superscript of a character, as far as Unicode has it.
pub(super) fn superscript(letter: char) -> Option<char> {
    translated(letter, "0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
}

/// The subscript of a character, as far as Unicode has it.
pub(super) fn subscript(letter: char) -> Option<char> {
    translated(letter, "0123456789+-−=()aeoxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜ")
}

fn translated(letter: char, from: &str, to: &str) -> Option<char> {
    from.chars().zip(to.chars()).find(|(known, _)| *known == letter).map(|(_, shown)| shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_plain_text() {
        for (markup, text) in [
            ("<p>体温 <b>38.2</b>&nbsp;℃</p><p>怎么办？</p>", "体温 38.2 ℃\n怎么办？"),
            ("H<sub>2</sub>O 和 10<sup>-3</sup>", "H₂O 和 10⁻³"),
            ("体温<36℃ 或 >39℃", "体温<36℃ 或 >39℃"),
            ("一<br>二<br/>三", "一\n二\n三"),
            ("&lt;p&gt; 不是标记", "<p> 不是标记"),
            ("  \n 前后  的空白 \n", "前后 的空白"),
        ] {
            assert_eq!(html(markup), Ok(text.to_owned()), "{markup}");
        }
    }

    #[test]
    fn what_a_text_cannot_hold_is_named() {
        for (markup, beyond) in [
            ("<table><tr><td>1</td></tr></table>", Beyond::Table),
            ("\\(x^2\\)", Beyond::Formula),
            ("<math><mi>x</mi></math>", Beyond::Formula),
            ("<span class=\"math-tex\">x</span>", Beyond::Formula),
            ("看图<img src=\"a.png\">", Beyond::Picture),
            ("<ul><li>一</li></ul>", Beyond::List),
            ("<audio src=a>", Beyond::Media),
            ("x<sup>甲</sup>", Beyond::Script('甲')),
            ("<del>不</del>可以", Beyond::StruckOut),
            ("<script>1</script>", Beyond::Other("script".to_owned())),
        ] {
            assert!(html(markup).is_err_and(|found| found.contains(&beyond)), "{markup}");
        }
    }
}
