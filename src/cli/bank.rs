//! `kaoping bank`: a bank's files are checked, and new items get their ids.

use super::{Outcome, entropy};
use clap::Subcommand;
use kaoping_engine::bank::authoring::{mint, read_file};
use kaoping_engine::bank::check::check;
use kaoping_engine::bank::read::{SourceFile, bank};
use kaoping_engine::bank::write::item_file;
use kaoping_engine::fault::Fault;
use kaoping_record::id::IdSeed;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Check a bank's folder and name every defect.
    Check {
        /// The folder with `bank.json`, `elements/` and `items/`.
        folder: PathBuf,
    },
    /// Give ids to items that have none, and write their files again.
    Mint {
        /// The folder with `bank.json`, `elements/` and `items/`.
        folder: PathBuf,
    },
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    match &arguments.action {
        Action::Check { folder } => check_folder(folder),
        Action::Mint { folder } => mint_folder(folder),
    }
}

fn check_folder(folder: &Path) -> Outcome {
    let files = files(folder)?;
    let sources: Vec<_> = files.iter().map(|(path, bytes)| SourceFile { path, bytes }).collect();
    let faults = match bank(&sources) {
        Err(faults) => faults,
        Ok(bank) => {
            println!("{}: {} items, {} points", bank.head.title, bank.items().count(), bank.points().count());
            check(&bank)
        }
    };
    Ok(report(&faults))
}

fn mint_folder(folder: &Path) -> Outcome {
    let mut drafts = Vec::new();
    let mut faults = Vec::new();
    for (path, bytes) in files(folder)?.iter().filter(|(path, _)| path.starts_with("items/")) {
        match read_file(path, bytes) {
            Ok(file) => drafts.push(file),
            Err(found) => faults.extend(found),
        }
    }
    if !faults.is_empty() {
        return Ok(report(&faults));
    }
    let mut failed = None;
    let mut seeds = || {
        let mut seed = IdSeed::default();
        if let Err(error) = entropy(&mut seed) {
            failed = Some(error);
        }
        seed
    };
    let minted = match mint(&drafts, &mut seeds) {
        Ok(minted) => minted,
        Err(faults) => return Ok(report(&faults)),
    };
    if let Some(error) = failed {
        return Err(error.into());
    }
    for placed in &minted {
        fs::write(folder.join(&placed.file), item_file(&placed.value)?)?;
    }
    println!("{} files written", minted.len());
    Ok(ExitCode::SUCCESS)
}

fn report(faults: &[Fault]) -> ExitCode {
    for fault in faults {
        println!("{}: {} {} ({})", fault.place, fault.cause.zh, fault.cure.zh, fault.cause.en);
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// JSON files of a bank's folder, by path within it.
fn files(folder: &Path) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for part in ["", "elements", "items"] {
        let mut paths: Vec<_> =
            fs::read_dir(folder.join(part))?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
        paths.sort();
        for path in paths {
            let (Some(name), true) = (path.file_name(), path.extension().is_some_and(|ending| ending == "json")) else {
                continue;
            };
            let name = name.to_string_lossy();
            let within = if part.is_empty() { name.into_owned() } else { format!("{part}/{name}") };
            files.push((within, fs::read(&path)?));
        }
    }
    Ok(files)
}
