//! `kaoping openapi`: the API's description, and who may use which route.

use super::Outcome;
use kaoping_service::http::description::role_table;
use kaoping_service::http::router::openapi;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Print who may use each route instead, one line a route, for auditors.
    #[arg(long)]
    roles: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let description = openapi();
    if arguments.roles {
        for (method, path, names) in role_table(&description) {
            println!("{method:<6} {path:<70} {}", names.join(", "));
        }
    } else {
        println!("{}", description.to_pretty_json()?);
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    // A route that changed without its description would reach the pages' client only in a browser.
    #[test]
    fn the_committed_description_is_that_of_the_service() -> Result<(), Box<dyn std::error::Error>> {
        let made = openapi().to_pretty_json()?;
        let committed = include_str!("../../www/shared/api/openapi.json");
        assert!(made == committed.trim_end(), "run `cargo xtask generate`, look at the difference and commit it");
        Ok(())
    }
}
