//! The manifest of a QTI package: which items it names, and what it says of their points and
//! difficulties. It is read element by element, since it grows with the items.

use super::finding::{Finding, Spot};
use super::findings::Findings;
use super::xml;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// An item that the manifest names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Resource {
    /// The item's part of the package.
    pub(super) href: String,
    /// The last taxon of its classification (IEEE LOM 9.2.2), which names the point.
    pub(super) point: String,
    /// Its difficulty (IEEE LOM 5.8) as a number from 1 to 5.
    pub(super) difficulty: String,
}

/// The items that a manifest names. Tests are told of: a blueprint decides here how items are drawn
/// and ordered.
pub(super) fn resources(spot: &Spot, text: &str, findings: &mut Findings) -> Result<Vec<Resource>, Box<Finding>> {
    let broken = |reason: &str| Box::new(xml::broken(spot, reason));
    let mut reader = Reader::from_str(text);
    let mut names: Vec<String> = Vec::new();
    let (mut found, mut resource, mut value) = (Vec::new(), None, String::new());
    loop {
        let event = reader.read_event().map_err(|error| broken(&error.to_string()))?;
        match event {
            Event::DocType(_) => return Err(Box::new(xml::dtd(spot))),
            Event::Start(element) => {
                let name = xml::folded(element.local_name().as_ref());
                if name == "resource" {
                    resource = begun(spot, &element, findings);
                }
                // Texts count within the element that holds them, or its `langstring`.
                if matches!(name.as_str(), "id" | "value") {
                    value.clear();
                }
                names.push(name);
                if names.len() > 100 {
                    return Err(broken("its elements lie too deep"));
                }
            }
            Event::Empty(element) => {
                if xml::folded(element.local_name().as_ref()) == "resource" {
                    found.extend(begun(spot, &element, findings));
                }
            }
            Event::Text(text) => value.push_str(&text),
            Event::CData(text) => value.push_str(&text),
            Event::End(_) => {
                let ended = names.pop().unwrap_or_default();
                let above = names.last().map_or("", String::as_str);
                match (ended.as_str(), above, resource.as_mut()) {
                    ("id", "taxon", Some(Resource { point, .. })) => value.trim().clone_into(point),
                    ("value", "difficulty", Some(Resource { difficulty, .. })) => {
                        number(value.trim()).clone_into(difficulty);
                    }
                    ("resource", ..) => found.extend(resource.take()),
                    _ => {}
                }
            }
            Event::Eof if names.is_empty() => break,
            Event::Eof => return Err(broken("it ends before its elements do")),
            Event::GeneralRef(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    if found.is_empty() {
        let why = ["清单里没有试题", "the manifest names no items"];
        let cure = ["导出为 QTI 2.x 或 3.0", "export it as QTI 2.x or 3.0"];
        return Err(Box::new(spot.refused("qti_no_items", "文件", "", why, cure)));
    }
    Ok(found)
}

/// A resource that is an item; a test is reported.
fn begun(spot: &Spot, element: &BytesStart<'_>, findings: &mut Findings) -> Option<Resource> {
    let attribute = |name: &str| {
        let found = element.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name);
        found.and_then(|attribute| Some(attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned()))
    };
    let (kind, href) = (attribute("type").unwrap_or_default(), attribute("href").unwrap_or_default());
    if kind.starts_with("imsqti_test") || kind.starts_with("imsqti_section") {
        let why = [
            "试卷的抽题和顺序没有导入，只收入其中的试题",
            "how a test selects and orders was not imported, only its items",
        ];
        let cure = ["用组卷方案规定怎样抽题", "let a blueprint say how items are drawn"];
        findings.push(spot.told("qti_test", "试卷", &href, why, cure));
    }
    let href = percent_decoded(href.trim().trim_start_matches("./"));
    kind.starts_with("imsqti_item").then(|| Resource { href, ..Resource::default() })
}

fn number(word: &str) -> &'static str {
    match word.to_lowercase().as_str() {
        "very easy" => "1",
        "easy" => "2",
        "medium" => "3",
        "difficult" => "4",
        "very difficult" => "5",
        _ => "",
    }
}

/// `%20` and its like in an address.
fn percent_decoded(href: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = href.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let coded = (*first == b'%').then(|| after.get(..2)).flatten();
        let coded = coded.and_then(|digits| std::str::from_utf8(digits).ok());
        match coded.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| href.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_and_langstrings_make_no_difference() -> Result<(), Box<Finding>> {
        let spot = Spot::new(&"imsmanifest.xml".into(), "");
        let text = r#"<m:manifest xmlns:m="a" xmlns:imsmd="b"><m:resources>
            <m:resource type="imsqti_item_xmlv2p1" href="./a%20b.xml"><imsmd:lom><imsmd:difficulty><imsmd:source>
            <imsmd:langstring>LOMv1.0</imsmd:langstring></imsmd:source><imsmd:value><imsmd:langstring>easy</imsmd:langstring></imsmd:value>
            </imsmd:difficulty><imsmd:taxon><imsmd:id>A</imsmd:id></imsmd:taxon><imsmd:taxon><imsmd:id>A-B</imsmd:id></imsmd:taxon>
            </imsmd:lom></m:resource><m:resource type="imsqti_item_xmlv2p1" href="c.xml"/><m:resource type="webcontent" href="d"/>
            </m:resources></m:manifest>"#;
        let mut findings = Findings::default();
        let found = resources(&spot, text, &mut findings)?;
        let first = Resource { href: "a b.xml".into(), point: "A-B".into(), difficulty: "2".into() };
        assert_eq!(found, [first, Resource { href: "c.xml".into(), ..Resource::default() }]);
        assert!(findings.is_empty());
        Ok(())
    }
}
