//! What a draw certifies: for each paper its composition, for the batch that all papers are equivalent.

use super::Deal;
use super::cells::CellName;
use super::prediction::{Prediction, prediction};
use super::seating::PaperUse;
use super::session::{Strata, Stratum};
use super::units::UnitNumber;
use crate::bank::Importance;
use crate::bank::element::RangeCode;
use crate::bank::index::IndexItem;
use crate::marks::{Exact, MarksError};
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, ItemId, PaperId, UnitId};
use kaoping_record::message::Message;
use serde::{Deserialize, Serialize};

/// The most work for the largest overlap, in 64-bit words compared: about a second.
const MOST_WORDS: u64 = 1 << 30;

/// A paper's certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PaperCertificate {
    /// Name of the draw's algorithm, such as `kaoping-draw-2`.
    pub algorithm: String,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// Which attempt of the batch's draw it is, from 1.
    pub attempt: u32,
    /// Digest of the manifest.
    pub manifest: Digest,
    /// The paper's id, as in the seating.
    pub paper: PaperId,
    /// For a seat, as a spare, or in reserve.
    #[serde(rename = "use")]
    pub paper_use: PaperUse,
    /// SHA-256 of the paper's canonical bytes.
    pub paper_digest: Digest,
    /// How many units of each cell it holds, in cell order.
    pub cells: Vec<CellCount>,
    /// Cards that a search brought because no exchange could supply them.
    pub forced: Vec<ForcedCard>,
    /// Items that the person has seen and that could not be kept out, the oldest first.
    pub returned: Vec<ItemId>,
    /// What a search brought; null when exchanges sufficed.
    #[serde(deserialize_with = "Option::deserialize")]
    pub search: Option<SearchEnd>,
}

impl Message for PaperCertificate {
    const KIND: &'static str = "paper-certificate";
    const VERSION: u32 = 1;
}

/// Units of one cell in a paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CellCount {
    /// The cell: function, item type and difficulty band.
    pub cell: CellName,
    /// Its units in the paper.
    pub units: u32,
}

/// What the search of a paper brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SearchEnd {
    /// A paper, by one of the searches.
    Found,
    /// None, so that the person's witness paper was dealt.
    Witness,
}

/// A card of a paper that a search brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ForcedCard {
    /// The cell: function, item type and difficulty band.
    pub cell: CellName,
    /// Id of the item, or of the case group, that lay in its place.
    pub instead: UnitId,
    /// Id of the item, or of the case group, that was dealt.
    pub unit: UnitId,
}

/// A batch's certificate: how alike its papers are. Fractions are exact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EquivalenceCertificate {
    /// Name of the draw's algorithm, such as `kaoping-draw-2`.
    pub algorithm: String,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// Which attempt of the batch's draw it is, from 1.
    pub attempt: u32,
    /// Digest of the manifest.
    pub manifest: Digest,
    /// Papers, spares and reserve included.
    pub papers: u32,
    /// Items of each paper.
    pub items: u32,
    /// The composition that all papers share, and the exposure in each cell.
    pub cells: Vec<CellExposure>,
    /// A paper's mean difficulty (1 to 5).
    pub difficulty: Difficulties,
    /// Items of each importance in a paper.
    pub importance: Vec<ImportanceCount>,
    /// Items that two papers have in common.
    pub overlap: Overlap,
    /// How well papers predict each other.
    pub prediction: Prediction,
    /// Papers that exchanges could not settle, or in which seen items return.
    pub exceptions: Exceptions,
}

/// How many papers were dealt in another way than the others, which their certificates name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Exceptions {
    /// Cards that searches brought; where a cell and range have none, each exposure lies within its bound.
    pub forced: u32,
    /// Papers that were searched.
    pub searched: u32,
    /// Those of them that are their person's witness paper.
    pub witnesses: u32,
    /// Papers in which items return that the person has seen.
    pub returned: u32,
}

impl Message for EquivalenceCertificate {
    const KIND: &'static str = "equivalence-certificate";
    const VERSION: u32 = 2;
}

/// How often the units of a cell were dealt, which every paper has as many of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CellExposure {
    /// The cell: function, item type and difficulty band.
    pub cell: CellName,
    /// Units in each paper.
    pub units: u32,
    /// How often the units of each range were dealt.
    pub ranges: Vec<RangeExposure>,
}

/// How often the units of a cell and range were dealt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RangeExposure {
    /// The code of the range (鉴定范围), such as `B-A-A`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub range: RangeCode,
    /// Units of the pool in this range.
    pub pool: u32,
    /// How often the unit that was dealt least often was dealt, and the one dealt most often.
    pub dealt: Span,
    /// What arithmetic allows: the sums of ⌊T/N⌋ and of ⌈T/N⌉ over the sessions.
    pub bound: Span,
}

/// The least and the most of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The least.
    pub least: u32,
    /// The most.
    pub most: u32,
}

/// Mean difficulties of papers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Difficulties {
    /// Of all papers.
    pub mean: Exact,
    /// Of the easiest paper.
    pub lowest: Exact,
    /// Of the hardest paper.
    pub highest: Exact,
}

/// Items of one importance in a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportanceCount {
    /// Core (X), general (Y) or minor (Z).
    pub importance: Importance,
    /// Items in the papers with the fewest and the most of them.
    pub items: Span,
}

/// Items that two papers have in common, over all pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Overlap {
    /// The mean; 0 for a single paper.
    pub mean: Exact,
    /// The most; null for batches with more than 2^30 comparisons: pairs of papers times `⌈items of the banks / 64⌉`.
    #[serde(deserialize_with = "Option::deserialize")]
    pub most: Option<u32>,
}

/// The certificate of the paper at a place of the seating.
pub(super) fn of_paper(deal: &Deal<'_>, place: usize, paper_digest: Digest) -> Option<PaperCertificate> {
    let seated = deal.seating.papers.get(place)?;
    let (session, in_session) = deal.hands.session(place);
    let searched = session.search_of(in_session);
    let cells = deal.feasible.rules.cells.iter();
    Some(PaperCertificate {
        algorithm: super::ALGORITHM.to_owned(),
        batch: deal.seating.batch.clone(),
        attempt: deal.attempt,
        manifest: deal.manifest,
        paper: seated.paper.clone(),
        paper_use: seated.paper_use,
        paper_digest,
        cells: cells.map(|cell| CellCount { cell: cell.name.clone(), units: count(cell.quota) }).collect(),
        forced: forced(deal, place),
        returned: deal.feasible.seen(place).map(|seen| seen.returned.to_vec()).unwrap_or_default(),
        search: searched.map(|by_witness| if by_witness { SearchEnd::Witness } else { SearchEnd::Found }),
    })
}

/// The certificate of all papers.
///
/// # Errors
/// [`MarksError`] when a fraction leaves the range of records, which no allowed number of papers reaches.
pub(super) fn of_batch(deal: &Deal<'_>) -> Result<EquivalenceCertificate, MarksError> {
    let papers = deal.seating.papers.len();
    let exposure = Exposure::new(deal);
    let mut difficulties = Vec::with_capacity(papers);
    let mut importance = vec![Vec::with_capacity(papers); Importance::ALL.len()];
    for place in 0..papers {
        let mut sum = 0_u32;
        let mut counts = vec![0_u32; Importance::ALL.len()];
        for item in items(deal, place) {
            sum += u32::from(item.difficulty.get());
            let of_its = counts.iter_mut().zip(Importance::ALL).filter(|(_, letter)| **letter == item.importance);
            of_its.for_each(|(count, _)| *count += 1);
        }
        difficulties.push(sum);
        importance.iter_mut().zip(counts).for_each(|(list, count)| list.push(count));
    }
    let items = deal.blueprint.items();
    Ok(EquivalenceCertificate {
        algorithm: super::ALGORITHM.to_owned(),
        batch: deal.seating.batch.clone(),
        attempt: deal.attempt,
        manifest: deal.manifest,
        papers: count(papers),
        items,
        cells: exposure.cells(deal),
        difficulty: difficulty(&difficulties, items)?,
        importance: Importance::ALL
            .iter()
            .zip(&importance)
            .map(|(letter, counts)| ImportanceCount { importance: *letter, items: span(counts) })
            .collect(),
        overlap: Overlap { mean: exposure.mean_overlap(deal)?, most: most_overlap(deal) },
        prediction: prediction(&deal.feasible.rules, &deal.hands, deal.seating)?,
        exceptions: exceptions(deal),
    })
}

fn items<'a>(deal: &'a Deal<'_>, place: usize) -> impl Iterator<Item = &'a IndexItem> {
    numbers(deal, place).filter_map(|item| deal.feasible.units.items.get(item).copied())
}

fn numbers(deal: &Deal<'_>, place: usize) -> impl Iterator<Item = usize> {
    let (session, paper) = deal.hands.session(place);
    session.paper(paper).flat_map(|unit| deal.feasible.rules.items.of(unit)).map(|item| *item as usize)
}

/// How often the units were dealt.
struct Exposure {
    strata: Strata,
    /// For each unit its cards in all sessions.
    dealt: Vec<u32>,
    /// For each stratum what arithmetic allows.
    bounds: Vec<Span>,
}

impl Exposure {
    fn new(deal: &Deal<'_>) -> Self {
        let rules = &deal.feasible.rules;
        let strata = Strata::new(rules, &[]);
        let mut dealt = vec![0; rules.units.len()];
        let mut bounds = vec![Span { least: 0, most: 0 }; strata.all.len()];
        for session in deal.hands.sessions() {
            let counts = session.counts(rules.units.len());
            dealt.iter_mut().zip(&counts).for_each(|(dealt, cards)| *dealt += cards);
            for (stratum, bound) in strata.all.iter().zip(&mut bounds) {
                let (cards, units) = (stratum.sum(&counts), stratum.units.len().max(1));
                bound.least += count(cards / units);
                bound.most += count(cards.div_ceil(units));
            }
        }
        Self { strata, dealt, bounds }
    }

    fn cells(&self, deal: &Deal<'_>) -> Vec<CellExposure> {
        let rules = &deal.feasible.rules;
        let range = |(stratum, bound): (&Stratum, &Span)| {
            let range = rules.ranges.get(stratum.range as usize)?.code.clone();
            let units = stratum.units.iter();
            let dealt: Vec<u32> = units.filter_map(|unit| self.dealt.get(*unit as usize).copied()).collect();
            Some(RangeExposure { range, pool: count(dealt.len()), dealt: span(&dealt), bound: *bound })
        };
        let cells = rules.cells.iter().enumerate().map(|(number, cell)| {
            let own = self.strata.all.iter().zip(&self.bounds).filter(|(stratum, _)| stratum.cell == number);
            CellExposure { cell: cell.name.clone(), units: count(cell.quota), ranges: own.filter_map(range).collect() }
        });
        cells.collect()
    }

    /// An item in c papers is common to c (c − 1) / 2 pairs.
    fn mean_overlap(&self, deal: &Deal<'_>) -> Result<Exact, MarksError> {
        let pairs_of = |papers: u64| papers * papers.saturating_sub(1) / 2;
        let units = deal.feasible.rules.size.iter().zip(&self.dealt);
        let common = units.map(|(size, dealt)| u64::from(*size) * pairs_of(u64::from(*dealt))).sum();
        fraction(common, pairs_of(deal.seating.papers.len() as u64).max(1))
    }
}

fn difficulty(sums: &[u32], items: u32) -> Result<Difficulties, MarksError> {
    let total: u64 = sums.iter().map(|sum| u64::from(*sum)).sum();
    let all_items = u64::from(items) * sums.len() as u64;
    let span = span(sums);
    Ok(Difficulties {
        mean: fraction(total, all_items)?,
        lowest: fraction(span.least.into(), items.into())?,
        highest: fraction(span.most.into(), items.into())?,
    })
}

fn most_overlap(deal: &Deal<'_>) -> Option<u32> {
    let words = deal.feasible.units.items.len().div_ceil(64);
    let papers = deal.seating.papers.len();
    let comparisons = (papers as u64 * papers.saturating_sub(1) as u64 / 2).saturating_mul(words as u64);
    if comparisons > MOST_WORDS {
        return None;
    }
    let mut sets: Vec<Vec<u64>> = Vec::with_capacity(papers);
    let mut most = 0;
    for place in 0..papers {
        let mut set = vec![0_u64; words];
        for item in numbers(deal, place) {
            if let Some(word) = set.get_mut(item / 64) {
                *word |= 1 << (item % 64);
            }
        }
        for other in &sets {
            most = most.max(set.iter().zip(other).map(|(a, b)| (a & b).count_ones()).sum());
        }
        sets.push(set);
    }
    Some(most)
}

fn forced(deal: &Deal<'_>, place: usize) -> Vec<ForcedCard> {
    let (session, paper) = deal.hands.session(place);
    let rules = &deal.feasible.rules;
    let id = |unit: UnitNumber| Some(deal.feasible.units.units.get(*rules.units.get(unit as usize)?)?.id.clone());
    let cards = session.forced_of(paper).iter().filter_map(|card| {
        let cell = rules.cells.get(card.cell)?.name.clone();
        Some(ForcedCard { cell, instead: id(card.instead)?, unit: id(card.unit)? })
    });
    cards.collect()
}

fn exceptions(deal: &Deal<'_>) -> Exceptions {
    let mut exceptions = Exceptions { returned: count(deal.feasible.returned().count()), ..Exceptions::default() };
    for session in deal.hands.sessions() {
        exceptions.forced += count(session.forced.len());
        exceptions.searched += count(session.searched.len());
        exceptions.witnesses += count(session.searched.iter().filter(|(_, witness)| *witness).count());
    }
    exceptions
}

fn span(counts: &[u32]) -> Span {
    let (least, most) = (counts.iter().min(), counts.iter().max());
    Span { least: least.copied().unwrap_or_default(), most: most.copied().unwrap_or_default() }
}

pub(super) fn fraction(num: u64, den: u64) -> Result<Exact, MarksError> {
    let term = |term: u64| i64::try_from(term).map_err(|_| MarksError::Range);
    Exact::new(term(num)?, term(den)?)
}

/// Papers, units and quotas are bounded far below 2^32.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
