//! `kaoping audit`: draws again from what was published, and compares each byte.
//!
//! Exit codes: 0 all holds, 1 something differs, 2 the command could not be carried out, 3 it could
//! not be checked.

pub(super) mod check;
mod lines;
#[cfg(test)]
mod tests;

use super::Outcome;
use super::print::{plain, plain_json, print};
use kaoping_engine::fault::Text;
use kaoping_engine::verify::draw::report::{Report, Verdict};
use kaoping_engine::verify::file::trust::{MAX_TRUST_BYTES, TrustList};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The directory of a draw, or the bundle that a service publishes (`draw.json`).
    #[arg(value_name = "DIR|FILE")]
    published: PathBuf,
    /// The trust list that says whose manifests are accepted.
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// The language of the report.
    #[arg(long, value_enum, default_value_t = Language::Zh)]
    lang: Language,
    /// Print the report as JSON, in both languages.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let trust = match &arguments.trust {
        Some(path) => {
            let bytes =
                check::bounded(path, MAX_TRUST_BYTES).map_err(|error| format!("`{}`: {error}", path.display()))?;
            Some(TrustList::read(&String::from_utf8_lossy(&bytes))?)
        }
        None => None,
    };
    let report = check::audit(&arguments.published, trust.as_ref(), &[])
        .map_err(|error| format!("`{}`: {error}", arguments.published.display()))?;
    let json = arguments.json.then(|| serde_json::to_string(&report)).transpose()?;
    print(|out| match json {
        Some(json) => writeln!(out, "{}", plain_json(&json)),
        None => show(out, &report, arguments.lang),
    })?;
    Ok(match report.verdict {
        Verdict::Holds => ExitCode::SUCCESS,
        Verdict::Differs => ExitCode::from(1),
        Verdict::Unchecked => ExitCode::from(3),
    })
}

fn show(out: &mut dyn Write, report: &Report, language: Language) -> io::Result<()> {
    let say = |text: &Text| match language {
        Language::Zh => plain(&text.zh),
        Language::En => plain(&text.en),
    };
    let [batch, proven, differences, more, open] = match language {
        Language::Zh => ["批次", "已证明：", "不同之处：", "处没有列出", "没有核验："],
        Language::En => ["batch", "Proven:", "Differences:", "more are not listed", "Not checked:"],
    };
    if let Some(id) = &report.batch {
        write!(out, "{batch} {id} ")?;
    }
    writeln!(out, "{}", say(&report.summary))?;
    if !report.proven.is_empty() {
        writeln!(out, "{proven}")?;
    }
    for text in &report.proven {
        writeln!(out, "  ✓ {}", say(text))?;
    }
    if !report.differences.is_empty() {
        writeln!(out, "{differences}")?;
    }
    for fault in &report.differences {
        writeln!(
            out,
            "  ✗ {} [{}] {} → {}",
            plain(&fault.place),
            plain(&fault.code),
            say(&fault.cause),
            say(&fault.cure)
        )?;
    }
    let unlisted = report.all_differences.saturating_sub(report.differences.len());
    if unlisted > 0 {
        writeln!(out, "  … {unlisted} {more}")?;
    }
    writeln!(out, "{open}")?;
    report.not_checked.iter().try_for_each(|text| writeln!(out, "  – {}", say(text)))
}
