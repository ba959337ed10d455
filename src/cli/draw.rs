//! `kaoping draw`: draws from files alone, and writes a directory that `kaoping audit` checks.
//!
//! Exit codes: 0 drawn, 1 refused, 2 the command could not be carried out.

use super::Outcome;
use super::parallel;
use super::print::print;
use kaoping_engine::bank::Index;
use kaoping_engine::draw::entropy;
use kaoping_engine::draw::{DrawError, deal};
use kaoping_engine::fault::Fault;
use kaoping_engine::verify::draw::input_files::{Documents, File, Form};
use kaoping_engine::verify::draw::lines::Lines;
use kaoping_engine::verify::draw::range::SeatRange;
use kaoping_engine::verify::draw::{self as draw_files, Head, SeedDocument};
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Papers that are made at a time.
const PART: usize = 128;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The manifest: signed, or its payload alone.
    #[arg(long, value_name = "FILE")]
    manifest: PathBuf,
    /// The custodians' secrets, as their pages saved them.
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    secrets: Vec<PathBuf>,
    /// The banks' public indexes.
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    index: Vec<PathBuf>,
    /// The basis: signed, or its payload alone; without it `basis.json` beside the manifest.
    #[arg(long, value_name = "FILE")]
    basis: Option<PathBuf>,
    /// The blueprint; without it `blueprint.json` beside the manifest.
    #[arg(long, value_name = "FILE")]
    blueprint: Option<PathBuf>,
    /// The seating; without it `seating.json` beside the manifest.
    #[arg(long, value_name = "FILE")]
    seating: Option<PathBuf>,
    /// The outcome of the public entropy that the basis names.
    #[arg(long, value_name = "FILE")]
    entropy: Option<PathBuf>,
    /// Write only these papers of the seating, counted from 1, both ends included.
    #[arg(long, value_name = "A..B")]
    seats: Option<String>,
    /// The directory to write; it must not hold anything yet.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Why nothing was drawn.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Refused because of the documents: a code of section 8 of the specification with its faults.
    Documents(draw_files::refusal::Refusal),
    /// By the seats that were asked for.
    Seats(Box<Fault>),
    /// By the machine.
    Io(io::Error),
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    match write(arguments) {
        Ok(range) => {
            let (count, out) = (range.places().len(), arguments.out.display());
            print(|to| {
                writeln!(to, "{out}: {count} 份试卷 papers {}..{}", range.from, range.to)?;
                writeln!(to, "开考前须保密：目录中有秘密数、种子和试卷；只有本人可读。考试全部结束后方可公布。")?;
                writeln!(
                    to,
                    "Secret until the exam: it holds secrets, seed and papers, and only you can read it. Publish it after the last sitting."
                )
            })?;
            Ok(ExitCode::SUCCESS)
        }
        Err(Refusal::Documents(refusal)) => {
            print(|to| {
                writeln!(to, "不能抽题 refused: {}", refusal.code)?;
                refusal.faults.iter().try_for_each(|fault| show(to, fault))
            })?;
            Ok(ExitCode::from(1))
        }
        Err(Refusal::Seats(fault)) => {
            print(|to| show(to, &fault))?;
            Ok(ExitCode::from(1))
        }
        Err(Refusal::Io(error)) => Err(error.into()),
    }
}

fn show(out: &mut dyn Write, fault: &Fault) -> io::Result<()> {
    let Fault { code, place, cause, cure } = fault;
    writeln!(out, "✗ {place} [{code}] {}。{} ({}; {})", cause.zh, cure.zh, cause.en, cure.en)
}

/// Draws and writes; gives back which papers of the seating.
pub(super) fn write(arguments: &Arguments) -> Result<SeatRange, Refusal> {
    let out = &arguments.out;
    let documents = read(arguments)?;
    let papers = documents.seating.papers.len();
    let range = arguments.seats.as_ref().map(|text| SeatRange::parse(text, papers)).transpose();
    let range = range.map_err(Refusal::Seats)?;
    let range = range.unwrap_or(SeatRange::all(papers));
    let entropy = documents.entropy()?;
    let deal = deal(&documents.input(entropy.as_deref()))?;
    let equivalence = deal.equivalence().map_err(|_| DrawError::Range)?;
    let lines = Lines::new(&deal).map_err(DrawError::from)?;

    empty_directory(out)?;
    for (name, bytes) in documents.files().map_err(DrawError::from)? {
        whole(out, &name, &bytes)?;
    }
    let mut files = [draw_files::PAPERS_FILE, draw_files::CERTIFICATES_FILE].map(|name| create(&out.join(name)));
    let [papers, certificates] = files.each_mut().map(Result::as_mut);
    let (mut papers, mut certificates) = match (papers, certificates) {
        (Ok(papers), Ok(certificates)) => (io::BufWriter::new(papers), io::BufWriter::new(certificates)),
        (Err(error), _) | (_, Err(error)) => return Err(Refusal::Io(io::Error::new(error.kind(), error.to_string()))),
    };
    parallel::in_order(
        range.places().len().div_ceil(PART),
        |part| made(&lines, range.places().skip(part * PART).take(PART)),
        |[made, certified]| {
            papers.write_all(&made)?;
            certificates.write_all(&certified)
        },
    )?;
    papers.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    certificates.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    let canonical = |bytes: Result<Vec<u8>, _>| bytes.map_err(DrawError::Canonical);
    whole(out, draw_files::EQUIVALENCE_FILE, &canonical(canonical::to_bytes(&equivalence))?)?;
    let seed = SeedDocument { manifest: deal.manifest(), seed: deal.seed() };
    whole(out, draw_files::SEED_FILE, &canonical(canonical::to_bytes(&seed))?)?;
    let head = Head { kind: draw_files::HEAD_KIND.to_owned(), v: draw_files::PACKAGE_VERSION, seats: range };
    // Last: a directory without it is one whose writing broke off.
    whole(out, draw_files::HEAD_FILE, &canonical(canonical::to_bytes(&head))?)?;
    Ok(range)
}

/// Papers and certificates of some places, as lines.
fn made(lines: &Lines<'_>, places: impl Iterator<Item = usize>) -> [Vec<u8>; 2] {
    let (mut papers, mut certificates) = (Vec::new(), Vec::new());
    for place in places {
        let Some(paper) = lines.paper(place) else { continue };
        let Some(certificate) = lines.certificate(place, Digest::of(&paper)) else { continue };
        papers.extend(paper);
        papers.push(b'\n');
        certificates.extend(certificate);
        certificates.push(b'\n');
    }
    [papers, certificates]
}

fn read(arguments: &Arguments) -> Result<Documents, Refusal> {
    let beside =
        |given: &Option<PathBuf>, name: &str| given.clone().unwrap_or_else(|| arguments.manifest.with_file_name(name));
    let manifest = Loaded::read(&arguments.manifest)?.file().maybe_signed(Form::Authored)?;
    let basis = Loaded::read(&beside(&arguments.basis, draw_files::BASIS_FILE))?;
    let mut indexes: Vec<Index> = Vec::new();
    for path in &arguments.index {
        indexes.push(Loaded::read(path)?.file().read(Form::Authored)?);
    }
    let mut secrets = Vec::new();
    for path in &arguments.secrets {
        secrets.push(Loaded::read(path)?.file().secret()?);
    }
    let blueprint = Loaded::read(&beside(&arguments.blueprint, draw_files::BLUEPRINT_FILE))?;
    let seating = Loaded::read(&beside(&arguments.seating, draw_files::SEATING_FILE))?;
    let outcome = arguments.entropy.as_ref().map(|path| Loaded::read(path)).transpose()?;
    Ok(Documents {
        basis: basis.file().maybe_signed(Form::Authored)?,
        indexes,
        secrets,
        blueprint: blueprint.file().read(Form::Authored)?,
        seating: seating.file().read(Form::Authored)?,
        outcome: outcome.map(|outcome| entropy::EntropyOutcome::parse(&outcome.bytes)).transpose()?,
        manifest,
    })
}

struct Loaded {
    name: String,
    bytes: Vec<u8>,
}

impl Loaded {
    fn read(path: &Path) -> io::Result<Self> {
        let name = path.display().to_string();
        let bytes = fs::read(path).map_err(|error| io::Error::new(error.kind(), format!("`{name}`: {error}")))?;
        Ok(Self { name, bytes })
    }

    fn file(&self) -> File<'_> {
        File { name: &self.name, bytes: &self.bytes }
    }
}

/// Makes a directory that only its owner can enter; one that holds anything is left as it is.
fn empty_directory(path: &Path) -> io::Result<()> {
    if path.exists() && (!path.is_dir() || fs::read_dir(path)?.next().is_some()) {
        let text = format!(
            "`{}` 已有内容，不会覆盖；请给出新的目录 (it already holds something and is not overwritten; name a new directory)",
            path.display()
        );
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Creates a file that only its owner can read.
fn create(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = create(&folder.join(name))?;
    file.write_all(bytes)?;
    file.sync_all()
}

impl From<Box<Fault>> for Refusal {
    fn from(fault: Box<Fault>) -> Self {
        Self::Documents(fault.into())
    }
}

impl From<DrawError> for Refusal {
    fn from(error: DrawError) -> Self {
        Self::Documents(error.into())
    }
}

impl From<draw_files::refusal::Refusal> for Refusal {
    fn from(refusal: draw_files::refusal::Refusal) -> Self {
        Self::Documents(refusal)
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
