//! Drawn papers and certificates as lines of files.

use crate::draw::Deal;
use crate::draw::seating::PaperUse;
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::Digest;
use std::io::Write as _;

/// Writes the lines of a dealt batch.
#[derive(Debug)]
pub struct Lines<'a> {
    deal: &'a Deal<'a>,
    /// A certificate's text up to its cells: papers of a batch have one composition.
    head: Vec<u8>,
}

impl<'a> Lines<'a> {
    /// Prepares what all lines have in common.
    ///
    /// # Errors
    /// [`CanonicalError`] when a certificate lies outside the canonical profile.
    pub fn new(deal: &'a Deal<'a>) -> Result<Self, CanonicalError> {
        let certificate = deal.paper(0).and_then(|paper| deal.certificate(0, &paper));
        let cells = canonical::to_bytes(&certificate.map(|certificate| certificate.cells))?;
        let head = format!(
            r#"{{"algorithm":"{}","attempt":{},"batch":"{}","cells":"#,
            crate::draw::ALGORITHM,
            deal.attempt(),
            deal.seating().batch
        );
        Ok(Self { deal, head: [head.as_bytes(), &cells].concat() })
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

    /// The certificate of a paper, whose digest is given, without the line's end; `None` beyond the
    /// last.
    ///
    /// Nearly all are written directly: ids need no escapes, so no value tree is built for each of
    /// many papers.
    #[must_use]
    pub fn certificate(&self, place: usize, paper: Digest) -> Option<Vec<u8>> {
        let seated = self.deal.seating().papers.get(place)?;
        if self.deal.is_exceptional(place) {
            return canonical::to_bytes(&self.deal.certificate_of(place, paper)?).ok();
        }
        let mut line = self.head.clone();
        // Writing into a `Vec` cannot fail.
        let _ = write!(
            line,
            r#","forced":[],"manifest":"{}","paper":"{}","paper_digest":"{paper}","returned":[],"search":null,"use":"{}"}}"#,
            self.deal.manifest(),
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
