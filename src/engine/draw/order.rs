//! The order of units and options in a paper (section 5 of the specification).

use super::Deal;
use super::paper::{PAPER_VERSION, Paper, PaperItem};
use super::units::UnitNumber;
use crate::bank::index::IndexItem;
use kaoping_record::id::OptionId;

use super::stream::Stream;

/// The paper at a place of the seating; `None` beyond the last.
pub(super) fn paper(deal: &Deal<'_>, place: usize) -> Option<Paper> {
    let seated = deal.seating.papers.get(place)?;
    let mut stream = deal.seed.stream("paper", &[seated.paper.as_str()]);
    let mut items: Vec<&IndexItem> = Vec::new();
    for rule in &deal.blueprint.types {
        let cells = deal.cells.iter().enumerate().filter(|(_, cell)| cell.name.item_type == rule.item_type);
        let mut units: Vec<UnitNumber> =
            cells.flat_map(|(number, cell)| deal.hands.cards(number, cell.quota, place)).collect();
        stream.shuffle(&mut units);
        let numbers = units.iter().filter_map(|unit| deal.units.units.get(*unit as usize)).flat_map(|unit| &unit.items);
        items.extend(numbers.filter_map(|item| deal.units.items.get(*item as usize)));
    }
    Some(Paper {
        attempt: deal.attempt,
        batch: deal.seating.batch.clone(),
        items: items
            .into_iter()
            .map(|item| PaperItem { item: item.id.clone(), options: options(item, &mut stream) })
            .collect(),
        manifest: deal.manifest,
        paper: seated.paper.clone(),
        v: PAPER_VERSION,
    })
}

fn options(item: &IndexItem, stream: &mut Stream) -> Vec<OptionId> {
    let of = |pinned: bool| item.options.iter().filter(move |option| option.pinned == pinned).map(|option| &option.id);
    let mut shuffled: Vec<&OptionId> = of(false).collect();
    stream.shuffle(&mut shuffled);
    shuffled.into_iter().chain(of(true)).cloned().collect()
}
