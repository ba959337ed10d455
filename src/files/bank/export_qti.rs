//! Items and the manifest of a QTI 3.0 content package.

use kaoping_engine::bank::ItemType;
use kaoping_engine::bank::authored::AuthoredBank;
use kaoping_engine::bank::element::Point;
use kaoping_engine::bank::item::Item;
use quick_xml::escape::escape;
use std::collections::BTreeMap;
use std::fmt::Write as _;

const ITEM_SPACE: &str = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0";
const MANIFEST_SPACE: &str = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1";
const LOM_SPACE: &str = "http://ltsc.ieee.org/xsd/LOM";
const MATCH_CORRECT: &str = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct";

/// The path of an item within the package.
pub(super) fn path(item: &Item) -> String {
    format!("items/{}.xml", identifier(item.id.as_str()))
}

/// Identifiers begin with a letter, which ids here need not.
fn identifier(id: &str) -> String {
    format!("i-{id}")
}

/// An item. Rationale and source are in blocks that candidates do not see.
pub(super) fn item(item: &Item) -> String {
    let is_multiple = item.item_type == ItemType::MultipleChoice;
    let (cardinality, most) = if is_multiple { ("multiple", 0) } else { ("single", 1) };
    let id = identifier(item.id.as_str());
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<qti-assessment-item xmlns=\"{ITEM_SPACE}\" identifier=\"{id}\" \
         title=\"{}\" adaptive=\"false\" time-dependent=\"false\" xml:lang=\"zh-CN\">\n  <qti-response-declaration \
         identifier=\"RESPONSE\" cardinality=\"{cardinality}\" base-type=\"identifier\">\n    <qti-correct-response>\n",
        escape(item.point.as_str())
    );
    let mut put = |part: String| text.push_str(&part);
    for key in &item.key {
        put(format!("      <qti-value>{}</qti-value>\n", identifier(key.as_str())));
    }
    put("    </qti-correct-response>\n  </qti-response-declaration>\n  <qti-outcome-declaration identifier=\"SCORE\" \
         cardinality=\"single\" base-type=\"float\">\n    <qti-default-value>\n      <qti-value>0</qti-value>\n    \
         </qti-default-value>\n  </qti-outcome-declaration>\n  <qti-item-body>\n"
        .to_owned());
    put(paragraphs("    ", &item.stem));
    put(format!(
        "    <qti-choice-interaction response-identifier=\"RESPONSE\" shuffle=\"true\" max-choices=\"{most}\">\n"
    ));
    for option in &item.options {
        let (id, fixed) = (identifier(option.id.as_str()), option.pinned);
        let shown = escape(option.text.as_str());
        put(format!("      <qti-simple-choice identifier=\"{id}\" fixed=\"{fixed}\">{shown}</qti-simple-choice>\n"));
    }
    put("    </qti-choice-interaction>\n".to_owned());
    for (what, content) in [("rationale", &item.rationale), ("source", &item.source)] {
        if !content.is_empty() {
            put(format!(
                "    <qti-rubric-block use=\"ext:{what}\" view=\"author scorer\">\n      <qti-content-body>\n{}      \
                 </qti-content-body>\n    </qti-rubric-block>\n",
                paragraphs("        ", content)
            ));
        }
    }
    put(format!(
        "  </qti-item-body>\n  <qti-response-processing template=\"{MATCH_CORRECT}\"/>\n</qti-assessment-item>\n"
    ));
    text
}

/// A text's lines as paragraphs.
fn paragraphs(indent: &str, text: &str) -> String {
    text.split('\n').map(|line| format!("{indent}<p>{}</p>\n", escape(line))).collect()
}

/// The manifest, which says of each item its point and its difficulty (IEEE LOM).
pub(super) fn manifest(bank: &AuthoredBank, items: &[&Item]) -> String {
    let points: BTreeMap<_, &Point> = bank.points().map(|(_, point)| (&point.code, point)).collect();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest xmlns=\"{MANIFEST_SPACE}\" identifier=\"{}\">\n  \
         <metadata>\n    <schema>QTI Package</schema>\n    <schemaversion>3.0.0</schemaversion>\n  </metadata>\n  \
         <organizations/>\n  <resources>\n",
        identifier(bank.head.id.as_str())
    );
    for item in items {
        let name = points.get(&item.point).map_or("", |point| point.name.as_str());
        let written = write!(
            text,
            "    <resource identifier=\"{id}\" type=\"imsqti_item_xmlv3p0\" href=\"{path}\">\n      <metadata>\n        \
             <lom xmlns=\"{LOM_SPACE}\">\n          <educational>\n            <difficulty>\n              \
             <source>LOMv1.0</source>\n              <value>{difficulty}</value>\n            </difficulty>\n          \
             </educational>\n          <classification>\n            <taxonPath>\n              <source>\n                \
             <string language=\"zh-CN\">鉴定要素细目表</string>\n              </source>\n              <taxon>\n                \
             <id>{point}</id>\n                <entry>\n                  <string language=\"zh-CN\">{name}</string>\n                \
             </entry>\n              </taxon>\n            </taxonPath>\n          </classification>\n        </lom>\n      \
             </metadata>\n      <file href=\"{path}\"/>\n    </resource>\n",
            id = identifier(item.id.as_str()),
            path = path(item),
            difficulty = difficulty(item.difficulty.get()),
            point = item.point,
            name = escape(name),
        );
        debug_assert!(written.is_ok(), "a string takes every text");
    }
    text.push_str("  </resources>\n</manifest>\n");
    text
}

/// The word of LOM 5.8 for a difficulty.
const fn difficulty(number: u8) -> &'static str {
    match number {
        1 => "very easy",
        2 => "easy",
        3 => "medium",
        4 => "difficult",
        _ => "very difficult",
    }
}
