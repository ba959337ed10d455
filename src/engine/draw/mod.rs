//! The draw `kaoping-draw-2`: from a basis, a manifest, opened secrets and public indexes to the
//! papers of a batch.
//!
//! `SPEC.md` beside this file is the whole specification; the sections named in the modules are its
//! sections. Papers are dealt, not rolled: all papers of a batch have one composition, and no unit
//! is seen more often than arithmetic forces.
//!
//! - [`stream`]: words, numbers and shuffles from a ChaCha20 keystream (1)
//! - [`basis`], [`manifest`], [`seating`], [`seed`], [`entropy`]: what goes in (2); [`units`]: what
//!   is dealt (3)
//! - [`feasibility`]: whether every person can get a paper, by `rules` and `search`; `conflict`:
//!   why not (3)
//! - [`cells`], [`composition`], `rounding`, `book`: what each paper takes, and from where (4)
//! - [`deal`]: decks; `settle`, `table`, `held`: exchanges (5); `order`, [`paper`]: the paper's
//!   document (6); [`lot`]: other lots (7)
//! - [`certificate`]: what a draw certifies; [`error`]: why it is refused (8); [`void`]: how an
//!   attempt ends without papers
//! - [`prediction`]: how well papers predict each other; [`margin`]: what a blueprint asks of its
//!   banks

pub mod basis;
mod book;
pub mod cells;
pub mod certificate;
pub mod composition;
mod conflict;
pub mod deal;
pub mod entropy;
pub mod error;
pub mod feasibility;
mod held;
mod lists;
pub mod lot;
pub mod manifest;
mod manifest_check;
pub mod margin;
mod order;
pub mod paper;
pub mod prediction;
mod rounding;
mod rules;
mod search;
mod searched;
pub mod seating;
pub mod seed;
mod session;
mod settle;
mod sheets;
pub mod stream;
mod table;
pub mod units;
pub mod void;

#[cfg(test)]
mod properties;
#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod statistics;

use crate::bank::Index;
use crate::blueprint::{self, Blueprint};
use crate::fault::Fault;
use crate::marks::MarksError;
use certificate::{EquivalenceCertificate, PaperCertificate};
use deal::Hands;
use feasibility::Feasible;
use kaoping_record::digest::Digest;
use sheets::Sheets;
use units::Units;

pub use basis::Basis;
pub use error::DrawError;
pub use lot::Lot;
pub use manifest::Manifest;
pub use order::Arrangement;
pub use paper::Paper;
pub use seating::Seating;
pub use seed::{Secret, Seed, commitment};

/// The algorithm's name; another algorithm gets another name.
pub const ALGORITHM: &str = "kaoping-draw-2";

/// What is drawn from, before anybody commits to a secret.
#[derive(Clone, Copy, Debug)]
pub struct BasisInput<'a> {
    /// The basis, which names all the others.
    pub basis: &'a Basis,
    /// The banks' public indexes, in any order.
    pub indexes: &'a [Index],
    /// The blueprint that the basis names.
    pub blueprint: &'a Blueprint,
    /// The papers in dealing order.
    pub seating: &'a Seating,
}

/// What a draw reads.
#[derive(Clone, Copy, Debug)]
pub struct DrawInput<'a> {
    /// The basis, which names what is drawn from.
    pub basis: &'a Basis,
    /// The manifest, which names the basis and what the custodians committed to.
    pub manifest: &'a Manifest,
    /// The banks' public indexes, in any order.
    pub indexes: &'a [Index],
    /// The blueprint that the basis names.
    pub blueprint: &'a Blueprint,
    /// The papers in dealing order.
    pub seating: &'a Seating,
    /// The custodians' opened secrets, in any order.
    pub secrets: &'a [Secret],
    /// The public entropy's bytes, when the basis names a source.
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

/// A batch that is dealt; its papers are made one at a time, so that a hundred thousand need little
/// memory.
#[derive(Debug)]
pub struct Deal<'a> {
    seating: &'a Seating,
    blueprint: &'a Blueprint,
    attempt: u32,
    manifest: Digest,
    seed: Seed,
    feasible: Feasible<'a>,
    hands: Hands,
    sheets: Sheets,
}

/// Draws all papers of a batch.
///
/// # Errors
/// [`DrawError`]: the first kind of refusal of section 8, with all its faults.
pub fn draw(input: &DrawInput<'_>) -> Result<Draw, DrawError> {
    let deal = deal(input)?;
    let papers: Vec<Paper> = deal.papers().collect();
    let certificates = papers.iter().enumerate().filter_map(|(place, paper)| deal.certificate(place, paper)).collect();
    let equivalence = deal.equivalence().map_err(|_| DrawError::Range)?;
    Ok(Draw { seed: deal.seed, manifest: deal.manifest, papers, certificates, equivalence })
}

/// Checks what is drawn from as far as that needs no secret: before the basis is logged, and before
/// anybody commits.
///
/// # Errors
/// [`DrawError`]: the first kind of refusal of section 8, with all its faults.
pub fn prepare<'a>(input: &BasisInput<'a>) -> Result<Feasible<'a>, DrawError> {
    refuse_if(input.basis.check(), DrawError::Basis)?;
    let units = documents(input, Vec::new())?;
    Feasible::new(input.blueprint, units, &input.seating.papers)
}

/// Checks the documents, derives the seed and deals.
///
/// # Errors
/// [`DrawError`]: the first kind of refusal of section 8, with all its faults.
pub fn deal<'a>(input: &DrawInput<'a>) -> Result<Deal<'a>, DrawError> {
    let DrawInput { basis, manifest, indexes, blueprint, seating, .. } = *input;
    refuse_if(basis.check(), DrawError::Basis)?;
    refuse_if(manifest.check(basis), DrawError::Manifest)?;
    let mut others = Vec::new();
    if manifest.basis != basis.digest()? {
        others.push(manifest_check::other_basis());
    }
    let units = documents(&BasisInput { basis, indexes, blueprint, seating }, others)?;
    let secrets = manifest_check::secrets(input).map_err(DrawError::Secret)?;
    let entropy = manifest_check::entropy(input).map_err(DrawError::Entropy)?;
    let manifest = manifest.digest()?;
    let seed = Seed::derive(manifest, &secrets, entropy);
    let feasible = Feasible::new(blueprint, units, &seating.papers)?;
    let hands = Hands::deal(&feasible, seating, &seed);
    let sheets = Sheets::new(&feasible.units.items);
    Ok(Deal { seating, blueprint, attempt: basis.attempt, manifest, seed, feasible, hands, sheets })
}

/// Checks the documents that the basis names, beside `others` that are not those named, and reads
/// the indexes.
fn documents<'a>(input: &BasisInput<'a>, mut others: Vec<Fault>) -> Result<Units<'a>, DrawError> {
    others.extend(manifest_check::compare(input)?);
    refuse_if(others, DrawError::Document)?;
    refuse_if(blueprint::check(input.blueprint), DrawError::Blueprint)?;
    refuse_if(input.seating.check(), DrawError::Seating)?;
    Units::new(input.indexes).map_err(DrawError::Index)
}

fn refuse_if(faults: Vec<Fault>, refusal: fn(Vec<Fault>) -> DrawError) -> Result<(), DrawError> {
    if faults.is_empty() { Ok(()) } else { Err(refusal(faults)) }
}

impl Deal<'_> {
    /// What all streams of this deal come from; secret until publication.
    #[must_use]
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// The seating whose papers were dealt.
    #[must_use]
    pub fn seating(&self) -> &Seating {
        self.seating
    }

    /// Which attempt of the batch's draw this is.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
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

    /// The canonical bytes of the paper at a place of the seating, in place of what `into` held;
    /// false beyond the last.
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

    /// Whether a paper was searched, or seen items return in it.
    #[must_use]
    pub fn is_exceptional(&self, place: usize) -> bool {
        let (session, paper) = self.hands.session(place);
        session.search_of(paper).is_some() || self.feasible.seen(place).is_some_and(|seen| !seen.returned.is_empty())
    }

    /// What all papers have in common.
    ///
    /// # Errors
    /// [`MarksError`] when a fraction leaves the range of records.
    pub fn equivalence(&self) -> Result<EquivalenceCertificate, MarksError> {
        certificate::of_batch(self)
    }
}
