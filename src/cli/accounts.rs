//! `kaoping accounts`: resets an account when no other officer can do so on a page. The service
//! must be stopped meanwhile, and the keys' passphrase is needed: a person who has both controls
//! everything anyway.

use super::Outcome;
use super::alone::work_alone;
use super::installation::{Place, Purpose};
use clap::Subcommand;
use kaoping_service::operations::accounts;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Give an account a new one-time password, which is printed once. Where two officers can log
    /// in, they do this.
    Reset {
        /// The login name.
        login: String,
        /// The reason, 1 to 500 characters; it is recorded in the account's stream.
        #[arg(long)]
        reason: String,
    },
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    work_alone(&arguments.place, Purpose::Keys, async |opened, _| {
        let Command::Reset { login, reason } = &arguments.command;
        let one_time_password = accounts::reset_at_machine(&opened.app, login, reason).await?;
        println!("one-time password {login} / {one_time_password} (shown once)");
        Ok(ExitCode::SUCCESS)
    })
}
