//! `kaoping bank`: items are imported, banks are checked and exported, and new items get their ids.

mod analyze;
mod export;
mod folder;
mod giveaways;
mod import;
mod unfinished;

use super::{Outcome, entropy, stop};
use clap::Subcommand;
use kaoping_engine::bank::BankKind;
use kaoping_engine::bank::authored::AuthoredBank;
use kaoping_engine::bank::authoring::{mint, read_file};
use kaoping_engine::bank::check::check;
use kaoping_engine::bank::guess::{Guess, LEAST_ITEMS, SINGLES_LIMIT, STATEMENTS_LIMIT, guess};
use kaoping_engine::bank::seal::seal;
use kaoping_engine::bank::write::item_file;
use kaoping_engine::date::Date;
use kaoping_engine::draw::DrawError;
use kaoping_engine::draw::margin::margins;
use kaoping_engine::fault::Fault;
use kaoping_record::canonical;
use kaoping_record::id::IdSeed;
use kaoping_record::time::Time;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Check banks' folders and name every defect; with a blueprint, whether its papers can be filled from them together.
    Check {
        /// The folders, each with `bank.json`, `elements/`, `items/` and, where items have pictures, `pictures/`.
        #[arg(required = true)]
        folders: Vec<PathBuf>,
        /// The blueprint (组卷方案) to be filled from all of them.
        #[arg(long, value_name = "FILE")]
        blueprint: Option<PathBuf>,
    },
    /// Make a bank of a file of items: all of it or nothing, with a report of everything that stands in its way.
    Import(import::Arguments),
    /// Write a bank as Excel, as QTI 3.0, or as a package of its own files.
    Export(export::Arguments),
    /// Analyse a test: facility, discrimination and reliability from a table of marks.
    Analyze(analyze::Arguments),
    /// Give ids to items that have none, and write their files again.
    Mint {
        /// The folder with `bank.json`, `elements/` and `items/`.
        folder: PathBuf,
    },
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    match &arguments.action {
        Action::Check { folders, blueprint } => check_folders(folders, blueprint.as_deref()),
        Action::Import(arguments) => import::run(arguments),
        Action::Export(arguments) => export::run(arguments),
        Action::Analyze(arguments) => analyze::run(arguments),
        Action::Mint { folder } => mint_folder(folder),
    }
}

fn check_folders(folders: &[PathBuf], blueprint: Option<&Path>) -> Outcome {
    let (mut faults, mut indexes, mut banks) = (Vec::new(), Vec::new(), Vec::new());
    for folder in folders {
        match folder::read(folder)? {
            Err(found) => faults.extend(found),
            Ok(bank) => {
                println!("{}: {} items, {} points", bank.head.title, bank.items().count(), bank.points().count());
                println!("{0} 道试题的依据尚未核对 ({0} sources are not checked)", bank.unchecked_sources());
                if bank.without_rationale() > 0 {
                    println!("{0} 道试题没有解析 ({0} items have no rationale)", bank.without_rationale());
                }
                faults.extend(check(&bank));
                // The index is never kept, so its salts need not be secret.
                indexes.extend(seal(&bank, &mut || [0; 32]).map(|sealed| sealed.index));
                banks.push(bank);
            }
        }
    }
    for bank in &banks {
        print_guess(bank, &banks);
        giveaways::print(bank);
    }
    // A bank that cannot be read or sealed would make the margins a guess.
    if let Some(file) = blueprint.filter(|_| indexes.len() == folders.len()) {
        let blueprint = canonical::from_authored(&fs::read(file)?)?;
        match margins(&blueprint, &indexes) {
            Err(found) => faults.extend(found),
            Ok(margins) => {
                margins.lines.iter().for_each(|line| println!("{} ({})", line.zh, line.en));
                if margins.refusal.is_none() {
                    println!("可以组卷 (papers can be filled)");
                }
                faults.extend(margins.refusal.iter().flat_map(DrawError::faults));
            }
        }
    }
    Ok(report(&faults))
}

/// How much of a bank a guesser finds out from options alone. A small bank is judged by the national bank beside it.
#[expect(clippy::float_arithmetic, reason = "shares are shown in percent")]
fn print_guess(bank: &AuthoredBank, banks: &[AuthoredBank]) {
    let is_small = bank.items().count() < LEAST_ITEMS;
    let is_model = |other: &&AuthoredBank| {
        !std::ptr::eq(*other, bank) && other.head.kind == BankKind::National && other.head.level == bank.head.level
    };
    let model = banks.iter().find(is_model).filter(|_| is_small);
    let title = &bank.head.title;
    if is_small && model.is_none() {
        println!(
            "{title}：不足 {LEAST_ITEMS} 题，请同时给出同级国家题库再测 (too few items: name the national bank too)"
        );
        return;
    }
    let Guess { singles, statements } = guess(bank, model);
    for (name, english, guessed, limit) in
        [("单选题", "single choices", singles, SINGLES_LIMIT), ("判断题", "statements", statements, STATEMENTS_LIMIT)]
    {
        let (share, lower) = (100.0 * guessed.share(), 100.0 * guessed.lower_bound());
        println!(
            "{title}：不看题干，只看文字，{name}猜对 {share:.1} %，下限 {lower:.1} % ({english} guessed from wording alone, {} items)",
            guessed.items
        );
        if guessed.lower_bound() > limit {
            println!(
                "提醒：{title}的{name}不看题干也常能猜对，请改写泄露答案的选项或说法 (warning: the wording gives keys away)"
            );
        }
    }
}

fn mint_folder(folder: &Path) -> Outcome {
    let mut drafts = Vec::new();
    let mut faults = Vec::new();
    for (path, bytes) in folder::files(folder)?.iter().filter(|(path, _)| path.starts_with("items/")) {
        match read_file(path, bytes) {
            Ok(file) => drafts.push(file),
            Err(found) => faults.extend(found),
        }
    }
    if !faults.is_empty() {
        return Ok(report(&faults));
    }
    let minted = match with_seeds(|seeds| mint(&drafts, seeds))? {
        Ok(minted) => minted,
        Err(faults) => return Ok(report(&faults)),
    };
    for placed in &minted {
        fs::write(folder.join(&placed.file), item_file(&placed.value)?)?;
    }
    println!("{} files written", minted.len());
    Ok(ExitCode::SUCCESS)
}

/// Does something with fresh random bytes for ids.
///
/// # Errors
/// The system gave none; then what was made is not used.
fn with_seeds<T>(make: impl FnOnce(&mut dyn FnMut() -> IdSeed) -> T) -> std::io::Result<T> {
    let mut failed = None;
    let made = make(&mut || {
        let mut seed = IdSeed::default();
        if let Err(error) = entropy(&mut seed) {
            failed = Some(error);
        }
        seed
    });
    failed.map_or(Ok(made), Err)
}

/// The day in China, which stands in the properties of workbooks.
fn today() -> Result<Date, Box<dyn std::error::Error + Send + Sync>> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(Date::in_china(Time::from_millis(i64::try_from(since.as_millis())?))?)
}

fn report(faults: &[Fault]) -> ExitCode {
    for fault in faults {
        println!("{}: {} {} ({})", fault.place, fault.cause.zh, fault.cure.zh, fault.cause.en);
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
