//! The draw `kaoping-draw-1`: from a manifest, opened secrets and public indexes to the papers of a batch.
//!
//! `SPEC.md` beside this file is the whole specification; the sections named in the modules are its sections. Papers are
//! dealt, not rolled: all papers of a batch have one composition, and no unit is seen more often than arithmetic forces.
//!
//! - [`stream`]: words, numbers and shuffles from a ChaCha20 keystream (1)
//! - [`manifest`], [`seating`], [`seed`], [`entropy`]: what goes in (2); [`units`], [`cells`]: what is dealt, and from where (3)
//! - [`deal`]: decks and exchanges (4); [`paper`]: the paper's document (5); [`lot`]: other lots (6)
//! - [`certificate`]: what a draw certifies; [`error`]: why it is refused (7); [`void`]: how an attempt ends without papers
//! - [`prediction`]: how well papers predict each other; [`conflict`]: which cells stand in the way of a paper

pub mod cells;
pub mod certificate;
pub mod conflict;
pub mod deal;
mod documents;
pub mod entropy;
pub mod error;
mod exclusions;
mod lists;
pub mod lot;
pub mod manifest;
mod order;
pub mod package;
pub mod paper;
pub mod prediction;
pub mod seating;
pub mod seed;
mod sheets;
pub mod stream;
pub mod units;
pub mod void;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod statistics;

use crate::bank::Index;
use crate::blueprint::{self, Blueprint};
use crate::marks::MarksError;
use certificate::{EquivalenceCertificate, ForcedUnit, PaperCertificate};
use deal::Hands;
use kaoping_record::digest::Digest;
use sheets::Sheets;
use units::Units;

pub use error::DrawError;
pub use lot::Lot;
pub use manifest::Manifest;
pub use order::Arrangement;
pub use paper::Paper;
pub use seating::Seating;
pub use seed::{Secret, Seed, commitment};

/// The algorithm's name; another algorithm gets another name.
pub const ALGORITHM: &str = "kaoping-draw-1";

/// What a draw reads.
#[derive(Clone, Copy, Debug)]
pub struct DrawInput<'a> {
    /// The manifest, which names all the others.
    pub manifest: &'a Manifest,
    /// The banks' public indexes, in any order.
    pub indexes: &'a [Index],
    /// The blueprint.
    pub blueprint: &'a Blueprint,
    /// The papers in dealing order.
    pub seating: &'a Seating,
    /// The custodians' opened secrets, in any order.
    pub secrets: &'a [Secret],
    /// The public entropy's bytes, when the manifest names a source.
    pub public_entropy: Option<&'a [u8]>,
}

/// All papers of a batch with their certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The seed, which is published after the last sitting; also for [`Seed::lot`].
    pub seed: Seed,
    /// Digest of the manifest.
    pub manifest: Digest,
    /// The papers, in the seating's order.
    pub papers: Vec<Paper>,
    /// Their certificates, in the same order.
    pub certificates: Vec<PaperCertificate>,
    /// What they have in common.
    pub equivalence: EquivalenceCertificate,
}

/// A batch that is dealt; its papers are made one at a time, so that a hundred thousand need little memory.
#[derive(Debug)]
pub struct Deal<'a> {
    seating: &'a Seating,
    blueprint: &'a Blueprint,
    attempt: u32,
    manifest: Digest,
    seed: Seed,
    units: Units<'a>,
    cells: Vec<cells::Cell>,
    hands: Hands,
    sheets: Sheets,
}

/// Draws all papers of a batch.
///
/// # Errors
/// [`DrawError`]: the first kind of refusal of section 7, with all its faults.
pub fn draw(input: &DrawInput<'_>) -> Result<Draw, DrawError> {
    let deal = deal(input)?;
    let papers: Vec<Paper> = deal.papers().collect();
    let certificates = papers.iter().enumerate().filter_map(|(place, paper)| deal.certificate(place, paper)).collect();
    let equivalence = deal.equivalence().map_err(|_| DrawError::Range)?;
    Ok(Draw { seed: deal.seed, manifest: deal.manifest, papers, certificates, equivalence })
}

/// Checks the documents, derives the seed and deals.
///
/// # Errors
/// [`DrawError`]: the first kind of refusal of section 7, with all its faults.
pub fn deal<'a>(input: &DrawInput<'a>) -> Result<Deal<'a>, DrawError> {
    let refuse_if = |faults: Vec<_>, refusal: fn(Vec<_>) -> DrawError| {
        if faults.is_empty() { Ok(()) } else { Err(refusal(faults)) }
    };
    refuse_if(input.manifest.check(), DrawError::Manifest)?;
    refuse_if(documents::compare(input)?, DrawError::Document)?;
    refuse_if(blueprint::check(input.blueprint), DrawError::Blueprint)?;
    refuse_if(input.seating.check(), DrawError::Seating)?;
    let units = Units::new(input.indexes).map_err(DrawError::Index)?;
    let secrets = documents::secrets(input).map_err(DrawError::Secret)?;
    let entropy = documents::entropy(input).map_err(DrawError::Entropy)?;
    let manifest = documents::manifest_digest(input.manifest)?;
    let seed = Seed::derive(manifest, &secrets, entropy);
    let cells = cells::expand(input.blueprint);
    let hands = deal::deal(&cells, input.blueprint.minimum_multiple, &units, input.seating, &seed)?;
    let (seating, blueprint, attempt) = (input.seating, input.blueprint, input.manifest.attempt);
    let sheets = Sheets::new(&units.items);
    Ok(Deal { seating, blueprint, attempt, manifest, seed, units, cells, hands, sheets })
}

impl Deal<'_> {
    /// The seed.
    #[must_use]
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// Digest of the manifest.
    #[must_use]
    pub fn manifest(&self) -> Digest {
        self.manifest
    }

    /// The paper at a place of the seating; `None` beyond the last.
    #[must_use]
    pub fn paper(&self, place: usize) -> Option<Paper> {
        order::paper(self, place)
    }

    /// Arranges the paper at a place of the seating in numbers; false beyond the last.
    pub fn arrange(&self, place: usize, into: &mut Arrangement) -> bool {
        order::arrange(self, place, into)
    }

    /// The canonical bytes of the paper at a place of the seating, in place of what `into` held; false beyond the last.
    pub fn paper_bytes(&self, place: usize, into: &mut Vec<u8>) -> bool {
        order::bytes(self, place, &mut Arrangement::default(), into)
    }

    /// All papers in the seating's order.
    pub fn papers(&self) -> impl Iterator<Item = Paper> + '_ {
        (0..self.seating.papers.len()).filter_map(|place| self.paper(place))
    }

    /// The certificate of a paper at a place of the seating; `None` beyond the last.
    #[must_use]
    pub fn certificate(&self, place: usize, paper: &Paper) -> Option<PaperCertificate> {
        self.certificate_of(place, paper.digest())
    }

    /// The certificate of a paper of which only the digest is at hand; `None` beyond the last.
    #[must_use]
    pub fn certificate_of(&self, place: usize, paper: Digest) -> Option<PaperCertificate> {
        certificate::of_paper(self, place, paper)
    }

    /// The units that were dealt beyond their bound, in dealing order.
    pub fn forced(&self) -> impl Iterator<Item = ForcedUnit> + '_ {
        certificate::forced(self)
    }

    /// What all papers have in common.
    ///
    /// # Errors
    /// [`MarksError`] when a fraction leaves the range of records.
    pub fn equivalence(&self) -> Result<EquivalenceCertificate, MarksError> {
        certificate::of_batch(self)
    }
}
