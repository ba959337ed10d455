//! `kaoping verify`: files are checked offline against a trust list.
//!
//! Exit codes: 0 everything holds; 1 something is invalid, unreadable, incomplete or does not
//! agree; 2 a wrong call, or a file that cannot be read from the disk; 3 somebody unknown signed,
//! or no proof shows that a result or certificate is logged, or a proof came without what it is
//! about; 4 genuine, but superseded or revoked; 5 fewer witnesses than the trust list asks for; 6
//! corrections and revocations that are too old. Where several apply, the first of 2, 1, 3, 4, 5, 6
//! counts.
//!
//! A file may be of any size: its kind is known by its first kilobyte, and each kind is read within
//! its own bound.

use super::audit::check as draw;
use super::print::{plain, plain_json, print};
use super::{Outcome, parallel};
use kaoping_engine::fault::Text;
use kaoping_engine::verify::batch::{self, BatchCheck, LoggedResults};
use kaoping_engine::verify::draw::report::Verdict as DrawVerdict;
use kaoping_engine::verify::file::file_head::{HEAD_BYTES, HeadKind, MAX_FILE_BYTES};
use kaoping_engine::verify::file::report::{Report, Verdict};
use kaoping_engine::verify::file::status::{MAX_STATUS_BYTES, Status};
use kaoping_engine::verify::file::trust::{MAX_TRUST_BYTES, TrustList};
use kaoping_engine::verify::file::{Beside, Verification};
use kaoping_engine::verify::joined::{FilesOfBatches, Joined, JoinedVerdict, Part};
use kaoping_engine::verify::scores::{self, AuditCheck, AuditRules, LineCheck};
use kaoping_keys::native::NativeVerifier;
use kaoping_record::time::Time;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Results, certificates, texts of printed certificates' codes, receipts, status sets, batch and
    /// audit bundles, published draws, fixed manifests, checkpoints, proofs of the log, or other
    /// records. A batch bundle is joined with the draw and the audit of its batch.
    #[arg(required_unless_present = "audit")]
    files: Vec<PathBuf>,
    /// The trust list, as `/api/v1/trust` gives it.
    #[arg(long)]
    trust: PathBuf,
    /// Corrections, revocations and key events that the files are held against; may be given
    /// several times.
    #[arg(long)]
    status: Vec<PathBuf>,
    /// An audit bundle, whose scores are computed again from answers, keys and rules; may be given
    /// several times.
    #[arg(long)]
    audit: Vec<PathBuf>,
    /// The record that a proof of inclusion (C2SP tlog-proof) among the files is about; for the code
    /// of a printed certificate, the certificate's file.
    #[arg(long)]
    record: Option<PathBuf>,
    /// The older checkpoint that a proof of consistency (C2SP tlog-witness) among the files starts
    /// from.
    #[arg(long)]
    old: Option<PathBuf>,
    /// A custodian's secret, whose commitment the fixed manifests among the files must name. Nothing
    /// of it is printed.
    #[arg(long)]
    secret: Option<PathBuf>,
    /// Print each report as JSON, one per line.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let trust = TrustList::read(&read(&arguments.trust, MAX_TRUST_BYTES)?)?;
    let mut status = Status::default();
    for file in &arguments.status {
        let added = status.add(&read(file, MAX_STATUS_BYTES)?, &trust, &NativeVerifier);
        added.map_err(|text| format!("`{}`: {} {}", file.display(), text.zh, text.en))?;
    }
    let against = Verification {
        trust: &trust,
        status: (!arguments.status.is_empty()).then_some(&status),
        person: None,
        now: Some(now()),
        verifier: &NativeVerifier,
    };
    let beside = |file: &Option<PathBuf>| file.as_deref().map(|file| read(file, MAX_FILE_BYTES)).transpose();
    let (record, old, secret) = (beside(&arguments.record)?, beside(&arguments.old)?, beside(&arguments.secret)?);
    let beside = Beside { record: record.as_deref(), old: old.as_deref(), secret: secret.as_deref() };
    let mut found = Found::default();
    let (mut audits, mut draws): (Vec<&Path>, Vec<&Path>) = Default::default();
    for file in &arguments.files {
        let kind = match head(file) {
            Ok(kind) => kind,
            Err(error) => {
                found.worst.cannot(&error);
                continue;
            }
        };
        let shown = match kind {
            HeadKind::Batch => batch(file, &against, &mut found),
            // Files that are joined with a batch come after all batches.
            HeadKind::Audit => {
                audits.push(file);
                continue;
            }
            HeadKind::Draw => {
                draws.push(file);
                continue;
            }
            _ => single(file, kind, &against, beside, &mut found.worst),
        };
        match shown {
            Ok(shown) => shown.print(file, arguments.json)?,
            Err(error) => found.worst.cannot(&error),
        }
    }
    for file in draws {
        match drawn(file, &trust, &mut found) {
            Ok(shown) => shown.print(file, arguments.json)?,
            Err(error) => found.worst.cannot(&error),
        }
    }
    for file in audits.into_iter().chain(arguments.audit.iter().map(PathBuf::as_path)) {
        match audit(file, &trust, &mut found) {
            Ok(shown) => shown.print(file, arguments.json)?,
            Err(error) => found.worst.cannot(&error),
        }
    }
    for batch in found.joined.verdicts() {
        print_joined(&batch, arguments.json)?;
    }
    Ok(found.worst.exit_code())
}

/// The verdict over the files of one batch, which comes last.
fn print_joined(batch: &Joined, json: bool) -> Result<(), Failure> {
    let line = match json {
        true => plain_json(&serde_json::to_string(batch)?),
        false => {
            let mark = match batch.verdict {
                JoinedVerdict::Agrees => "✓",
                JoinedVerdict::Doubtful => "–",
                JoinedVerdict::Differs => "✗",
            };
            plain(&format!("{mark} {} {}", batch.summary.zh, batch.summary.en))
        }
    };
    Ok(print(|out| writeln!(out, "{line}"))?)
}

/// A file that is read whole.
fn single(
    file: &Path,
    kind: HeadKind,
    against: &Verification<'_>,
    beside: Beside<'_>,
    worst: &mut Worst,
) -> Result<Shown, Failure> {
    let bytes = bounded(file, kind.longest().unwrap_or(MAX_FILE_BYTES))?;
    // Bytes that are not UTF-8 stay unreadable: no signed text holds their replacement.
    let report = against.check_with(&String::from_utf8_lossy(&bytes), beside);
    worst.take(report.verdict);
    Ok(Shown::of(serde_json::to_string(&report)?, &report.summary, findings(&report)))
}

fn batch(file: &Path, against: &Verification<'_>, found: &mut Found) -> Result<Shown, Failure> {
    let mut lines = Lines::open(file, batch::MAX_LINE_BYTES, batch::MAX_LINE_BYTES)?;
    let mut check = BatchCheck::new(against.trust, &NativeVerifier);
    if let Some(status) = against.status {
        check = check.by_status(status);
    }
    while let Some(line) = lines.next_line()? {
        check.line(&line);
    }
    let (report, logged) = check.finish_with_results();
    found.logs.push(logged);
    found.worst.invalid |= !report.complete;
    found.worst.unwitnessed |= !report.witnessed;
    found.worst.withdrawn |= !report.withdrawn.is_empty();
    let verdict = match report.complete {
        true if report.witnessed && report.withdrawn.is_empty() => JoinedVerdict::Agrees,
        true => JoinedVerdict::Doubtful,
        false => JoinedVerdict::Differs,
    };
    found.joined.take(report.batch.as_ref(), Part::Records, verdict);
    let wrong = report.findings.iter().map(|finding| format!("✗ {} ({})", finding.text.zh, finding.text.en));
    let checked = report.checked.iter().map(|text| format!("✓ {} ({})", text.zh, text.en));
    let withdrawn = report.withdrawn.iter();
    let withdrawn = withdrawn.map(|one| format!("! {}：{} ({})", one.pseudonym, one.text.zh, one.text.en));
    let open = report.not_checked.iter().map(|text| format!("– {} ({})", text.zh, text.en));
    let all = wrong.chain(withdrawn).chain(checked).chain(open).collect();
    Ok(Shown::of(serde_json::to_string(&report)?, &report.summary, all))
}

/// Draws again what was published, joined with the log of its batch where that was given too.
fn drawn(file: &Path, trust: &TrustList, found: &mut Found) -> Result<Shown, Failure> {
    let report =
        draw::audit(file, Some(trust), &found.logs).map_err(|error| format!("`{}`: {error}", file.display()))?;
    let verdict = match report.verdict {
        DrawVerdict::Holds => JoinedVerdict::Agrees,
        DrawVerdict::Unchecked => JoinedVerdict::Doubtful,
        DrawVerdict::Differs => JoinedVerdict::Differs,
    };
    found.worst.unknown |= verdict == JoinedVerdict::Doubtful;
    found.worst.invalid |= verdict == JoinedVerdict::Differs;
    found.joined.take(report.batch.as_ref(), Part::Draw, verdict);
    let differences = report.differences.iter();
    let differences =
        differences.map(|fault| format!("✗ {} [{}] {} ({})", fault.place, fault.code, fault.cause.zh, fault.cause.en));
    let proven = report.proven.iter().map(|text| format!("✓ {} ({})", text.zh, text.en));
    let open = report.not_checked.iter().map(|text| format!("– {} ({})", text.zh, text.en));
    let all = differences.chain(proven).chain(open).collect();
    Ok(Shown::of(serde_json::to_string(&report)?, &report.summary, all))
}

/// Bytes of lines that a core takes at a time, but for the last line.
const BYTES_AT_A_TIME: usize = 1024 * 1024;

/// Computes the scores of an audit bundle again, joined with the log of its batch where that was
/// given too.
fn audit(file: &Path, trust: &TrustList, found: &mut Found) -> Result<Shown, Failure> {
    let mut lines = Lines::open(file, scores::MAX_HEADER_BYTES, scores::MAX_LINE_BYTES)?;
    let rules = AuditRules::read(&lines.next_line()?.unwrap_or_default(), trust, &NativeVerifier);
    let line_check = LineCheck::new(&rules, trust, &NativeVerifier);
    let mut check = AuditCheck::new(&rules);
    if let Some(logged) = LoggedResults::of(&found.logs, rules.batch()) {
        check = check.of_log(logged);
    }
    let next = || {
        let (mut part, mut bytes) = (Vec::new(), 0);
        while bytes < BYTES_AT_A_TIME {
            let Some(line) = lines.next_line()? else { break };
            bytes += line.len() + 1;
            part.push(line);
        }
        Ok::<_, Failure>((!part.is_empty()).then_some(part))
    };
    let work = |part: Vec<String>| part.iter().map(|line| line_check.check(line)).collect::<Vec<_>>();
    parallel::each_in_order(next, work, |part| part.into_iter().for_each(|line| check.take(line)))?;
    let report = check.finish();
    found.worst.invalid |= !report.agrees;
    let verdict = if report.agrees { JoinedVerdict::Agrees } else { JoinedVerdict::Differs };
    found.joined.take(report.batch.as_ref(), Part::Scores, verdict);
    let wrong = report.findings.iter().map(|finding| format!("✗ {}: {}", finding.subject, finding.detail));
    let open = report.not_checked.iter().map(|text| format!("– {} ({})", text.zh, text.en));
    Ok(Shown::of(serde_json::to_string(&report)?, &report.summary, wrong.chain(open).collect()))
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
                return writeln!(out, "{}", plain_json(&self.json));
            }
            writeln!(out, "{}: {}", plain(&file.display().to_string()), plain(&self.summary))?;
            self.lines.iter().try_for_each(|line| writeln!(out, "  {}", plain(line)))
        })
    }
}

/// What was found of the files of one call.
#[derive(Default)]
struct Found {
    worst: Worst,
    /// The results that the logs of the batches hold.
    logs: Vec<LoggedResults>,
    joined: FilesOfBatches,
}

/// The worst that was found.
#[derive(Default)]
struct Worst {
    /// A file could not be read at all.
    unread: bool,
    invalid: bool,
    unknown: bool,
    withdrawn: bool,
    unwitnessed: bool,
    stale: bool,
}

impl Worst {
    /// Says why a file was not read; the others are still checked.
    fn cannot(&mut self, error: &Failure) {
        self.unread = true;
        eprintln!("kaoping: {}", plain(&error.to_string()));
    }

    fn take(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Valid => {}
            Verdict::ValidUnknownIssuer | Verdict::Unchecked | Verdict::Unlogged => self.unknown = true,
            Verdict::Superseded | Verdict::Revoked => self.withdrawn = true,
            Verdict::Unwitnessed => self.unwitnessed = true,
            Verdict::Stale => self.stale = true,
            Verdict::Invalid | Verdict::Unreadable => self.invalid = true,
        }
    }

    /// The code of the first that applies.
    fn exit_code(&self) -> ExitCode {
        let codes = [
            (self.unread, 2),
            (self.invalid, 1),
            (self.unknown, 3),
            (self.withdrawn, 4),
            (self.unwitnessed, 5),
            (self.stale, 6),
        ];
        codes.into_iter().find(|(applies, _)| *applies).map_or(ExitCode::SUCCESS, |(_, code)| ExitCode::from(code))
    }
}

/// A file's lines, one at a time, so that a large bundle is never held whole.
struct Lines {
    name: String,
    reader: BufReader<File>,
    /// The longest first line, and the longest other, in bytes.
    longest: [usize; 2],
    first: bool,
    /// A line was longer: what follows it is not read.
    ended: bool,
}

impl Lines {
    fn open(file: &Path, first: usize, other: usize) -> Result<Self, Failure> {
        let name = file.display().to_string();
        let opened = File::open(file).map_err(|error| format!("`{name}`: {error}"))?;
        Ok(Self { reader: BufReader::new(opened), name, longest: [first, other], first: true, ended: false })
    }

    /// The next line. One that is too long comes as far as it takes to be refused, and is the last.
    fn next_line(&mut self) -> Result<Option<String>, Failure> {
        if self.ended {
            return Ok(None);
        }
        let [first, other] = self.longest;
        let longest = if self.first { first } else { other };
        self.first = false;
        let mut line = Vec::new();
        let read = (&mut self.reader).take(longest as u64 + 2).read_until(b'\n', &mut line);
        let read = read.map_err(|error| format!("`{}`: {error}", self.name))?;
        if line.last() == Some(&b'\n') {
            line.pop();
        }
        self.ended = line.len() > longest;
        // Bytes that are not UTF-8 stay unreadable: no signed text holds their replacement.
        let text =
            String::from_utf8(line).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Ok((read > 0).then_some(text))
    }
}

/// The kind of a file, from its first kilobyte.
fn head(file: &Path) -> Result<HeadKind, Failure> {
    Ok(HeadKind::of(&start(file, HEAD_BYTES)?))
}

fn start(file: &Path, most: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|opened| opened.take(most as u64).read_to_end(&mut bytes));
    read.map_err(|error| format!("`{}`: {error}", file.display()))?;
    Ok(bytes)
}

/// A file up to its limit, and a byte more, by which a reader recognises that it is too
/// long.
fn bounded(file: &Path, longest: usize) -> Result<Vec<u8>, Failure> {
    start(file, longest + 1)
}

/// A file of the call itself, which must be text of at most so many bytes.
fn read(file: &Path, longest: usize) -> Result<String, Failure> {
    let bytes = bounded(file, longest)?;
    if bytes.len() > longest {
        return Err(format!("`{}`: longer than {longest} bytes", file.display()).into());
    }
    String::from_utf8(bytes).map_err(|error| format!("`{}`: {error}", file.display()).into())
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Time::from_millis(since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}
