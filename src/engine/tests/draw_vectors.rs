//! The draw against `tests/vectors/draw/`, whose expected papers come from another implementation
//! of the specification.

use kaoping_engine::bank::Index;
use kaoping_engine::blueprint::Blueprint;
use kaoping_engine::draw::certificate::{ForcedCard, SearchEnd};
use kaoping_engine::draw::stream::Stream;
use kaoping_engine::draw::{self, Basis, Draw, DrawError, DrawInput, Lot, Manifest, Paper, Seating, Secret};
use kaoping_record::canonical;
use kaoping_record::digest::{Digest, from_hex};
use kaoping_record::id::{ItemId, PaperId, UnitId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
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
    /// The names of the rules in conflict, of a draw that is infeasible.
    conflict: Option<Vec<String>>,
    /// The input, or the name of the vector before from which it is made by the changes. It is read
    /// only after the rest: a refusal may be that it has not the form of a draw's input.
    input: Value,
    #[serde(default)]
    changes: Vec<Vec<Value>>,
    /// Texts of documents in place of those of the input.
    #[serde(default)]
    texts: BTreeMap<String, String>,
    #[serde(default)]
    papers: Vec<Paper>,
    #[serde(default)]
    digests: BTreeMap<PaperId, Digest>,
    #[serde(default)]
    forced: Vec<Forced>,
    #[serde(default)]
    searched: BTreeMap<PaperId, SearchEnd>,
    #[serde(default)]
    returned: BTreeMap<PaperId, Vec<ItemId>>,
    #[serde(default)]
    lots: Vec<VectorLot>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Expect {
    Papers,
    Refused,
}

struct Input {
    indexes: Vec<Index>,
    blueprint: Blueprint,
    seating: Seating,
    basis: Basis,
    manifest: Manifest,
    secrets: Vec<Secret>,
    public_entropy: Option<Vec<u8>>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Forced {
    paper: PaperId,
    cell: String,
    instead: UnitId,
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
    let files = files(&folder(), "json")?.into_iter().map(|path| Ok((path.clone(), vec![fs::read_to_string(path)?])));
    hold(files.collect::<TestResult<_>>()?, [15, 1])
}

#[test]
fn every_one_of_the_many_vectors_holds() -> TestResult {
    let lines = |path: PathBuf| {
        let text = fs::read_to_string(&path)?;
        Ok((path, text.lines().map(str::to_owned).collect()))
    };
    let files = files(&folder().join("many"), "jsonl")?.into_iter().map(lines);
    hold(files.collect::<TestResult<_>>()?, [690, 690])
}

/// Checks the vectors of some files, of which so many at least are drawn and refused.
fn hold(files: Vec<(PathBuf, Vec<String>)>, [least_drawn, least_refused]: [usize; 2]) -> TestResult {
    let (mut drawn, mut refused, mut wrong) = (0, 0, Vec::new());
    for (path, vectors) in files {
        let mut inputs = BTreeMap::new();
        for text in vectors {
            let mut vector =
                serde_json::from_str::<Vector>(&text).map_err(|error| format!("{}: {error}", path.display()))?;
            match vector.expect {
                Expect::Papers => drawn += 1,
                Expect::Refused => refused += 1,
            }
            vector.input = match &vector.input {
                Value::String(name) => changed(inputs.get(name).ok_or("a vector before")?, &vector.changes)?,
                input => {
                    inputs.insert(vector.name.clone(), input.clone());
                    input.clone()
                }
            };
            if let Err(error) = check(&vector) {
                wrong.push(format!("{}: {error}", vector.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} vectors do not hold:\n{}", wrong.len(), wrong.join("\n"));
    assert!(drawn >= least_drawn && refused >= least_refused, "{drawn} drawn, {refused} refused: vectors are missing");
    Ok(())
}

/// An input with changes: `[pointer, value]` sets a value, `[pointer]` takes a member away.
fn changed(input: &Value, changes: &[Vec<Value>]) -> TestResult<Value> {
    let mut changed = input.clone();
    for change in changes {
        let (pointer, value) = change.split_first().ok_or("a pointer")?;
        let (parent, name) = pointer.as_str().and_then(|pointer| pointer.rsplit_once('/')).ok_or("a pointer")?;
        let name = name.replace("~1", "/").replace("~0", "~");
        match (changed.pointer_mut(parent).ok_or("a place")?, value.first()) {
            (Value::Object(members), Some(value)) => drop(members.insert(name, value.clone())),
            (Value::Object(members), None) => drop(members.remove(&name).ok_or("a member")?),
            (Value::Array(list), Some(value)) => {
                *list.get_mut(name.parse::<usize>()?).ok_or("a place in a list")? = value.clone();
            }
            _ => return Err("neither a member nor a place in a list".into()),
        }
    }
    Ok(changed)
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

/// Reads the input of a vector, as documents of files are read.
fn read(vector: &Vector) -> TestResult<Input> {
    let members = vector.input.as_object().ok_or("an object")?;
    assert_eq!(members.len(), 7, "{}: members of the input", vector.name);
    let member = |name: &str| members.get(name).ok_or_else(|| format!("no member `{name}`"));
    let list = |name| Ok::<_, Box<dyn Error>>(member(name)?.as_array().ok_or("a list")?.as_slice());
    let text = |name: &str, place: usize| vector.texts.get(name).filter(|_| place == 0);
    let indexes = list("indexes")?.iter().enumerate();
    let secrets = list("secrets")?.iter().enumerate();
    let entropy = match member("public_entropy")? {
        Value::Null => None,
        hex => Some(hex.as_str().and_then(from_hex).ok_or("entropy in hexadecimal")?),
    };
    Ok(Input {
        indexes: indexes.map(|(place, value)| document(value, text("index", place))).collect::<TestResult<_>>()?,
        blueprint: document(member("blueprint")?, text("blueprint", 0))?,
        seating: document(member("seating")?, text("seating", 0))?,
        basis: document(member("basis")?, text("basis", 0))?,
        manifest: document(member("manifest")?, text("manifest", 0))?,
        secrets: secrets.map(|(place, value)| document(value, text("secret", place))).collect::<TestResult<_>>()?,
        public_entropy: entropy,
    })
}

/// Some vectors contain numbers that no document may have, so that it is read from its text.
fn document<T: Serialize + DeserializeOwned>(value: &Value, text: Option<&String>) -> TestResult<T> {
    Ok(canonical::from_authored(text.unwrap_or(&value.to_string()).as_bytes())?)
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> TestResult {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?}, not {expected:?}").into()) }
}

fn check(vector: &Vector) -> TestResult {
    let input = match (read(vector), vector.refusal.as_deref()) {
        (Err(_), Some("form")) => return Ok(()),
        (Ok(_), Some("form")) => return Err("was read".into()),
        (input, _) => input?,
    };
    let drawn = match (draw_all(&input), vector.expect) {
        (Ok(drawn), Expect::Papers) => drawn,
        (Ok(_), Expect::Refused) => return Err("was drawn".into()),
        (Err(refusal), expect) => {
            let conflict = match &refusal {
                DrawError::Infeasible(infeasible) => {
                    Some(infeasible.rules.iter().map(|rule| rule.name.clone()).collect())
                }
                _ => None,
            };
            equal("expected", &expect, &Expect::Refused).map_err(|error| format!("{error}: {refusal}"))?;
            equal("refusal", &Some(refusal.code()), &vector.refusal.as_deref())?;
            equal("conflict", &conflict, &vector.conflict)?;
            return if refusal.faults().is_empty() { Err("no word of what to do".into()) } else { Ok(()) };
        }
    };
    equal("papers", &drawn.papers.get(..vector.papers.len()), &Some(vector.papers.as_slice()))?;
    let digests = drawn.papers.iter().map(|paper| (paper.paper.clone(), paper.digest())).collect();
    equal("digests", &digests, &vector.digests)?;
    let (mut forced, mut searched, mut returned) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
    for certificate in &drawn.certificates {
        let paper = &certificate.paper;
        for ForcedCard { cell, instead, unit } in certificate.forced.clone() {
            forced.push(Forced { paper: paper.clone(), cell: cell.to_string(), instead, unit });
        }
        searched.extend(certificate.search.map(|end| (paper.clone(), end)));
        returned.extend(Some((paper.clone(), certificate.returned.clone())).filter(|(_, items)| !items.is_empty()));
    }
    equal("forced", &forced, &vector.forced)?;
    equal("searched", &searched, &vector.searched)?;
    equal("returned", &returned, &vector.returned)?;
    for lot in &vector.lots {
        let mut list = lot.list.clone();
        drawn.seed.lot(lot_of(lot)?, &mut list);
        equal("lot", &list, &lot.drawn)?;
    }
    check_certificates(&drawn)
}

fn draw_all(input: &Input) -> Result<Draw, DrawError> {
    draw::draw(&DrawInput {
        basis: &input.basis,
        manifest: &input.manifest,
        indexes: &input.indexes,
        blueprint: &input.blueprint,
        seating: &input.seating,
        secrets: &input.secrets,
        public_entropy: input.public_entropy.as_deref(),
    })
}

/// Certificates belong to their papers, and exposure stays within its bound unless a card was
/// forced.
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
