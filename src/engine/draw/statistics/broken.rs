//! Shuffles that are wrong in ways that people have shipped. Each must fail the measures that the draw must pass.

use super::measures::{MOST, first, independence, pairs, places, runs};
use super::{long, seeds};
use crate::draw::stream::Stream;
use kaoping_record::digest::Digest;
use std::num::NonZeroU32;

const SIZE: usize = 8;

type Shuffle = fn(&mut Stream, &mut [usize]);

fn below(stream: &mut Stream, n: usize) -> usize {
    let n = u32::try_from(n).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN);
    stream.below(n) as usize
}

/// As many permutations as the draw's tests see, each from a stream of its own.
fn shuffled(shuffle: impl Fn(&mut Stream, &mut [usize])) -> Vec<Vec<usize>> {
    let of_seed = |number: u32| {
        let mut list: Vec<usize> = (0..SIZE).collect();
        shuffle(&mut Stream::new(Digest::of(&number.to_le_bytes())), &mut list);
        list
    };
    (0..seeds()).map(of_seed).collect()
}

/// Fisher–Yates that never leaves an element where it is: `below(i)` for `below(i + 1)` (Sattolo's cycles).
fn off_by_one(stream: &mut Stream, list: &mut [usize]) {
    (1..list.len()).rev().for_each(|last| list.swap(last, below(stream, last)));
}

/// Stops one exchange early, so that the first two are never exchanged with each other alone.
fn one_short(stream: &mut Stream, list: &mut [usize]) {
    (2..list.len()).rev().for_each(|last| list.swap(last, below(stream, last + 1)));
}

/// Exchanges each element with any other, which makes 8⁸ equally likely ways of 8! orders.
fn with_any(stream: &mut Stream, list: &mut [usize]) {
    (0..list.len()).for_each(|place| list.swap(place, below(stream, SIZE)));
}

/// The remainder of four bits: of 16 values some remainders come more often.
fn four_bits(stream: &mut Stream, list: &mut [usize]) {
    (1..list.len()).rev().for_each(|last| list.swap(last, (stream.word() >> 28) as usize % (last + 1)));
}

/// The remainder of five bits. Its bias is near the limit: the short run gives 3.9 standard deviations, and only the long one
/// must tell it. The true remainder of 32 bits is biased by 10⁻⁹, which no count of papers tells; `stream.rs` tests that by hand.
fn five_bits(stream: &mut Stream, list: &mut [usize]) {
    (1..list.len()).rev().for_each(|last| list.swap(last, (stream.word() >> 27) as usize % (last + 1)));
}

fn right(stream: &mut Stream, list: &mut [usize]) {
    stream.shuffle(list);
}

#[test]
fn measures_tell_broken_shuffles_from_right_ones() {
    let measured = |shuffle: Shuffle| {
        let permutations = shuffled(shuffle);
        [places(&permutations), first(&permutations), pairs(&permutations)].map(f64::abs)
    };
    assert!(measured(right).iter().all(|deviations| *deviations < MOST), "{:?}", measured(right));
    let mut broken: Vec<(&str, Shuffle)> =
        vec![("off by one", off_by_one), ("one short", one_short), ("with any", with_any), ("four bits", four_bits)];
    if long() {
        broken.push(("five bits", five_bits));
    }
    for (name, shuffle) in broken {
        let found = measured(shuffle);
        assert!(found[0] > MOST, "{name} passes by its places: {found:?}");
    }
    // What the other measures are for.
    assert!(measured(off_by_one)[1] > MOST && measured(with_any)[2] > MOST);
}

#[test]
fn measures_tell_streams_that_go_together() {
    let permutations = shuffled(right);
    let with = |other: &[Vec<usize>]| permutations.iter().cloned().zip(other.iter().cloned()).collect::<Vec<_>>();
    assert!(independence(&with(&permutations)) > MOST, "one stream for two cells");
    let moved: Vec<Vec<usize>> = permutations.iter().map(|deck| [&deck[1..], &deck[..1]].concat()).collect();
    assert!(independence(&with(&moved)) > MOST, "the same deck, cut once");
    // Papers by turns, or each like the one before it one time in ten.
    let fair: Vec<bool> = permutations.iter().map(|order| order[0] < SIZE / 2).collect();
    assert!(runs(&fair).abs() < MOST);
    let turns: Vec<bool> = fair.iter().enumerate().map(|(number, _)| number % 2 == 0).collect();
    assert!(runs(&turns) > MOST);
    let mut sticky = fair;
    (0..sticky.len() - 1).step_by(5).for_each(|number| sticky[number + 1] = sticky[number]);
    assert!(runs(&sticky) < -MOST);
}
