//! The order of units and options in a paper (section 6 of the specification).

use super::Deal;
use super::paper::{self, PAPER_VERSION, Paper, PaperItem};
use super::units::{ItemNumber, UnitNumber};
use crate::bank::index::{IndexItem, IndexOption};

/// A paper in numbers, which can be filled again for the next one without new memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrangement {
    /// The items in the order shown.
    pub items: Vec<ItemNumber>,
    /// For each item in turn its options in the order shown, as places in its authored order.
    pub options: Vec<u32>,
    /// The units of one type while they are shuffled.
    units: Vec<UnitNumber>,
}

/// Arranges the paper at a place of the seating; false beyond the last.
pub(super) fn arrange(deal: &Deal<'_>, place: usize, into: &mut Arrangement) -> bool {
    into.items.clear();
    into.options.clear();
    let Some(seated) = deal.seating.papers.get(place) else { return false };
    let mut stream = deal.seed.stream("paper", &[seated.paper.as_str()]);
    for rule in &deal.blueprint.types {
        into.units.clear();
        let cells = deal.feasible.rules.cells.iter().enumerate();
        for (number, _) in cells.filter(|(_, cell)| cell.name.item_type == rule.item_type) {
            into.units.extend(deal.hands.cards(number, place));
        }
        stream.shuffle(&mut into.units);
        into.items.extend(into.units.iter().flat_map(|unit| deal.feasible.rules.items.of(*unit)));
    }
    for item in &into.items {
        let start = into.options.len();
        let (options, loose) = deal.sheets.options(*item);
        into.options.extend_from_slice(options);
        stream.shuffle(into.options.get_mut(start..start + loose).unwrap_or_default());
    }
    true
}

/// The paper at a place of the seating; `None` beyond the last.
pub(super) fn paper(deal: &Deal<'_>, place: usize) -> Option<Paper> {
    let seated = deal.seating.papers.get(place)?;
    let mut arrangement = Arrangement::default();
    arrange(deal, place, &mut arrangement);
    let item = |(item, options): (&IndexItem, &[u32])| PaperItem {
        item: item.id.clone(),
        options: shown(item, options).map(|option| option.id.clone()).collect(),
    };
    Some(Paper {
        attempt: deal.attempt,
        batch: deal.seating.batch.clone(),
        items: arrangement.shown(deal).map(item).collect(),
        manifest: deal.manifest,
        paper: seated.paper.clone(),
        v: PAPER_VERSION,
    })
}

/// The canonical bytes of the paper at a place of the seating, in place of what `into` held; false beyond the last.
pub(super) fn bytes(deal: &Deal<'_>, place: usize, arrangement: &mut Arrangement, into: &mut Vec<u8>) -> bool {
    into.clear();
    let Some(seated) = deal.seating.papers.get(place) else { return false };
    arrange(deal, place, arrangement);
    let mut writer = paper::Writer::new(into, deal.attempt, &deal.seating.batch);
    let mut rest = arrangement.options.as_slice();
    for item in &arrangement.items {
        let (own, others) = rest.split_at_checked(deal.sheets.options(*item).0.len()).unwrap_or((rest, &[]));
        rest = others;
        writer.written_item(deal.sheets.head(*item), own.iter().map(|option| deal.sheets.option(*item, *option)));
    }
    writer.end(deal.manifest, &seated.paper, PAPER_VERSION);
    true
}

impl Arrangement {
    /// The items in turn, each with its part of the options.
    fn shown<'a>(&'a self, deal: &'a Deal<'_>) -> impl Iterator<Item = (&'a IndexItem, &'a [u32])> {
        let mut rest = self.options.as_slice();
        self.items.iter().filter_map(|item| deal.feasible.units.items.get(*item as usize)).map(move |item| {
            let (own, others) = rest.split_at_checked(item.options.len()).unwrap_or((rest, &[]));
            rest = others;
            (*item, own)
        })
    }
}

fn shown<'a>(item: &'a IndexItem, options: &'a [u32]) -> impl Iterator<Item = &'a IndexOption> {
    options.iter().filter_map(|option| item.options.get(*option as usize))
}
