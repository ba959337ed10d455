//! `kaoping verify`: files are checked offline against a trust list.
//!
//! Exit codes: 0 everything holds; 1 something is invalid, unreadable, incomplete or does not agree; 3 somebody unknown signed,
//! or a proof came without what it is about; 4
//! genuine, but superseded or revoked. Where several apply, the first of 1, 4, 3 counts. 2 is a wrong call.

use super::print::print;
use super::{Outcome, parallel};
use kaoping_engine::fault::Text;
use kaoping_engine::result::audit::{AuditCheck, AuditRules, LineCheck};
use kaoping_engine::result::batch::BatchCheck;
use kaoping_engine::result::verify::report::{Report, Verdict};
use kaoping_engine::result::verify::status::Status;
use kaoping_engine::result::verify::trust::TrustList;
use kaoping_engine::result::verify::{Beside, Verification};
use kaoping_keys::native::NativeVerifier;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::iter;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The longest line of a batch or audit bundle, in bytes.
const MAX_LINE_BYTES: u64 = 256 * 1024 * 1024;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Results, certificates, receipts, status sets, batch bundles, checkpoints, proofs of the log, or other records.
    #[arg(required_unless_present = "audit")]
    files: Vec<PathBuf>,
    /// The trust list, as `/api/v1/trust` gives it.
    #[arg(long)]
    trust: PathBuf,
    /// Corrections, revocations and key events that the files are held against; may be given several times.
    #[arg(long)]
    status: Vec<PathBuf>,
    /// An audit bundle, whose scores are computed again from answers, keys and rules; may be given several times.
    #[arg(long)]
    audit: Vec<PathBuf>,
    /// The record that a proof of inclusion (C2SP tlog-proof) among the files is about.
    #[arg(long)]
    record: Option<PathBuf>,
    /// The older checkpoint that a proof of consistency (C2SP tlog-witness) among the files starts from.
    #[arg(long)]
    old: Option<PathBuf>,
    /// Print each report as JSON, one a line.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let trust = TrustList::read(&read(&arguments.trust)?)?;
    let mut status = Status::default();
    for file in &arguments.status {
        let added = status.add(&read(file)?, &trust, &NativeVerifier);
        added.map_err(|text| format!("`{}`: {} {}", file.display(), text.zh, text.en))?;
    }
    let against = Verification {
        trust: &trust,
        status: (!arguments.status.is_empty()).then_some(&status),
        person: None,
        verifier: &NativeVerifier,
    };
    let record = arguments.record.as_deref().map(read).transpose()?;
    let old = arguments.old.as_deref().map(read).transpose()?;
    let beside = Beside { record: record.as_deref(), old: old.as_deref() };
    let mut worst = Worst::default();
    for file in &arguments.files {
        let mut lines = Lines::open(file)?;
        let first = lines.next_line()?.unwrap_or_default();
        let shown = if BatchCheck::recognises(&first) {
            batch(&first, lines, &against, &mut worst)?
        } else {
            let report = against.check_with(&read(file)?, beside);
            worst.take(report.verdict);
            Shown::of(serde_json::to_string(&report)?, &report.summary, findings(&report))
        };
        shown.print(file, arguments.json)?;
    }
    for file in &arguments.audit {
        audit(file, &trust, &mut worst)?.print(file, arguments.json)?;
    }
    Ok(worst.exit_code())
}

fn batch(first: &str, mut lines: Lines, against: &Verification<'_>, worst: &mut Worst) -> Result<Shown, Failure> {
    let mut check = BatchCheck::new(against.trust, &NativeVerifier);
    if let Some(status) = against.status {
        check = check.by_status(status);
    }
    check.line(first);
    while let Some(line) = lines.next_line()? {
        check.line(&line);
    }
    let report = check.finish();
    worst.invalid |= !report.complete;
    worst.withdrawn |= !report.withdrawn.is_empty();
    let found = report.findings.iter().map(|finding| format!("✗ {} ({})", finding.text.zh, finding.text.en));
    let checked = report.checked.iter().map(|text| format!("✓ {} ({})", text.zh, text.en));
    let withdrawn = report.withdrawn.iter();
    let withdrawn = withdrawn.map(|one| format!("! {}：{} ({})", one.pseudonym, one.text.zh, one.text.en));
    let open = report.not_checked.iter().map(|text| format!("– {} ({})", text.zh, text.en));
    let all = found.chain(withdrawn).chain(checked).chain(open).collect();
    Ok(Shown::of(serde_json::to_string(&report)?, &report.summary, all))
}

/// Lines that a core takes at a time.
const LINES_AT_A_TIME: usize = 32;

fn audit(file: &Path, trust: &TrustList, worst: &mut Worst) -> Result<Shown, Failure> {
    let mut lines = Lines::open(file)?;
    let rules = AuditRules::read(&lines.next_line()?.unwrap_or_default(), trust, &NativeVerifier);
    let line_check = LineCheck::new(&rules, trust, &NativeVerifier);
    let mut check = AuditCheck::new(&rules);
    let next = || {
        let part =
            iter::from_fn(|| lines.next_line().transpose()).take(LINES_AT_A_TIME).collect::<Result<Vec<_>, _>>()?;
        Ok::<_, Failure>((!part.is_empty()).then_some(part))
    };
    let work = |part: Vec<String>| part.iter().map(|line| line_check.check(line)).collect::<Vec<_>>();
    parallel::each_in_order(next, work, |part| part.into_iter().for_each(|line| check.take(line)))?;
    let report = check.finish();
    worst.invalid |= !report.agrees;
    let found = report.findings.iter().map(|finding| format!("✗ {}: {}", finding.subject, finding.detail));
    let open = report.not_checked.iter().map(|text| format!("– {} ({})", text.zh, text.en));
    Ok(Shown::of(serde_json::to_string(&report)?, &report.summary, found.chain(open).collect()))
}

fn findings(report: &Report) -> Vec<String> {
    let checks = report.checks.iter();
    let checks =
        checks.map(|check| format!("{} {} ({})", if check.ok { "✓" } else { "✗" }, check.text.zh, check.text.en));
    let open = report.not_checked.iter().map(|open| format!("– {} ({})", open.text.zh, open.text.en));
    checks.chain(open).collect()
}

type Failure = Box<dyn Error + Send + Sync>;

/// A report in both forms.
struct Shown {
    json: String,
    summary: String,
    lines: Vec<String>,
}

impl Shown {
    fn of(json: String, summary: &Text, lines: Vec<String>) -> Self {
        Self { json, summary: format!("{} {}", summary.zh, summary.en), lines }
    }

    fn print(&self, file: &Path, json: bool) -> io::Result<()> {
        print(|out| {
            if json {
                return writeln!(out, "{}", self.json);
            }
            writeln!(out, "{}: {}", file.display(), self.summary)?;
            self.lines.iter().try_for_each(|line| writeln!(out, "  {line}"))
        })
    }
}

/// The worst that was found.
#[derive(Default)]
struct Worst {
    invalid: bool,
    withdrawn: bool,
    unknown: bool,
}

impl Worst {
    fn take(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Valid => {}
            Verdict::ValidUnknownIssuer | Verdict::Unchecked => self.unknown = true,
            Verdict::Superseded | Verdict::Revoked => self.withdrawn = true,
            Verdict::Invalid | Verdict::Unreadable => self.invalid = true,
        }
    }

    fn exit_code(&self) -> ExitCode {
        match (self.invalid, self.withdrawn, self.unknown) {
            (true, ..) => ExitCode::from(1),
            (false, true, _) => ExitCode::from(4),
            (false, false, true) => ExitCode::from(3),
            (false, false, false) => ExitCode::SUCCESS,
        }
    }
}

/// A file's lines, one at a time, so that a large bundle is never held whole.
struct Lines {
    name: String,
    reader: BufReader<File>,
}

impl Lines {
    fn open(file: &Path) -> Result<Self, Failure> {
        let name = file.display().to_string();
        let opened = File::open(file).map_err(|error| format!("`{name}`: {error}"))?;
        Ok(Self { reader: BufReader::new(opened), name })
    }

    fn next_line(&mut self) -> Result<Option<String>, Failure> {
        let mut line = String::new();
        let read = (&mut self.reader).take(MAX_LINE_BYTES).read_line(&mut line);
        let read = read.map_err(|error| format!("`{}`: {error}", self.name))?;
        Ok((read > 0).then_some(line))
    }
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("`{}`: {error}", file.display()))
}
