//! The audit of a published draw: a directory, or a bundle.

use super::lines::{LineFile, Part};
use crate::cli::parallel;
use kaoping_engine::draw::entropy::EntropyOutcome;
use kaoping_engine::draw::{DrawError, deal};
use kaoping_engine::fault::Fault;
use kaoping_engine::verify::batch::LoggedResults;
use kaoping_engine::verify::draw::bundle::{Bundle, PublishedPaper};
use kaoping_engine::verify::draw::compare::{self, Compared, Comparison, List};
use kaoping_engine::verify::draw::input_files::{Documents, File, Form, MaybeSigned};
use kaoping_engine::verify::draw::lines::Lines;
use kaoping_engine::verify::draw::range::SeatRange;
use kaoping_engine::verify::draw::refusal::Refusal;
use kaoping_engine::verify::draw::report::{Findings, Report};
use kaoping_engine::verify::draw::tally::Tally;
use kaoping_engine::verify::draw::{self as draw_files, Head, SeedDocument, audit as draw_audit};
use kaoping_engine::verify::file::file_head::{HEAD_BYTES, MAX_DRAW_BYTES};
use kaoping_engine::verify::file::trust::TrustList;
use kaoping_record::canonical;
use kaoping_record::message::Message;
use kaoping_record::software::SoftwareVerifier;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// Digests of a bundle that are compared at a time.
const PART: usize = 128;

/// Why nothing can be drawn again.
enum Halt {
    /// A document is not there.
    Missing(String),
    /// A document cannot be right.
    Wrong(Box<Fault>),
    /// The draw refuses.
    Refused(Refusal),
    Io(io::Error),
}

/// Draws again from a directory or a bundle, which is joined with what the log of its batch holds
/// where that is given.
///
/// # Errors
/// Only when something cannot be read at all; everything else is in the report.
pub(in crate::cli) fn audit(published: &Path, trust: Option<&TrustList>, logs: &[LoggedResults]) -> io::Result<Report> {
    let folder = published.is_dir().then_some(published);
    let mut findings = Findings::default();
    let mut profile = None;
    let mut given = None;
    let done = (|| {
        let head = match folder {
            Some(folder) => document(folder, draw_files::HEAD_FILE)?,
            None => bounded(published, MAX_DRAW_BYTES)?,
        };
        let file = File { name: draw_files::HEAD_FILE, bytes: &head };
        let (folder, head) = match folder {
            Some(folder) if head.len() <= HEAD_BYTES => (folder, Head::read(file)?),
            _ => {
                let bundle = Bundle::read(file);
                drop(head);
                return Ok(Some(draw_audit::bundle(bundle, trust, &SoftwareVerifier, logs, digests)));
            }
        };
        let documents = files(folder)?;
        profile = Some(documents.basis.payload().profile);
        findings.signers(&documents, trust, &SoftwareVerifier);
        let papers = documents.seating.papers.len();
        if !head.seats.lies_within(papers) {
            return Err(head.seats.outside(papers).into());
        }
        let drawn = again(&mut findings, &documents, folder, head.seats).map(|()| None);
        given = Some(documents);
        drawn
    })();
    match done {
        Ok(Some(report)) => return Ok(report),
        Ok(None) => {}
        Err(Halt::Missing(name)) => findings.cannot(
            format!("缺少 {name}：文件不全，或写这个目录的程序中途停止，不能重新抽题"),
            format!(
                "{name} is missing: the files are incomplete, or their writing broke off; nothing can be drawn again"
            ),
        ),
        Err(Halt::Wrong(fault)) => findings.differ([*fault]),
        Err(Halt::Refused(refusal)) => match &given {
            Some(documents) => findings.halt(documents, refusal.code, refusal.faults),
            None => findings.refuse(refusal.code, refusal.faults),
        },
        Err(Halt::Io(error)) => return Err(error),
    }
    Ok(findings.report(profile))
}

/// Draws again and compares everything that was written.
fn again(findings: &mut Findings, documents: &Documents, folder: &Path, seats: SeatRange) -> Result<(), Halt> {
    let entropy = documents.entropy()?;
    let deal = deal(&documents.input(entropy.as_deref()))?;
    findings.documents(documents, documents.outcome.as_ref().map(EntropyOutcome::origin));
    let equivalence = deal.equivalence().map_err(|_| DrawError::Range)?;
    let lines = Lines::new(&deal).map_err(DrawError::from)?;
    let comparison = Comparison::new(&lines);
    let [papers, certificates] = compare_lines(&comparison, folder)?;
    findings.list(papers.finish(&comparison, seats), seats, "试卷", "papers");
    findings.list(certificates.finish(&comparison, seats), seats, "试卷证明", "certificates");
    let seed = SeedDocument { manifest: deal.manifest(), seed: deal.seed() };
    let seed = canonical::to_bytes(&seed).map_err(DrawError::from)?;
    let equivalence = canonical::to_bytes(&equivalence).map_err(DrawError::from)?;
    for (name, expected, zh, en) in [
        (draw_files::SEED_FILE, seed, "种子", "seed"),
        (draw_files::EQUIVALENCE_FILE, equivalence, "等值证明", "equivalence certificate"),
    ] {
        match compare::document(name, &expected, &document(folder, name)?) {
            None => findings.prove(format!("{zh}相同"), format!("the {en} is the same")),
            Some(fault) => findings.differ([*fault]),
        }
    }
    let left_out = comparison.papers() - seats.places().len();
    if left_out > 0 {
        findings.skip(
            format!("其余 {left_out} 份试卷没有写在这个目录里"),
            format!("{left_out} other papers of the seating are not in this directory"),
        );
    }
    Ok(())
}

/// Compares papers and certificates, a part of each in turn, for both need the same paper.
fn compare_lines(comparison: &Comparison<'_>, folder: &Path) -> Result<[Tally; 2], Halt> {
    let open = |list: List| LineFile::open(folder, list).map_err(|error| halt(error, list.file()));
    let mut files = [open(List::Papers)?, open(List::Certificates)?];
    let mut tallies = [List::Papers, List::Certificates].map(Tally::new);
    let next = || {
        let [papers, certificates] = &mut files;
        let parts = [papers.part()?, certificates.part()?];
        Ok::<_, io::Error>(parts.iter().any(Option::is_some).then_some(parts))
    };
    let add = |found: [Option<Compare>; 2]| {
        for (tally, (first, compared)) in
            tallies.iter_mut().zip(found).filter_map(|(tally, found)| Some((tally, found?)))
        {
            tally.add(first, compared);
        }
    };
    parallel::in_any_order(next, |parts| together(comparison, &parts), add).map_err(Halt::Io)?;
    for (file, tally) in files.into_iter().zip(&mut tallies) {
        if let Some((line, fault)) = file.broken() {
            tally.broken(line, fault);
        }
    }
    Ok(tallies)
}

/// The findings for consecutive lines, and the number of the first.
type Compare = (usize, Vec<Compared>);

/// Compares a paper and, right after it, its certificate, so that the paper is drawn once.
fn together(comparison: &Comparison<'_>, parts: &[Option<Part>; 2]) -> [Option<Compare>; 2] {
    let mut checker = comparison.checker();
    let mut found = parts.each_ref().map(|part| part.as_ref().map(|part| (part.first, Vec::new())));
    let mut lines = parts.each_ref().map(|part| part.iter().flat_map(Part::lines));
    loop {
        let mut any = false;
        for ((lines, part), found) in lines.iter_mut().zip(parts).zip(&mut found) {
            if let (Some(line), Some(part), Some((first, compared))) = (lines.next(), part, found) {
                compared.push(checker.line(part.list, *first + compared.len(), line));
                any = true;
            }
        }
        if !any {
            return found;
        }
    }
}

/// Compares a bundle's digests.
fn digests(comparison: &Comparison<'_>, papers: &[PublishedPaper]) -> Tally {
    let mut tally = Tally::new(List::Digests);
    let mut parts = (1..).step_by(PART).zip(papers.chunks(PART));
    let work = |(first, part): (usize, &[PublishedPaper])| {
        let mut checker = comparison.checker();
        (first, (first..).zip(part).map(|(entry, paper)| checker.published(entry, paper)).collect())
    };
    let Ok(()) = parallel::in_any_order(
        || Ok::<_, Infallible>(parts.next()),
        work,
        |(first, compared)| tally.add(first, compared),
    );
    tally
}

/// The documents of a directory. Bytes are read in their one form, so that none can change unseen.
fn files(folder: &Path) -> Result<Documents, Halt> {
    let basis = maybe_signed(folder, draw_files::BASIS_FILE)?;
    let manifest = maybe_signed(folder, draw_files::MANIFEST_FILE)?;
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(Halt::Io)? {
        names.push(entry.map_err(Halt::Io)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let with = |prefix: &str| {
        let named = names.iter().filter(|name| name.starts_with(prefix) && name.ends_with(".json")).cloned();
        named.collect::<Vec<String>>()
    };
    let outcome = match names.iter().any(|name| name == draw_files::ENTROPY_FILE) {
        true => Some(read(folder, draw_files::ENTROPY_FILE)?),
        false => None,
    };
    Ok(Documents {
        indexes: all(folder, &with(draw_files::INDEX_PREFIX), "index-….json")?,
        secrets: all(folder, &with(draw_files::SECRET_PREFIX), "secret-….json")?,
        blueprint: read(folder, draw_files::BLUEPRINT_FILE)?,
        seating: read(folder, draw_files::SEATING_FILE)?,
        outcome,
        basis,
        manifest,
    })
}

fn all<T: Serialize + DeserializeOwned>(folder: &Path, names: &[String], wanted: &str) -> Result<Vec<T>, Halt> {
    if names.is_empty() {
        return Err(Halt::Missing(wanted.to_owned()));
    }
    names.iter().map(|name| read(folder, name)).collect()
}

fn maybe_signed<T: Message>(folder: &Path, name: &str) -> Result<MaybeSigned<T>, Halt> {
    let bytes = document(folder, name)?;
    Ok(File { name, bytes: &bytes }.maybe_signed(Form::Canonical).map_err(Refusal::from)?)
}

fn read<T: Serialize + DeserializeOwned>(folder: &Path, name: &str) -> Result<T, Halt> {
    let bytes = document(folder, name)?;
    Ok(File { name, bytes: &bytes }.read(Form::Canonical).map_err(Refusal::from)?)
}

fn document(folder: &Path, name: &str) -> Result<Vec<u8>, Halt> {
    bounded(&folder.join(name), MAX_DRAW_BYTES).map_err(|error| halt(error, name))
}

/// A file of at most so many bytes.
pub(super) fn bounded(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("more than {most} bytes")));
    }
    Ok(bytes)
}

fn halt(error: io::Error, name: &str) -> Halt {
    match error.kind() {
        io::ErrorKind::NotFound => Halt::Missing(name.to_owned()),
        kind => Halt::Io(io::Error::new(kind, format!("{name}: {error}"))),
    }
}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Box<Fault>> for Halt {
    fn from(fault: Box<Fault>) -> Self {
        Self::Wrong(fault)
    }
}

impl From<DrawError> for Halt {
    fn from(error: DrawError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
