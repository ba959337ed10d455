//! The program's commands: one file each.

mod accounts;
mod alone;
mod audit;
mod bank;
mod day;
mod doctor;
mod draw;
mod installation;
mod keys;
mod log;
mod openapi;
mod parallel;
mod print;
mod serve;
mod stop;
mod verify;
mod witness;

use clap::{Parser, Subcommand};
use std::error::Error;
use std::process::ExitCode;

/// What a command returns: its exit code, or why it failed.
type Outcome = Result<ExitCode, Box<dyn Error + Send + Sync>>;

/// Kaoping 考评: level certification of long-term carers (长期照护师).
#[derive(Parser)]
#[command(name = "kaoping", version, about)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve an organization's exams: plain http for candidates, TLS for staff.
    Serve(serve::Arguments),
    /// Reset an account at the machine, when no two officers can.
    Accounts(accounts::Arguments),
    /// Compare the stored documents with their streams; make damaged ones again.
    Doctor(doctor::Arguments),
    /// Bind a data folder and data that were restored or moved on purpose.
    Adopt(installation::adopt::Arguments),
    /// List, rotate or give up the organization's signing keys.
    Keys(keys::Arguments),
    /// Check results offline.
    Verify(verify::Arguments),
    /// Cosign another body's log: that it only grows, and shows everybody the same.
    Witness(witness::Arguments),
    /// Draw a batch's papers from files alone.
    Draw(draw::Arguments),
    /// Draw again from what was published, and compare each byte.
    Audit(audit::Arguments),
    /// Check a bank's files, or give ids to new items.
    Bank(bank::Arguments),
    /// Print the API's OpenAPI description.
    Openapi(openapi::Arguments),
}

/// Runs a command. Errors go to standard error; the exit code is then 2.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    let outcome = match arguments.command {
        Command::Serve(arguments) => serve::run(arguments),
        Command::Accounts(arguments) => accounts::run(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Adopt(arguments) => installation::adopt::run(&arguments),
        Command::Keys(arguments) => keys::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Witness(arguments) => witness::run(&arguments),
        Command::Draw(arguments) => draw::run(&arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Bank(arguments) => bank::run(&arguments),
        Command::Openapi(arguments) => openapi::run(&arguments),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("kaoping: {}", print::plain(&error.to_string()));
        ExitCode::from(2)
    })
}

/// Random bytes from the operating system.
fn entropy(buffer: &mut [u8]) -> Result<(), std::io::Error> {
    getrandom::fill(buffer).map_err(|error| std::io::Error::other(error.to_string()))
}
