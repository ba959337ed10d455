//! `kaoping bank mint`: new items get their ids.

use super::seeds::with_seeds;
use super::{faults, folder};
use crate::cli::Outcome;
use kaoping_engine::bank::authoring::{mint, read_file};
use kaoping_engine::bank::write::item_file;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folder with `bank.json`, `elements/` and `items/`.
    folder: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let folder = &arguments.folder;
    let mut drafts = Vec::new();
    let mut found_faults = Vec::new();
    for (path, bytes) in folder::files(folder)?.iter().filter(|(path, _)| path.starts_with("items/")) {
        match read_file(path, bytes) {
            Ok(file) => drafts.push(file),
            Err(found) => found_faults.extend(found),
        }
    }
    if !found_faults.is_empty() {
        return Ok(faults::report(&found_faults));
    }
    let minted = match with_seeds(|seeds| mint(&drafts, seeds))? {
        Ok(minted) => minted,
        Err(found) => return Ok(faults::report(&found)),
    };
    for placed in &minted {
        fs::write(folder.join(&placed.file), item_file(&placed.value)?)?;
    }
    println!("{} files written", minted.len());
    Ok(ExitCode::SUCCESS)
}
