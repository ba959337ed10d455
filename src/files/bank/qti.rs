//! QTI 2.x and 3.0: one item, or a package whose manifest names items.

use super::finding::Spot;
use super::package::{self, Package};
use super::qti_item;
use super::qti_manifest::{Resource, resources};
use super::raw::{Gathered, RawItem};
use crate::encoding;
use std::sync::Arc;

/// The largest item or manifest, in bytes.
const MOST_ITEM: u64 = 1_000_000;
const MOST_MANIFEST: u64 = 64_000_000;

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
            gathered.take(item);
            gathered.findings.extend(told);
        }
        Err(findings) => gathered.findings.extend(findings),
    }
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
    let resources = manifest.and_then(|text| resources(spot, &text, &mut gathered.findings));
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
