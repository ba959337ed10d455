//! `kaoping bank check`: every defect of banks, where their items give keys away, and whether a
//! blueprint can be filled.

use super::{faults, folder, giveaways};
use crate::cli::Outcome;
use kaoping_engine::bank::check::check;
use kaoping_engine::bank::seal::seal;
use kaoping_engine::draw::DrawError;
use kaoping_engine::draw::margin::margins;
use kaoping_record::canonical;
use std::fs;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folders, each with `bank.json`, `elements/`, `items/` and, where items have pictures,
    /// `pictures/`.
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// The blueprint (组卷方案) to be filled from all of them.
    #[arg(long, value_name = "FILE")]
    blueprint: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let Arguments { folders, blueprint } = arguments;
    let (mut found_faults, mut indexes, mut banks) = (Vec::new(), Vec::new(), Vec::new());
    for folder in folders {
        match folder::read(folder)? {
            Err(found) => found_faults.extend(found),
            Ok(bank) => {
                println!("{}: {} items, {} points", bank.head.title, bank.items().count(), bank.points().count());
                println!("{0} 道试题的依据尚未核对 ({0} sources are not checked)", bank.unchecked_sources());
                if bank.without_rationale() > 0 {
                    println!("{0} 道试题没有解析 ({0} items have no rationale)", bank.without_rationale());
                }
                found_faults.extend(check(&bank));
                // The index is never kept, so its salts need not be secret.
                indexes.extend(seal(&bank, &mut || [0; 32]).map(|sealed| sealed.index));
                banks.push(bank);
            }
        }
    }
    for bank in &banks {
        giveaways::print_guess(bank, &banks);
        giveaways::print(bank);
    }
    // A bank that cannot be read or sealed would make the margins a guess.
    if let Some(file) = blueprint.as_deref().filter(|_| indexes.len() == folders.len()) {
        let blueprint = canonical::from_authored(&fs::read(file)?)?;
        match margins(&blueprint, &indexes) {
            Err(found) => found_faults.extend(found),
            Ok(margins) => {
                margins.lines.iter().for_each(|line| println!("{} ({})", line.zh, line.en));
                if margins.refusal.is_none() {
                    println!("可以组卷 (papers can be filled)");
                }
                found_faults.extend(margins.refusal.iter().flat_map(DrawError::faults));
            }
        }
    }
    Ok(faults::report(&found_faults))
}
