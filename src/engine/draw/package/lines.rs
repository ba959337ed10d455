//! Drawn papers and certificates as lines of files.

use crate::draw::Deal;
use crate::draw::certificate::ForcedUnit;
use crate::draw::seating::PaperUse;
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::Digest;
use kaoping_record::id::PaperId;
use std::collections::BTreeMap;
use std::io::Write as _;

/// Writes the lines of a dealt batch.
#[derive(Debug)]
pub struct Lines<'a> {
    deal: &'a Deal<'a>,
    /// A certificate's text up to its forced units: papers of a batch have one composition.
    head: Vec<u8>,
    /// Forced units of the papers that have any, as a canonical array.
    forced: BTreeMap<PaperId, Vec<u8>>,
}

impl<'a> Lines<'a> {
    /// Prepares what all lines have in common.
    ///
    /// # Errors
    /// [`CanonicalError`] when a certificate lies outside the canonical profile.
    pub fn new(deal: &'a Deal<'a>) -> Result<Self, CanonicalError> {
        let mut by_paper: BTreeMap<PaperId, Vec<ForcedUnit>> = BTreeMap::new();
        for unit in deal.forced() {
            by_paper.entry(unit.paper.clone()).or_default().push(unit);
        }
        let forced = by_paper.into_iter().map(|(paper, units)| Ok((paper, canonical::to_bytes(&units)?)));
        let certificate = deal.paper(0).and_then(|paper| deal.certificate(0, &paper));
        let cells = canonical::to_bytes(&certificate.map(|certificate| certificate.cells))?;
        let head = format!(
            r#"{{"algorithm":"{}","attempt":{},"batch":"{}","cells":"#,
            crate::draw::ALGORITHM,
            deal.attempt,
            deal.seating.batch
        );
        Ok(Self {
            deal,
            head: [head.as_bytes(), &cells, br#","forced":"#].concat(),
            forced: forced.collect::<Result<_, CanonicalError>>()?,
        })
    }

    /// The dealt batch.
    #[must_use]
    pub const fn deal(&self) -> &'a Deal<'a> {
        self.deal
    }

    /// The paper at a place of the seating, without the line's end; `None` beyond the last.
    #[must_use]
    pub fn paper(&self, place: usize) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.deal.paper_bytes(place, &mut bytes).then_some(bytes)
    }

    /// The certificate of a paper, whose digest is given, without the line's end; `None` beyond the last.
    ///
    /// Written directly: ids need no escapes, so no value tree is built for each of many papers.
    #[must_use]
    pub fn certificate(&self, place: usize, paper: Digest) -> Option<Vec<u8>> {
        let seated = self.deal.seating.papers.get(place)?;
        let mut line = self.head.clone();
        line.extend_from_slice(self.forced.get(&seated.paper).map_or(b"[]", Vec::as_slice));
        // Writing into a `Vec` cannot fail.
        let _ = write!(
            line,
            r#","manifest":"{}","paper":"{}","paper_digest":"{paper}","use":"{}"}}"#,
            self.deal.manifest,
            seated.paper,
            code(seated.paper_use)
        );
        Some(line)
    }
}

/// The use's name in JSON.
const fn code(paper_use: PaperUse) -> &'static str {
    match paper_use {
        PaperUse::Seat => "seat",
        PaperUse::Spare => "spare",
        PaperUse::Reserve => "reserve",
    }
}
