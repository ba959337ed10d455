//! A paper: which items, in which order, with which order of options. It holds no text.

use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, ItemId, OptionId, PaperId};
use serde::{Deserialize, Serialize};

/// The version of the paper's form.
pub const PAPER_VERSION: u32 = 1;

/// A paper (试卷), section 6 of the specification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// The attempt of the batch's draw, from 1.
    pub attempt: u32,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// The items in the order shown.
    pub items: Vec<PaperItem>,
    /// The digest of the manifest that it was drawn by.
    pub manifest: Digest,
    /// The paper's id, as in the seating.
    pub paper: PaperId,
    /// [`PAPER_VERSION`].
    pub v: u32,
}

/// An item where it stands in a paper, with its options in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperItem {
    /// Id of the item (试题), which is never reused.
    pub item: ItemId,
    /// Its options in the order shown.
    pub options: Vec<OptionId>,
}

impl Paper {
    /// The canonical bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256 + self.items.len() * 128);
        let mut writer = Writer::new(&mut bytes, self.attempt, &self.batch);
        for item in &self.items {
            writer.item(&item.item, item.options.iter());
        }
        writer.end(self.manifest, &self.paper, self.v);
        bytes
    }

    /// The digest by which certificates and sittings name this paper.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_bytes())
    }
}

/// Writes a paper's canonical bytes directly: ids need no escapes, so no value tree is built for each of many papers.
pub(super) struct Writer<'a> {
    bytes: &'a mut Vec<u8>,
    first: bool,
}

impl<'a> Writer<'a> {
    /// Begins a paper.
    pub(super) fn new(bytes: &'a mut Vec<u8>, attempt: u32, batch: &BatchId) -> Self {
        let mut writer = Self { bytes, first: true };
        writer.texts(&[r#"{"attempt":"#, &attempt.to_string(), r#","batch":""#, batch.as_str(), r#"","items":["#]);
        writer
    }

    /// Adds an item with its options.
    fn item<'b>(&mut self, item: &ItemId, options: impl Iterator<Item = &'b OptionId>) {
        self.begin();
        write_head(self.bytes, item);
        for (place, option) in options.enumerate() {
            self.texts(&[if place == 0 { "" } else { "," }]);
            write_option(self.bytes, option);
        }
        self.texts(&["]}"]);
    }

    /// Adds an item whose parts [`write_head`] and [`write_option`] wrote before.
    pub(super) fn written_item<'b>(&mut self, head: &[u8], options: impl Iterator<Item = &'b [u8]>) {
        self.begin();
        self.bytes.extend_from_slice(head);
        for (place, option) in options.enumerate() {
            self.texts(&[if place == 0 { "" } else { "," }]);
            self.bytes.extend_from_slice(option);
        }
        self.texts(&["]}"]);
    }

    fn begin(&mut self) {
        self.texts(&[if self.first { "" } else { "," }]);
        self.first = false;
    }

    /// Ends the paper.
    pub(super) fn end(mut self, manifest: Digest, paper: &PaperId, v: u32) {
        let (manifest, v) = (manifest.to_string(), v.to_string());
        self.texts(&[r#"],"manifest":""#, &manifest, r#"","paper":""#, paper.as_str(), r#"","v":"#, &v, "}"]);
    }

    fn texts(&mut self, texts: &[&str]) {
        texts.iter().for_each(|text| self.bytes.extend_from_slice(text.as_bytes()));
    }
}

/// Writes what begins an item, up to its options.
pub(super) fn write_head(bytes: &mut Vec<u8>, item: &ItemId) {
    [r#"{"item":""#, item.as_str(), r#"","options":["#]
        .iter()
        .for_each(|text| bytes.extend_from_slice(text.as_bytes()));
}

/// Writes one option.
pub(super) fn write_option(bytes: &mut Vec<u8>, option: &OptionId) {
    ["\"", option.as_str(), "\""].iter().for_each(|text| bytes.extend_from_slice(text.as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoping_record::canonical;
    use std::error::Error;

    // Catches a direct writer that leaves the canonical form.
    #[test]
    fn bytes_are_canonical() -> Result<(), Box<dyn Error>> {
        let item = |item: &str, options: &[&str]| {
            let options = options.iter().map(|id| OptionId::new(*id)).collect::<Result<_, _>>()?;
            Ok::<_, Box<dyn Error>>(PaperItem { item: ItemId::new(item)?, options })
        };
        let paper = Paper {
            attempt: 12,
            batch: BatchId::new("b-1")?,
            items: vec![item("a.1", &["x", "y"])?, item("b_2", &[])?],
            manifest: Digest::of(b"abc"),
            paper: PaperId::new("p1")?,
            v: PAPER_VERSION,
        };
        assert_eq!(paper.to_bytes(), canonical::to_bytes(&paper)?);
        assert_eq!(canonical::from_bytes::<Paper>(&paper.to_bytes())?, paper);
        Ok(())
    }
}
