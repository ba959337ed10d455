//! A log of a million leaves: appending, roots, and proofs from its tiles.

use super::RUNS;
use crate::Failure;
use crate::clock::median;
use crate::table::Table;
use kaoping_record::digest::Digest;
use kaoping_record::log::growth::GrowingTree;
use kaoping_record::log::node::Recipe;
use kaoping_record::log::tile::Tiles;
use kaoping_record::log::tree::{self, leaf_hash, node_hash, verify_consistency, verify_inclusion};

const SIZE: u64 = 1_000_000;
/// Proofs of each run.
const PROOFS: u64 = 5_000;
/// Runs over all leaves.
const LONG_RUNS: usize = 3;

pub(crate) fn measure(table: &mut Table) -> Result<(), Failure> {
    let leaves: Vec<Digest> = (0..SIZE).map(|number| leaf_hash(&number.to_be_bytes())).collect();
    let grow = || {
        let mut tree = GrowingTree::default();
        leaves.iter().for_each(|leaf| tree.append(*leaf));
        tree
    };
    table.add("log of 10^6: append a leaf hash", median(LONG_RUNS, SIZE, || grow().root()), "ns");
    table.add(
        "log of 10^6: baseline, root of all leaves at once",
        median(LONG_RUNS, SIZE, || tree::root(&leaves)),
        "ns",
    );
    let (mut first, second) = (Digest::of(b"left"), Digest::of(b"right"));
    let hash = median(RUNS, PROOFS, || (0..PROOFS).for_each(|_| first = node_hash(&first, &second)));
    table.add("log of 10^6: baseline, one inner hash", hash, "ns");

    let mut tree = grow();
    let mut tiles = Tiles::default();
    for (tile, bytes) in tree.take_complete().into_iter().chain(tree.incomplete()) {
        tiles.insert(tile, &bytes)?;
    }
    let root = tree.root();
    if root != tree::root(&leaves) {
        return Err("the tree's root is another than that of its leaves".into());
    }
    // Steps of a large prime reach leaves all over the tree.
    let indexes: Vec<u64> = (0..PROOFS).map(|number| number * 7_368_787 % SIZE).collect();
    let inclusion = |index: u64| Ok::<_, Failure>(Recipe::inclusion(index, SIZE)?.hashes(&tiles)?);
    let prove = || indexes.iter().filter(|index| inclusion(**index).is_ok()).count();
    table.add("log of 10^6: inclusion proof from tiles", median(RUNS, PROOFS, prove), "ns");
    let proofs = indexes.iter().map(|index| inclusion(*index)).collect::<Result<Vec<_>, _>>()?;
    let holds = |index: u64, proof: &[Digest]| {
        let leaf = usize::try_from(index).ok().and_then(|place| leaves.get(place));
        leaf.is_some_and(|leaf| verify_inclusion(leaf, index, SIZE, proof, &root).is_ok())
    };
    let check = || indexes.iter().zip(&proofs).filter(|(index, proof)| holds(**index, proof)).count() as u64;
    all_hold(check())?;
    table.add("log of 10^6: verify inclusion", median(RUNS, PROOFS, check), "ns");

    let consistency = |old: u64| Ok::<_, Failure>(Recipe::consistency(old, SIZE)?.hashes(&tiles)?);
    let prove = || indexes.iter().filter(|index| consistency(**index + 1).is_ok()).count();
    table.add("log of 10^6: consistency proof from tiles", median(RUNS, PROOFS, prove), "ns");
    let old = SIZE / 3;
    let (proof, old_root) = (consistency(old)?, tree::root(leaves.get(..333_333).ok_or("the first third")?));
    let holds = || verify_consistency(old, SIZE, &proof, &old_root, &root).is_ok();
    let check = || (0..PROOFS).filter(|_| holds()).count() as u64;
    all_hold(check())?;
    table.add("log of 10^6: verify consistency", median(RUNS, PROOFS, check), "ns");
    Ok(())
}

fn all_hold(held: u64) -> Result<(), Failure> {
    if held == PROOFS { Ok(()) } else { Err(format!("{held} of {PROOFS} proofs hold").into()) }
}
