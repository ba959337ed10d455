//! QTI 2.x and 3.0: one item, or a package whose manifest names items.

use super::finding::Spot;
use super::package::{self, Package};
use super::raw::{Gathered, RawItem};
use super::{qti_item, xml};
use crate::encoding;
use std::sync::Arc;
use usvg::roxmltree::Node;

/// The largest item or manifest, in bytes.
const MOST_ITEM: u64 = 1_000_000;
const MOST_MANIFEST: u64 = 48_000_000;
/// The most elements and texts of a manifest.
const MOST_NODES: u32 = 2_000_000;

pub(super) fn read(file: &Arc<str>, bytes: &[u8]) -> Gathered {
    let spot = Spot::new(file, "");
    if bytes.starts_with(b"PK") {
        return match package::open(&spot, bytes) {
            Ok(package) => in_package(&spot, package),
            Err(finding) => Gathered::refused(*finding),
        };
    }
    let mut gathered = Gathered::default();
    match encoding::decode(bytes) {
        Ok((_, text)) => take(&mut gathered, &spot, &text, RawItem::new(spot.clone())),
        Err(error) => gathered.findings.push(spot.fault(error.fault())),
    }
    gathered
}

fn take(gathered: &mut Gathered, spot: &Spot, text: &str, item: RawItem) {
    match qti_item::read(spot, text, item) {
        Ok((item, told)) => {
            gathered.items.push(item);
            gathered.findings.extend(told);
        }
        Err(findings) => gathered.findings.extend(findings),
    }
}

/// A resource of the manifest.
struct Resource {
    href: String,
    point: String,
    difficulty: String,
}

fn in_package(spot: &Spot, mut package: Package<'_>) -> Gathered {
    let mut gathered = Gathered::default();
    let Some(place) = package.find("imsmanifest.xml") else {
        let why = ["压缩包里没有 imsmanifest.xml", "the package has no `imsmanifest.xml`"];
        return Gathered::refused(spot.refused(
            "qti_manifest",
            "文件",
            "",
            why,
            ["导出为 QTI 内容包", "export it as a QTI content package"],
        ));
    };
    let manifest = package.text(spot, place, MOST_MANIFEST);
    let resources = manifest.and_then(|text| resources(spot, &text, &mut gathered));
    let resources = match resources {
        Ok(resources) => resources,
        Err(finding) => return Gathered::refused(*finding),
    };
    for resource in resources {
        let part: Arc<str> = resource.href.as_str().into();
        let spot = Spot::new(&part, "");
        let Some(place) = package.find(&resource.href) else {
            let why = ["清单里的文件不在压缩包里", "the manifest names a file that the package does not have"];
            gathered.findings.push(spot.refused("qti_part_missing", "文件", "", why, ["重新导出", "export it again"]));
            continue;
        };
        match package.text(&spot, place, MOST_ITEM) {
            Ok(text) => {
                let Resource { point, difficulty, .. } = resource;
                let item = RawItem { point, difficulty, ..RawItem::new(spot.clone()) };
                take(&mut gathered, &spot, &text, item);
            }
            Err(finding) => gathered.findings.push(*finding),
        }
    }
    gathered
}

/// The items that a manifest names. Tests are told of: a blueprint decides here how items are drawn and ordered.
fn resources(spot: &Spot, text: &str, gathered: &mut Gathered) -> Result<Vec<Resource>, Box<super::finding::Finding>> {
    let document = xml::document(text, spot, MOST_NODES)?;
    let mut found = Vec::new();
    for node in document.descendants().filter(|node| node.is_element() && xml::name(*node) == "resource") {
        let kind = xml::attribute(node, "type").unwrap_or_default();
        let href = xml::attribute(node, "href").unwrap_or_default().trim_start_matches("./");
        if kind.starts_with("imsqti_item") {
            found.push(Resource { href: percent_decoded(href), point: taxon(node), difficulty: difficulty(node) });
        } else if kind.starts_with("imsqti_test") || kind.starts_with("imsqti_section") {
            let why = [
                "试卷的抽题和顺序没有导入，只收入其中的试题",
                "how a test selects and orders was not imported, only its items",
            ];
            let cure = ["用组卷方案规定怎样抽题", "let a blueprint say how items are drawn"];
            gathered.findings.push(spot.told("qti_test", "试卷", href, why, cure));
        }
    }
    if found.is_empty() {
        let why = ["清单里没有试题", "the manifest names no items"];
        return Err(Box::new(spot.refused(
            "qti_no_items",
            "文件",
            "",
            why,
            ["导出为 QTI 2.x 或 3.0", "export it as QTI 2.x or 3.0"],
        )));
    }
    Ok(found)
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

/// The last taxon of a resource's classification (IEEE LOM 9.2.2), which names the point.
fn taxon(resource: Node<'_, '_>) -> String {
    let taxon = xml::below(resource, "taxon").last();
    let id = taxon.and_then(|taxon| xml::children(taxon, "id").next());
    id.map(inner_text).unwrap_or_default()
}

/// A resource's difficulty (IEEE LOM 5.8) as a number from 1 to 5.
fn difficulty(resource: Node<'_, '_>) -> String {
    let value = xml::below(resource, "difficulty").next().and_then(|node| xml::below(node, "value").next());
    let number = match value.map(inner_text).unwrap_or_default().to_lowercase().as_str() {
        "very easy" => "1",
        "easy" => "2",
        "medium" => "3",
        "difficult" => "4",
        "very difficult" => "5",
        _ => "",
    };
    number.to_owned()
}

/// The text of an element, or of the `langstring` in it.
fn inner_text(node: Node<'_, '_>) -> String {
    let all: String = node.descendants().filter(|inner| inner.is_text()).filter_map(|inner| inner.text()).collect();
    all.trim().to_owned()
}
