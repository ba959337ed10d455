//! `kaoping verify`: results are checked offline against a trust list.
//!
//! Exit codes: 0 all valid, 1 at least one invalid or unreadable, 3 at least one by an unknown issuer and none invalid.

use super::Outcome;
use super::print::print;
use kaoping_engine::result::verify::report::{Report, Verdict};
use kaoping_engine::result::verify::trust::TrustList;
use kaoping_engine::result::verify::verify;
use kaoping_record::software::SoftwareVerifier;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Result bundles, or credentials in compact form.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The trust list, as `/api/v1/trust` gives it.
    #[arg(long)]
    trust: PathBuf,
    /// Print each report as JSON, one a line.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let trust = TrustList::read(
        &fs::read_to_string(&arguments.trust).map_err(|error| format!("`{}`: {error}", arguments.trust.display()))?,
    )?;
    let (mut invalid, mut unknown) = (false, false);
    for file in &arguments.files {
        let text = fs::read_to_string(file).map_err(|error| format!("`{}`: {error}", file.display()))?;
        let report = verify(&text, &trust, None, &SoftwareVerifier);
        match report.verdict {
            Verdict::Valid => {}
            Verdict::ValidUnknownIssuer | Verdict::Unchecked => unknown = true,
            Verdict::Invalid | Verdict::Unreadable => invalid = true,
        }
        let json = arguments.json.then(|| serde_json::to_string(&report)).transpose()?;
        print(|out| match json {
            Some(json) => writeln!(out, "{json}"),
            None => show(out, &file.display().to_string(), &report),
        })?;
    }
    Ok(match (invalid, unknown) {
        (true, _) => ExitCode::from(1),
        (false, true) => ExitCode::from(3),
        (false, false) => ExitCode::SUCCESS,
    })
}

fn show(out: &mut dyn Write, file: &str, report: &Report) -> io::Result<()> {
    writeln!(out, "{file}: {} {}", report.summary.zh, report.summary.en)?;
    for check in &report.checks {
        writeln!(out, "  {} {} ({})", if check.ok { "✓" } else { "✗" }, check.text.zh, check.text.en)?;
    }
    for open in &report.not_checked {
        writeln!(out, "  – {} ({})", open.text.zh, open.text.en)?;
    }
    Ok(())
}
