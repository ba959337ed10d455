//! `kaoping bank`: items are imported, banks are checked and exported, tests are analysed, and new
//! items get their ids.

mod analyze;
mod check;
mod export;
mod faults;
mod folder;
mod giveaways;
mod import;
mod mint;
mod seeds;
mod unfinished;

use super::Outcome;
use clap::Subcommand;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Check banks' folders and name every defect; with a blueprint, whether its papers can be
    /// filled from them together.
    Check(check::Arguments),
    /// Make a bank of a file of items: all of it or nothing, with a report of everything that
    /// stands in its way.
    Import(import::Arguments),
    /// Write a bank as Excel, as QTI 3.0, or as a package of its own files.
    Export(export::Arguments),
    /// Analyse a test: facility, discrimination and reliability from a table of marks.
    Analyze(analyze::Arguments),
    /// Give ids to items that have none, and write their files again.
    Mint(mint::Arguments),
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    match &arguments.action {
        Action::Check(arguments) => check::run(arguments),
        Action::Import(arguments) => import::run(arguments),
        Action::Export(arguments) => export::run(arguments),
        Action::Analyze(arguments) => analyze::run(arguments),
        Action::Mint(arguments) => mint::run(arguments),
    }
}
