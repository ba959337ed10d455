//! A paper: which items, in which order, with which order of options. It holds no text.

use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, ItemId, OptionId, PaperId};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// The version of the paper's form.
pub const PAPER_VERSION: u32 = 1;

/// A paper (试卷), section 5 of the specification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// The attempt of the batch's draw, from 1.
    pub attempt: u32,
    /// The batch.
    pub batch: BatchId,
    /// The items in the order shown.
    pub items: Vec<PaperItem>,
    /// The digest of the manifest that it was drawn by.
    pub manifest: Digest,
    /// The paper.
    pub paper: PaperId,
    /// [`PAPER_VERSION`].
    pub v: u32,
}

/// An item of a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperItem {
    /// The item.
    pub item: ItemId,
    /// Its options in the order shown.
    pub options: Vec<OptionId>,
}

impl Paper {
    /// The canonical bytes. Written directly: ids need no escapes, so no value tree is built for each of many papers.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = String::with_capacity(128 + self.items.len() * 128);
        // Writing into a `String` cannot fail.
        let _ = write!(text, r#"{{"attempt":{},"batch":"{}","items":["#, self.attempt, self.batch);
        for (place, item) in self.items.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            let _ = write!(text, r#"{comma}{{"item":"{}","options":["#, item.item);
            for (place, option) in item.options.iter().enumerate() {
                let comma = if place == 0 { "" } else { "," };
                let _ = write!(text, r#"{comma}"{option}""#);
            }
            text.push_str("]}");
        }
        let _ = write!(text, r#"],"manifest":"{}","paper":"{}","v":{}}}"#, self.manifest, self.paper, self.v);
        text.into_bytes()
    }

    /// The digest by which certificates and sittings name this paper.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_bytes())
    }
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
