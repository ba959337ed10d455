//! The draw against `tests/vectors/draw/`, whose expected papers come from another implementation of the specification.

use kaoping_engine::bank::Index;
use kaoping_engine::blueprint::Blueprint;
use kaoping_engine::draw::stream::Stream;
use kaoping_engine::draw::{self, Basis, Draw, DrawError, DrawInput, Lot, Manifest, Paper, Seating, Secret};
use kaoping_record::canonical;
use kaoping_record::digest::{Digest, from_hex};
use kaoping_record::id::{PaperId, UnitId};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    #[expect(dead_code, reason = "for readers of the file")]
    purpose: String,
    expect: Expect,
    refusal: Option<String>,
    /// Read only after the rest: a refusal may be that it has not the form of a draw's input.
    input: Value,
    #[serde(default)]
    papers: Vec<Paper>,
    #[serde(default)]
    digests: BTreeMap<PaperId, Digest>,
    #[serde(default)]
    forced: Vec<Forced>,
    #[serde(default)]
    lots: Vec<VectorLot>,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Expect {
    Papers,
    Refused,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    indexes: Vec<Index>,
    blueprint: Blueprint,
    seating: Seating,
    basis: Basis,
    manifest: Manifest,
    secrets: Vec<Secret>,
    public_entropy: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Forced {
    paper: PaperId,
    cell: String,
    unit: UnitId,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VectorLot {
    purpose: String,
    subject: String,
    list: Vec<String>,
    drawn: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStream {
    key: Digest,
    count: usize,
    sha256: Digest,
    words: Vec<Word>,
    below: Vec<Below>,
    shuffles: Vec<Shuffle>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    place: usize,
    word: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Below {
    n: NonZeroU32,
    numbers: Vec<u32>,
    taken: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shuffle {
    length: usize,
    order: Vec<usize>,
    taken: usize,
}

#[test]
fn every_vector_holds() -> TestResult {
    let (mut accepted, mut refused) = (0, 0);
    for path in files(&folder(), "json")? {
        match run(&fs::read(&path)?).map_err(|error| format!("{}: {error}", path.display()))? {
            Expect::Papers => accepted += 1,
            Expect::Refused => refused += 1,
        }
    }
    assert!(accepted >= 24 && refused >= 27, "{accepted} accepted and {refused} refused: vectors are missing");
    Ok(())
}

#[test]
fn every_one_of_the_many_vectors_holds() -> TestResult {
    let (mut accepted, mut refused) = (0, 0);
    for path in files(&folder().join("many"), "jsonl")? {
        for (number, line) in (1..).zip(fs::read_to_string(&path)?.lines()) {
            match run(line.as_bytes()).map_err(|error| format!("{} line {number}: {error}", path.display()))? {
                Expect::Papers => accepted += 1,
                Expect::Refused => refused += 1,
            }
        }
    }
    assert!(accepted >= 470 && refused >= 559, "{accepted} accepted and {refused} refused: vectors are missing");
    Ok(())
}

#[test]
fn every_stream_is_that_of_the_vectors() -> TestResult {
    let text = fs::read_to_string(folder().join("streams.jsonl"))?;
    for line in text.lines() {
        let raw = RawStream::deserialize(canonical::from_authored::<Value>(line.as_bytes())?)?;
        let mut stream = Stream::new(raw.key);
        let words: Vec<u32> = (0..raw.count).map(|_| stream.word()).collect();
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(Digest::of(&bytes), raw.sha256, "{}", raw.key);
        for Word { place, word } in raw.words {
            assert_eq!(words[place], word, "{}: word {place}", raw.key);
        }
        for Below { n, numbers, taken } in raw.below {
            let mut stream = Stream::new(raw.key);
            assert_eq!(numbers.iter().map(|_| stream.below(n)).collect::<Vec<_>>(), numbers, "{}: below {n}", raw.key);
            assert_eq!(stream.word(), words[taken], "{}: words taken by below {n}", raw.key);
        }
        for Shuffle { length, order, taken } in raw.shuffles {
            let mut stream = Stream::new(raw.key);
            let mut list: Vec<usize> = (0..length).collect();
            stream.shuffle(&mut list);
            assert_eq!(list, order, "{}: shuffle of {length}", raw.key);
            assert_eq!(stream.word(), words[taken], "{}: words taken by a shuffle of {length}", raw.key);
        }
    }
    assert!(text.lines().count() >= 8, "streams are missing");
    Ok(())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/draw")
}

/// The files of a folder with an ending, in order.
fn files(folder: &Path, ending: &str) -> TestResult<Vec<PathBuf>> {
    let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == ending));
    files.sort();
    Ok(files)
}

/// Checks one vector and says what it expected.
fn run(bytes: &[u8]) -> TestResult<Expect> {
    let mut vector = Vector::deserialize(canonical::from_authored::<Value>(bytes)?)?;
    let name = vector.name.clone();
    let input = Input::deserialize(vector.input.take());
    match (vector.expect, input) {
        (Expect::Refused, Err(_)) if vector.refusal.as_deref() == Some("form") => Ok(Expect::Refused),
        (Expect::Refused, Ok(_)) if vector.refusal.as_deref() == Some("form") => Err(format!("{name} was read").into()),
        (_, Err(error)) => Err(format!("{name}: {error}").into()),
        (expect, Ok(input)) => {
            check(vector, &input).map_err(|error| format!("{name}: {error}"))?;
            Ok(expect)
        }
    }
}

fn check(vector: Vector, input: &Input) -> TestResult {
    let drawn = draw_all(input);
    if vector.expect == Expect::Refused {
        let refusal = drawn?.err().ok_or("must be refused")?;
        assert_eq!(Some(refusal.code()), vector.refusal.as_deref(), "{}", vector.name);
        assert!(!refusal.faults().is_empty(), "{}: a refusal without a word of what to do", vector.name);
        return Ok(());
    }
    let drawn = drawn??;
    assert_eq!(drawn.papers.get(..vector.papers.len()), Some(vector.papers.as_slice()), "{}", vector.name);
    let digests: BTreeMap<PaperId, Digest> =
        drawn.papers.iter().map(|paper| (paper.paper.clone(), paper.digest())).collect();
    assert_eq!(digests, vector.digests, "{}", vector.name);
    let cards = drawn.certificates.iter().flat_map(|paper| paper.forced.iter().map(|card| (paper.paper.clone(), card)));
    let forced: Vec<Forced> =
        cards.map(|(paper, card)| Forced { paper, cell: card.cell.to_string(), unit: card.unit.clone() }).collect();
    assert_eq!(forced, vector.forced, "{}", vector.name);
    for lot in &vector.lots {
        let mut list = lot.list.clone();
        drawn.seed.lot(lot_of(lot)?, &mut list);
        assert_eq!(list, lot.drawn, "{}: lot {}", vector.name, lot.purpose);
    }
    check_certificates(&drawn)
}

fn draw_all(input: &Input) -> TestResult<Result<Draw, DrawError>> {
    let entropy =
        input.public_entropy.as_deref().map(|hex| from_hex(hex).ok_or("entropy in hexadecimal")).transpose()?;
    Ok(draw::draw(&DrawInput {
        basis: &input.basis,
        manifest: &input.manifest,
        indexes: &input.indexes,
        blueprint: &input.blueprint,
        seating: &input.seating,
        secrets: &input.secrets,
        public_entropy: entropy.as_deref(),
    }))
}

/// Certificates belong to their papers, and exposure stays within its bound unless a card was forced.
fn check_certificates(drawn: &Draw) -> TestResult {
    assert_eq!(drawn.certificates.len(), drawn.papers.len());
    for (paper, certificate) in drawn.papers.iter().zip(&drawn.certificates) {
        assert_eq!((certificate.paper_digest, &certificate.paper), (paper.digest(), &paper.paper));
    }
    for cell in &drawn.equivalence.cells {
        let mut cards = drawn.certificates.iter().flat_map(|certificate| &certificate.forced);
        let is_forced = cards.any(|card| card.cell == cell.cell);
        for range in &cell.ranges {
            let within = range.bound.least <= range.dealt.least && range.dealt.most <= range.bound.most;
            assert!(within || is_forced, "{} {}", cell.cell, range.range.as_str());
        }
    }
    Ok(())
}

fn lot_of(lot: &VectorLot) -> TestResult<Lot<'_>> {
    Ok(match lot.purpose.as_str() {
        "task" => {
            let (sitting, function) = lot.subject.split_once('/').ok_or("sitting/function")?;
            Lot::Task { sitting, function }
        }
        "panel" => Lot::Panel { batch: &lot.subject },
        "number" => Lot::Number { panel: &lot.subject },
        other => return Err(format!("unknown purpose {other}").into()),
    })
}
