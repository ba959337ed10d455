//! Whether chance is pure where the draw shows it: chi-squares and runs over many seeds, with limits that broken shuffles
//! do not keep.
//!
//! Seeds are the numbers from 0, so that every run gives the same figures. `KAOPING_TEST_LONG` takes thirty times as many.

mod broken;
mod measures;

use super::deal::patterns;
use super::samples::{Sample, Shape, TestResult};
use super::{Deal, deal};
use kaoping_record::digest::Digest;
use measures::{MOST, classes, first, independence, pairs, places, runs};

/// Whether `cargo xtask test --long` asks for many.
fn long() -> bool {
    std::env::var_os("KAOPING_TEST_LONG").is_some()
}

/// Draws that are looked at.
fn seeds() -> u32 {
    if long() { 90_000 } else { 3_000 }
}

/// What `see` finds in each of so many draws. Papers have 4 easy items of 8 and 4 hard ones of 8: the two papers of each
/// session take one deck of each.
fn over_seeds<T>(seeds: u32, papers: usize, see: impl Fn(&Deal<'_>) -> Option<T>) -> TestResult<Vec<T>> {
    let shape = Shape { papers, pools: [8, 8, 4], per_point: 1, enemy_every: 0, avoid_every: 0, salt: 0 };
    let mut sample = Sample::new(&shape)?;
    for (session, papers) in (1..).zip(sample.seating.papers.chunks_mut(2)) {
        papers.iter_mut().for_each(|paper| paper.session = Some(session));
    }
    sample.rename()?;
    let found = (0..seeds).map(|number| {
        sample.reseed(number);
        see(&deal(&sample.input())?).ok_or_else(|| "a paper is missing".into())
    });
    found.collect()
}

/// A deck of a cell, as places in its pool: the cards of the two papers of a session.
fn deck(deal: &Deal<'_>, cell: usize, session: usize) -> Option<Vec<usize>> {
    let cards = [2 * session, 2 * session + 1].into_iter().flat_map(|paper| deal.hands.cards(cell, paper));
    cards.map(|unit| deal.feasible.rules.pools[cell].iter().position(|other| other == unit)).collect()
}

/// The order of a paper's single choices: where each of them stands, by the order of their ids.
fn order(deal: &Deal<'_>, paper: usize) -> Option<Vec<usize>> {
    let paper = deal.paper(paper)?;
    let items: Vec<_> = paper.items.iter().map(|item| &item.item).skip(2).collect();
    Some(items.iter().map(|item| items.iter().filter(|other| other < &item).count()).collect())
}

/// The order of the three options that are not pinned, of an item of a paper.
fn options(deal: &Deal<'_>, paper: usize, item: usize) -> Option<Vec<usize>> {
    let paper = deal.paper(paper)?;
    let shown = &paper.items.get(item)?.options;
    shown.iter().take(3).map(|option| ["a", "b", "c"].iter().position(|id| *id == option.as_str())).collect()
}

#[track_caller]
fn assert_by_chance(what: &str, deviations: f64) {
    assert!(deviations.abs() < MOST, "{what}: {deviations:.2} standard deviations from chance");
}

// Catches a deck in which some items lie in front, or lie together, more often than others; and cells or decks that share
// a stream, so that an item of one goes with an item of the other.
#[test]
fn decks_are_shuffled_evenly_and_apart() -> TestResult {
    let decks = over_seeds(seeds(), 4, |deal| Some([deck(deal, 0, 0)?, deck(deal, 0, 1)?, deck(deal, 1, 0)?]))?;
    for number in 0..3 {
        let deck: Vec<Vec<usize>> = decks.iter().map(|decks| decks[number].clone()).collect();
        assert_by_chance("first card", first(&deck));
        assert_by_chance("place in the deck", places(&deck));
        assert_by_chance("two items in one paper", pairs(&deck));
    }
    let both = |other: usize| decks.iter().map(|decks| (decks[0].clone(), decks[other].clone())).collect::<Vec<_>>();
    assert_by_chance("decks of two sessions", independence(&both(1)));
    assert_by_chance("two cells", independence(&both(2)));
    Ok(())
}

// Catches an item or option that stands in one place more often than in another, orders that follow from the deck or from
// each other, and seeds of which one follows from the one before.
#[test]
fn items_and_options_stand_everywhere_equally_often() -> TestResult {
    let seen = over_seeds(seeds(), 2, |deal| {
        let options = [0, 2, 3, 9].map(|item| options(deal, 0, item)).into_iter().collect::<Option<Vec<_>>>()?;
        Some((order(deal, 0)?, deck(deal, 0, 0)?, options))
    })?;
    let orders: Vec<Vec<usize>> = seen.iter().map(|(order, _, _)| order.clone()).collect();
    assert_by_chance("place of an item in the paper", places(&orders));
    assert_by_chance("two items in one half of the paper", pairs(&orders));
    let with_deck: Vec<_> = seen.iter().map(|(order, deck, _)| (order.clone(), deck.clone())).collect();
    assert_by_chance("order of the paper and deck", independence(&with_deck));
    for item in 0..4 {
        let options: Vec<Vec<usize>> = seen.iter().map(|(_, _, options)| options[item].clone()).collect();
        assert_by_chance("place of an option", places(&options));
    }
    let of_two: Vec<_> = seen.iter().map(|(_, _, options)| (options[1].clone(), options[2].clone())).collect();
    assert_by_chance("options of two items", independence(&of_two));
    let first_is_even: Vec<bool> = orders.iter().map(|order| order[0] % 2 == 0).collect();
    assert_by_chance("first item under successive seeds", runs(&first_is_even));
    Ok(())
}

// The two papers of a session share none; papers of two sessions share as many as two free hands of 4 of 8 do, which is
// C(4, k)² / C(8, 4). Catches papers that run in step, and sessions that know of each other.
#[test]
fn neighbours_share_as_few_items_as_possible() -> TestResult {
    let mut seams = [0_u32; 5];
    let common = over_seeds(seeds(), 4, |deal| {
        let hand = |paper: usize| deal.hands.cards(0, paper);
        let common = |one: usize, other: usize| hand(one).iter().filter(|card| hand(other).contains(card)).count();
        Some([common(0, 1), common(1, 2), common(2, 3)])
    })?;
    for [before, seam, after] in common {
        assert_eq!((before, after), (0, 0), "two papers of one session share an item");
        seams[seam] += 1;
    }
    let expected = [1.0, 16.0, 36.0, 16.0, 1.0].map(|ways| ways / 70.0 * f64::from(seeds()));
    assert_by_chance("items in common of two sessions", classes(&seams, &expected));
    Ok(())
}

// Catches a book's papers of which some are followed more often, or in some places.
#[test]
fn patterns_are_followed_everywhere_equally_often() -> TestResult {
    let of_seed = |number: u32| {
        let seed = serde_json::from_value(serde_json::to_value(Digest::of(&number.to_le_bytes()))?)?;
        Ok([8, 4].map(|papers| patterns(8, papers, "1", &seed)))
    };
    let found = (0..seeds()).map(of_seed).collect::<TestResult<Vec<_>>>()?;
    let whole: Vec<Vec<usize>> = found.iter().map(|[whole, _]| whole.clone()).collect();
    assert_by_chance("place of a pattern", places(&whole));
    let mut counts = [0_u32; 8];
    found.iter().flat_map(|[_, half]| half).for_each(|pattern| counts[*pattern] += 1);
    // Four different ones of eight: their counts vary by half of what free ones would.
    assert!(
        classes(&counts, &[f64::from(seeds()) / 2.0; 8]) < MOST,
        "some patterns are followed more often: {counts:?}"
    );
    Ok(())
}

// Catches papers and decks that follow each other: in an even stream neither a run nor a change is more likely.
#[test]
fn successive_papers_and_decks_do_not_follow_each_other() -> TestResult {
    let in_first_half = |order: &[usize]| order.iter().position(|item| *item == 0).map(|place| place < 4);
    let found = over_seeds(seeds() / 20, 40, |deal| {
        let papers = (0..40).map(|paper| in_first_half(&order(deal, paper)?)).collect::<Option<Vec<_>>>()?;
        let decks = (0..20).map(|number| in_first_half(&deck(deal, 0, number)?)).collect::<Option<Vec<_>>>()?;
        Some((papers, decks))
    })?;
    let (papers, decks): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    assert_by_chance("the same item in the first half of successive papers", runs(&papers.concat()));
    assert_by_chance("the same item in the first paper of successive decks", runs(&decks.concat()));
    Ok(())
}
