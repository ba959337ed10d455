//! The suite `draw`: one paper and whole batches from generated banks, beside what nothing can be
//! faster than.

use crate::bank::{Documents, Points};
use crate::clock::{median, once, peak_memory};
use crate::table::Table;
use crate::{Failure, process};
use kaoping_engine::draw::deal::Hands;
use kaoping_engine::draw::feasibility::Feasible;
use kaoping_engine::draw::seating::Seating;
use kaoping_engine::draw::stream::Stream;
use kaoping_engine::draw::units::Units;
use kaoping_engine::draw::{self, Seed};
use kaoping_record::digest::Digest;
use std::hint::black_box;

/// Sizes of the banks.
const BANKS: [u32; 3] = [500, 5_000, 50_000];
/// Papers of a measured deal.
const PAPERS: u32 = 2_000;
/// How many times more papers are drawn, to measure the cost of one more.
const MORE: u32 = 6;
/// Seats of the measured batches, and how many items each person has seen.
const BATCHES: [(u32, u32); 3] = [(10_000, 0), (200_000, 0), (40_000, 100)];
/// Runs of each measurement.
const RUNS: usize = 7;

/// Measures papers of each bank, and each batch in a process of its own.
pub(crate) fn measure(table: &mut Table) -> Result<(), Failure> {
    for items in BANKS {
        one_paper(table, items, Points::Even)?;
    }
    one_paper(table, 500, Points::Random)?;
    one_paper(table, 5_000, Points::Apart)?;
    BATCHES
        .iter()
        .try_for_each(|(seats, seen)| process::part(table, ["--draw-batch", &seats.to_string(), &seen.to_string()]))
}

/// Selection, order, bytes and digest of one paper, beside shuffles of the pool, the keystream and
/// SHA-256.
fn one_paper(table: &mut Table, items: u32, points: Points) -> Result<(), Failure> {
    let documents = Documents::new(items, points, PAPERS)?;
    let input = documents.input();
    let feasible = || -> Result<Feasible<'_>, Failure> {
        let units = Units::new(&documents.indexes).map_err(|faults| format!("{faults:?}"))?;
        Ok(Feasible::new(&documents.blueprint, units, &documents.seating.papers)?)
    };
    let found = feasible()?;
    let count = u64::from(PAPERS);
    let dealt = draw::deal(&input)?;
    let seed = dealt.seed();
    let name = |what: &str| match points {
        Points::Even => format!("{what}/{items}"),
        Points::Random => format!("{what}/{items}, points at random"),
        Points::Apart => format!("{what}/{items}, nothing to exchange"),
    };

    table.add(&name("book and witness, once a batch"), median(RUNS, 1, || feasible().is_ok()) / 1000, "µs");
    let deal = |seating: &Seating| Hands::deal(&found, seating, &seed);
    let few = median(RUNS, 1, || deal(&documents.seating));
    let select = match points {
        // The cost of each further paper; the cost of the bank is a line of its own.
        Points::Even | Points::Apart => {
            let many = Documents::new(items, points, MORE * PAPERS)?;
            let many = median(RUNS, 1, || deal(&many.seating));
            let more = many.saturating_sub(few) / (u64::from(MORE - 1) * count);
            table.add(&name("decks, once a session"), few.saturating_sub(more * count) / 1000, "µs");
            more
        }
        Points::Random => few / count,
    };
    table.add(&name("select"), select, "ns");
    let order = median(RUNS, count, || {
        let mut arrangement = draw::Arrangement::default();
        (0..documents.seating.papers.len()).filter(|place| dealt.arrange(*place, &mut arrangement)).count()
    });
    table.add(&name("order"), order, "ns");
    table.add(&name("select+order"), select + order, "ns");

    let words = words(&dealt);
    let keystream = median(RUNS, count, || keystream(&seed, words));
    table.add(&name("baseline: keystream alone"), keystream, "ns");
    table.add(&name("select+order, the keystream being 100"), 100 * (select + order) / keystream.max(1), "%");
    table.add(&name("words of a paper"), words, "words");
    let candidates = 10_000_000 / items;
    let shuffle = median(RUNS, candidates.into(), || shuffles(&seed, items, candidates));
    table.add(&name("baseline: shuffle of the whole pool"), shuffle, "ns");

    let mut bytes = Vec::new();
    let write = median(RUNS, count, || {
        (0..documents.seating.papers.len()).filter(|place| dealt.paper_bytes(*place, &mut bytes)).count()
    });
    table.add(&name("order and canonical bytes"), write, "ns");
    let papers: Vec<_> = dealt.papers().collect();
    let certify = median(RUNS, count, || {
        papers.iter().enumerate().filter(|(place, paper)| dealt.certificate(*place, paper).is_some()).count()
    });
    table.add(&name("certificate"), certify, "ns");
    let texts: Vec<Vec<u8>> = papers.iter().map(draw::Paper::to_bytes).collect();
    let hash = median(RUNS, count, || texts.iter().fold(0, |sum, text| sum ^ Digest::of(text).as_bytes()[0]));
    table.add(&name("baseline: SHA-256 of the same bytes"), hash, "ns");
    let forced = dealt.equivalence()?.exceptions.forced;
    table.add(&name("forced cards"), forced.into(), "cards");
    Ok(())
}

/// Words of the keystream that one paper takes, one a card for its deck included: no word is
/// counted that a rejection drops.
fn words(dealt: &draw::Deal<'_>) -> u64 {
    let mut arrangement = draw::Arrangement::default();
    dealt.arrange(0, &mut arrangement);
    let options = arrangement.options.len() as u64 - arrangement.items.len() as u64;
    2 * arrangement.items.len() as u64 + options
}

/// The keystream of a batch: one key a paper, and the words that a paper takes.
fn keystream(seed: &Seed, words: u64) -> u32 {
    (0..PAPERS).fold(0, |sum, paper| {
        let mut stream = seed.stream("paper", &[&paper.to_string()]);
        (0..words).fold(sum, |sum, _| sum ^ stream.word())
    })
}

/// A draw without decks, for comparison: the whole pool is shuffled for each candidate.
fn shuffles(seed: &Seed, items: u32, candidates: u32) -> u32 {
    (0..candidates).fold(0, |sum, candidate| {
        let mut pool: Vec<u32> = (0..items).collect();
        let mut stream: Stream = seed.stream("paper", &[&candidate.to_string()]);
        stream.shuffle(&mut pool);
        sum ^ black_box(pool).first().copied().unwrap_or_default()
    })
}

/// A whole batch from 5,000 items: dealt, each paper written and certified, and the batch
/// certified.
pub(crate) fn batch(table: &mut Table, seats: u32, seen: u32) -> Result<(), Failure> {
    let documents = Documents::with_seen(5_000, Points::Even, seats, seen)?;
    let documents_alone = peak_memory();
    let (outcome, all) = once(|| {
        let (dealt, deal) = once(|| draw::deal(&documents.input()));
        let dealt = dealt.map_err(|refusal| format!("{:?}", refusal.faults()))?;
        let (bytes, papers) = once(|| {
            let mut bytes = Vec::new();
            (0..seats as usize).fold(0, |sum, place| {
                dealt.paper_bytes(place, &mut bytes);
                let certificate = dealt.certificate_of(place, Digest::of(&bytes));
                sum + bytes.len() + usize::from(certificate.is_some())
            })
        });
        let (equivalence, certify) = once(|| dealt.equivalence());
        let forced = equivalence?.exceptions.forced;
        Ok::<_, Failure>((deal, papers, certify, bytes, forced))
    });
    let (deal, papers, certify, bytes, forced) = outcome?;
    let name = |what: &str| match seen {
        0 => format!("batch of {seats}: {what}"),
        seen => format!("batch of {seats} who each saw {seen} items: {what}"),
    };
    table.add(&name("check and deal"), deal / 1_000_000, "ms");
    table.add(&name("papers, digests, certificates"), papers / 1_000_000, "ms");
    table.add(&name("equivalence certificate"), certify / 1_000_000, "ms");
    table.add(&name("all"), all / 1_000_000, "ms");
    table.add(&name("bytes of papers"), bytes as u64 / 1_000_000, "MB");
    table.add(&name("forced cards"), forced.into(), "cards");
    if let Some(memory) = documents_alone {
        table.add(&name("memory of the documents"), memory / 1024, "MiB");
    }
    if let Some(memory) = peak_memory() {
        table.add(&name("peak memory"), memory / 1024, "MiB");
    }
    Ok(())
}
