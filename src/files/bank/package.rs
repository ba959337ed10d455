//! A zip package from outside, whose parts are read one at a time within bounds.

use super::finding::{Finding, Spot};
use crate::encoding;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// The most parts: a file an item, and some more.
const MOST_PARTS: usize = 110_000;
/// The most bytes that all parts unpack to together.
const MOST_UNPACKED: u64 = 400_000_000;

/// An open package.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    places: BTreeMap<String, usize>,
    left: u64,
}

/// Opens a package.
pub(super) fn open<'a>(spot: &Spot, bytes: &'a [u8]) -> Result<Package<'a>, Box<Finding>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged(spot))?;
    if archive.len() > MOST_PARTS {
        return Err(too_large(spot));
    }
    let mut places = BTreeMap::new();
    for place in 0..archive.len() {
        let part = archive.by_index_raw(place).map_err(|_| damaged(spot))?;
        let name = part.name().map_err(|_| damaged(spot))?.replace('\\', "/");
        let name = name.trim_start_matches("./").trim_start_matches('/').to_owned();
        if places.insert(name.clone(), place).is_some() {
            return Err(Box::new(spot.refused(
                "package_part_twice",
                "文件",
                &name,
                ["压缩包里有两个同名文件", "the package holds two files of one name"],
                ["重新导出后再导入", "export it again and import that"],
            )));
        }
    }
    Ok(Package { archive, places, left: MOST_UNPACKED })
}

impl Package<'_> {
    /// The place of a part by its name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// The text of a part of at most `most` bytes; what a package states of its sizes is not
    /// believed.
    pub(super) fn text(&mut self, spot: &Spot, place: usize, most: u64) -> Result<String, Box<Finding>> {
        let part = self.archive.by_index(place).map_err(|_| damaged(spot))?;
        let most = most.min(self.left);
        let mut bytes = Vec::new();
        part.take(most + 1).read_to_end(&mut bytes).map_err(|_| damaged(spot))?;
        let read = bytes.len() as u64;
        if read > most {
            return Err(too_large(spot));
        }
        self.left -= read;
        let (_, text) = encoding::decode(&bytes).map_err(|error| Box::new(spot.fault(error.fault())))?;
        Ok(text.into_owned())
    }
}

fn damaged(spot: &Spot) -> Box<Finding> {
    Box::new(spot.refused(
        "package_damaged",
        "文件",
        "",
        ["压缩包已损坏，或不是压缩包", "the package is damaged, or no zip file"],
        ["重新导出后再导入", "export it again and import that"],
    ))
}

fn too_large(spot: &Spot) -> Box<Finding> {
    Box::new(spot.refused(
        "package_too_large",
        "文件",
        "",
        ["压缩包解压后过大，或文件太多", "the package unpacks to more than can be read"],
        ["分成几个文件导入", "import several smaller files"],
    ))
}
