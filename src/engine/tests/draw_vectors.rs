//! The draw against `tests/vectors/draw/`, whose expected papers come from another implementation of the specification.

use kaoping_engine::bank::Index;
use kaoping_engine::blueprint::Blueprint;
use kaoping_engine::draw::{self, Draw, DrawError, DrawInput, Lot, Manifest, Paper, Seating, Secret};
use kaoping_record::canonical;
use kaoping_record::digest::{Digest, from_hex};
use kaoping_record::id::{PaperId, UnitId};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

type Outcome = Result<(), Box<dyn Error>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    name: String,
    #[expect(dead_code, reason = "for readers of the file")]
    purpose: String,
    expect: Expect,
    refusal: Option<String>,
    input: Input,
    #[serde(default)]
    papers: Vec<Paper>,
    #[serde(default)]
    digests: BTreeMap<PaperId, Digest>,
    #[serde(default)]
    forced: Vec<Forced>,
    #[serde(default)]
    lots: Vec<VectorLot>,
}

#[derive(Deserialize, PartialEq)]
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

#[test]
fn every_vector_holds() -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/draw");
    let (mut accepted, mut refused) = (0, 0);
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let vector: Vector =
                canonical::from_authored(&fs::read(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
            let name = vector.name.clone();
            match vector.expect {
                Expect::Papers => accepted += 1,
                Expect::Refused => refused += 1,
            }
            check(vector).map_err(|error| format!("{name}: {error}"))?;
        }
    }
    assert!(accepted >= 17 && refused >= 25, "{accepted} accepted and {refused} refused: vectors are missing");
    Ok(())
}

fn check(vector: Vector) -> Outcome {
    let drawn = draw_all(&vector.input);
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
    let forced = drawn.equivalence.forced.iter();
    let forced: Vec<Forced> = forced
        .map(|card| Forced { paper: card.paper.clone(), cell: card.cell.to_string(), unit: card.unit.clone() })
        .collect();
    assert_eq!(forced, vector.forced, "{}", vector.name);
    for lot in &vector.lots {
        let mut list = lot.list.clone();
        drawn.seed.lot(lot_of(lot)?, &mut list);
        assert_eq!(list, lot.drawn, "{}: lot {}", vector.name, lot.purpose);
    }
    check_certificates(&drawn)
}

fn draw_all(input: &Input) -> Result<Result<Draw, DrawError>, Box<dyn Error>> {
    let entropy =
        input.public_entropy.as_deref().map(|hex| from_hex(hex).ok_or("entropy in hexadecimal")).transpose()?;
    Ok(draw::draw(&DrawInput {
        manifest: &input.manifest,
        indexes: &input.indexes,
        blueprint: &input.blueprint,
        seating: &input.seating,
        secrets: &input.secrets,
        public_entropy: entropy.as_deref(),
    }))
}

/// Certificates belong to their papers, and exposure stays within its bound unless a card was forced.
fn check_certificates(drawn: &Draw) -> Outcome {
    assert_eq!(drawn.certificates.len(), drawn.papers.len());
    for (paper, certificate) in drawn.papers.iter().zip(&drawn.certificates) {
        assert_eq!((certificate.paper_digest, &certificate.paper), (paper.digest(), &paper.paper));
    }
    for cell in &drawn.equivalence.cells {
        let within = cell.bound.least <= cell.dealt.least && cell.dealt.most <= cell.bound.most;
        assert!(within || drawn.equivalence.forced.iter().any(|card| card.cell == cell.cell), "{}", cell.cell);
    }
    Ok(())
}

fn lot_of(lot: &VectorLot) -> Result<Lot<'_>, Box<dyn Error>> {
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
