//! `kaoping openapi`: the API's description.

use super::Outcome;
use kaoping_service::router::openapi;
use std::process::ExitCode;

pub(super) fn run() -> Outcome {
    println!("{}", openapi().to_pretty_json()?);
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
