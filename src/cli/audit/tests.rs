//! A draw written to a directory and audited from there. Inputs and expected digests are the
//! published vectors', whose papers another implementation drew.

use super::check::audit;
use crate::cli::draw::{self, Refusal};
use clap::Parser;
use kaoping_engine::draw::{Basis, Manifest, Paper};
use kaoping_engine::verify::draw::report::{Report, Verdict};
use kaoping_engine::verify::file::trust::TrustList;
use kaoping_record::canonical;
use kaoping_record::key::Signer as _;
use kaoping_record::message::Signed;
use kaoping_record::software::Ed25519Signer;
use serde_json::{Value, json};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

type TestResult<T = ()> = Result<T, Box<dyn Error>>;

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    arguments: draw::Arguments,
}

/// The files of a vector, and a directory to draw into.
struct Case {
    vector: Value,
    folder: TempDir,
}

impl Case {
    fn new(name: &str) -> TestResult<Self> {
        let vector: Value = serde_json::from_slice(&fs::read(repository(&format!("tests/vectors/draw/{name}.json")))?)?;
        let case = Self { vector, folder: TempDir::new()? };
        for member in ["basis", "manifest", "blueprint", "seating"] {
            case.write(&format!("{member}.json"), &case.vector["input"][member])?;
        }
        for (number, secret) in case.list("secrets").iter().enumerate() {
            case.write(&format!("secret {number}.json"), secret)?;
        }
        for (number, index) in case.list("indexes").iter().enumerate() {
            case.write(&format!("index {number}.json"), index)?;
        }
        Ok(case)
    }

    fn list(&self, member: &str) -> Vec<Value> {
        self.vector["input"][member].as_array().cloned().unwrap_or_default()
    }

    /// As a person may have written it.
    fn write(&self, name: &str, value: &Value) -> TestResult {
        Ok(fs::write(self.path(name), serde_json::to_vec_pretty(value)?)?)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn out(&self) -> PathBuf {
        self.path("out")
    }

    /// Draws into `out` and says which seats, or the code of the refusal.
    fn draw(&self, more: &[&str]) -> Result<(u32, u32), String> {
        let folder = self.folder.path().display();
        let mut words: Vec<String> = ["draw", "--manifest"].map(str::to_owned).into();
        words.push(format!("{folder}/manifest.json"));
        words.push("--secrets".to_owned());
        words.extend((0..self.list("secrets").len()).map(|number| format!("{folder}/secret {number}.json")));
        words.push("--index".to_owned());
        words.extend((0..self.list("indexes").len()).map(|number| format!("{folder}/index {number}.json")));
        words.extend(["--out".to_owned(), self.out().display().to_string()]);
        words.extend(more.iter().map(|word| (*word).to_owned()));
        let command = Command::try_parse_from(words).map_err(|error| error.to_string())?;
        draw::write(&command.arguments).map(|range| (range.from, range.to)).map_err(|refusal| match refusal {
            Refusal::Documents(refusal) => {
                let faults = refusal.faults.iter().map(|fault| fault.code.as_str());
                [refusal.code].into_iter().chain(faults).collect::<Vec<_>>().join(" ")
            }
            Refusal::Seats(fault) => fault.code.clone(),
            Refusal::Io(error) => error.kind().to_string(),
        })
    }
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn files(folder: &Path) -> TestResult<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn says(report: &Report, words: &str) -> bool {
    report.proven.iter().chain(&report.not_checked).any(|text| text.en.contains(words))
}

fn codes(report: &Report) -> Vec<&str> {
    report.differences.iter().map(|fault| fault.code.as_str()).collect()
}

#[test]
fn what_is_drawn_is_what_the_vector_has_and_holds() -> TestResult {
    let case = Case::new("plain")?;
    assert_eq!(case.draw(&[]), Ok((1, 4)));
    let lines = fs::read_to_string(case.out().join("papers.jsonl"))?;
    let papers: Vec<Paper> =
        lines.lines().map(|line| canonical::from_bytes(line.as_bytes())).collect::<Result<_, _>>()?;
    let digests: Value = papers.iter().map(|paper| (paper.paper.to_string(), json!(paper.digest()))).collect();
    assert_eq!(digests, case.vector["digests"]);
    let report = audit(&case.out(), None, &[])?;
    assert_eq!((report.verdict, codes(&report)), (Verdict::Holds, vec![]));
    assert!(says(&report, "4 papers are, byte for byte") && says(&report, "4 certificates are, byte for byte"));
    assert!(says(&report, "not signed") && says(&report, "no public entropy was used"));
    let wanted = [
        "basis.json",
        "blueprint.json",
        "certificates.jsonl",
        "draw.json",
        "equivalence.json",
        "index-bank-a.json",
        "manifest.json",
        "papers.jsonl",
        "seating.json",
        "secret-alpha.json",
        "secret-beta.json",
        "seed.json",
    ];
    assert_eq!(files(&case.out())?, wanted);
    Ok(())
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_a_draw() -> TestResult {
    use std::os::unix::fs::PermissionsExt as _;
    let case = Case::new("plain")?;
    case.draw(&[])?;
    assert_eq!(fs::metadata(case.out())?.permissions().mode() & 0o777, 0o700);
    for name in files(&case.out())? {
        assert_eq!(fs::metadata(case.out().join(&name))?.permissions().mode() & 0o777, 0o600, "{name}");
    }
    Ok(())
}

#[test]
fn nothing_is_overwritten() -> TestResult {
    let case = Case::new("plain")?;
    fs::create_dir(case.out())?;
    fs::write(case.out().join("letter.txt"), "keep")?;
    assert_eq!(case.draw(&[]), Err("entity already exists".to_owned()));
    assert_eq!(files(&case.out())?, ["letter.txt"]);
    Ok(())
}

// Catches an audit that leaves a file, or a part of one, unread.
#[test]
fn one_altered_byte_anywhere_is_named() -> TestResult {
    let case = Case::new("plain")?;
    case.draw(&[])?;
    for name in files(&case.out())? {
        let path = case.out().join(&name);
        let bytes = fs::read(&path)?;
        let step = bytes.len().div_ceil(20).max(1);
        for byte in (0..bytes.len()).step_by(step).chain([bytes.len() - 1]) {
            let mut altered = bytes.clone();
            altered[byte] ^= 1;
            fs::write(&path, altered)?;
            let report = audit(&case.out(), None, &[])?;
            assert_eq!(report.verdict, Verdict::Differs, "{name}, byte {byte}");
            let is_drawn =
                ["papers.jsonl", "certificates.jsonl", "seed.json", "equivalence.json"].contains(&name.as_str());
            let named = report.differences.iter().all(|fault| fault.place.starts_with(&name));
            assert!(named || !is_drawn, "{name}, byte {byte}: {:?}", report.differences);
        }
        fs::write(&path, bytes)?;
    }
    assert_eq!(audit(&case.out(), None, &[])?.verdict, Verdict::Holds);
    Ok(())
}

#[test]
fn a_missing_file_is_named() -> TestResult {
    let case = Case::new("plain")?;
    case.draw(&[])?;
    for name in files(&case.out())? {
        let (path, aside) = (case.out().join(&name), case.path("aside"));
        fs::rename(&path, &aside)?;
        let report = audit(&case.out(), None, &[])?;
        if name.starts_with("secret-") {
            assert_eq!((report.verdict, codes(&report)), (Verdict::Unchecked, vec![]), "{name}");
            assert!(says(&report, "the opened secret of custodian"), "{name}");
        } else {
            let missing = if name.starts_with("index-") { "index-" } else { name.as_str() };
            assert_eq!(report.verdict, Verdict::Unchecked, "{name}");
            assert!(says(&report, missing) && says(&report, "is missing"), "{name}");
        }
        fs::rename(&aside, &path)?;
    }
    Ok(())
}

#[test]
fn lines_that_are_dropped_doubled_or_cut_are_named() -> TestResult {
    let case = Case::new("plain")?;
    case.draw(&[])?;
    let path = case.out().join("papers.jsonl");
    let text = fs::read_to_string(&path)?;
    let lines: Vec<&str> = text.lines().collect();
    let written = |lines: &[&str]| fs::write(&path, lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    let found = || Ok::<_, Box<dyn Error>>(codes(&audit(&case.out(), None, &[])?).join(" "));
    written(&[lines[0], lines[2], lines[3]])?;
    assert_eq!(found()?, "paper_missing");
    written(&[lines[0], lines[1], lines[1], lines[2], lines[3]])?;
    assert_eq!(found()?, "paper_twice");
    fs::write(&path, text.trim_end())?;
    assert_eq!(found()?, "line_cut paper_missing");
    fs::write(&path, "x".repeat(3 << 20))?;
    assert_eq!(found()?, "line_cut paper_missing paper_missing paper_missing paper_missing");
    Ok(())
}

#[test]
fn another_secret_draws_nothing() -> TestResult {
    let case = Case::new("plain")?;
    let mut secret = case.list("secrets").remove(0);
    secret["secret"] = json!("5e".repeat(32));
    case.write("secret 0.json", &secret)?;
    assert_eq!(case.draw(&[]), Err("secret secret_altered".to_owned()));
    secret["attempt"] = json!("first");
    case.write("secret 0.json", &secret)?;
    assert_eq!(case.draw(&[]), Err("form file_unreadable".to_owned()));
    assert!(!case.out().exists(), "a refused draw leaves nothing behind");
    Ok(())
}

#[test]
fn some_seats_alone_can_be_written() -> TestResult {
    let case = Case::new("plain")?;
    for (seats, code) in [("0..2", "seats_range"), ("3..5", "seats_range"), ("3", "seats_form")] {
        assert_eq!(case.draw(&["--seats", seats]), Err(code.to_owned()));
    }
    assert_eq!(case.draw(&["--seats", "2..3"]), Ok((2, 3)));
    assert_eq!(fs::read_to_string(case.out().join("papers.jsonl"))?.lines().count(), 2);
    let report = audit(&case.out(), None, &[])?;
    assert_eq!(report.verdict, Verdict::Holds);
    assert!(says(&report, "2 papers are, byte for byte") && says(&report, "2 other papers"));
    Ok(())
}

// The vector's rule is one that the program does not know: the bytes are taken, and the report says
// so.
#[test]
fn public_entropy_enters_the_draw() -> TestResult {
    let case = Case::new("public-entropy")?;
    assert_eq!(case.draw(&[]), Err("entropy entropy_missing".to_owned()));
    let named = &case.vector["input"]["basis"]["public_entropy"];
    let bytes = &case.vector["input"]["public_entropy"];
    let outcome = json!({ "v": 1, "rule": named["rule"], "source": named["source"], "bytes": bytes });
    case.write("entropy.json", &outcome)?;
    let given = case.path("entropy.json").display().to_string();
    assert_eq!(case.draw(&["--entropy", &given]), Ok((1, 4)));
    let report = audit(&case.out(), None, &[])?;
    assert_eq!(report.verdict, Verdict::Holds);
    assert!(says(&report, "its origin was not checked"));
    Ok(())
}

#[test]
fn a_bundle_is_drawn_again() -> TestResult {
    let case = Case::new("plain")?;
    let digests = case.vector["digests"].as_object().cloned().unwrap_or_default();
    let papers: Vec<Value> =
        digests.iter().map(|(paper, digest)| json!({ "paper": paper, "digest": digest })).collect();
    let mut bundle = case.vector["input"].clone();
    bundle.as_object_mut().ok_or("an object")?.remove("public_entropy");
    bundle["kind"] = json!("draw-bundle");
    bundle["v"] = json!(1);
    bundle["basis"] = json!({ "kind": "draw-basis", "v": 1, "payload": bundle["basis"], "proofs": [] });
    bundle["manifest"] = json!({ "kind": "draw-manifest", "v": 1, "payload": bundle["manifest"], "proofs": [] });
    bundle["papers"] = json!(papers);
    bundle["log"] = json!({});
    let found = |bundle: &Value| {
        case.write("draw.json", bundle)?;
        Ok::<_, Box<dyn Error>>(audit(&case.path("draw.json"), None, &[])?)
    };
    let report = found(&bundle)?;
    assert_eq!((report.verdict, codes(&report)), (Verdict::Holds, vec![]));
    assert!(says(&report, "4 digests of papers") && says(&report, "does not know: log"));
    assert_eq!(audit(case.folder.path(), None, &[])?, report, "the folder that holds the bundle");
    let mut altered = bundle.clone();
    altered["papers"][2]["digest"] = json!("0".repeat(64));
    let report = found(&altered)?;
    assert_eq!((report.verdict, codes(&report)), (Verdict::Differs, vec!["paper_differs"]));
    assert!(report.differences[0].place.starts_with("draw.json /papers/2"));
    let mut dropped = bundle.clone();
    dropped["papers"] = json!(papers[..3]);
    assert_eq!(codes(&found(&dropped)?), ["paper_missing"]);
    let mut doubled = bundle.clone();
    doubled["papers"] = json!([papers.clone(), papers[..1].to_vec()].concat());
    assert_eq!(codes(&found(&doubled)?), ["paper_twice"]);
    let mut other = bundle;
    other["v"] = json!(2);
    assert_eq!(codes(&found(&other)?), ["bundle_kind"]);
    Ok(())
}

#[test]
fn the_signer_of_the_manifest_is_told() -> TestResult {
    let case = Case::new("plain")?;
    let signer = Ed25519Signer::from_seed(&[3; 32])?;
    let manifest: Manifest = serde_json::from_value(case.vector["input"]["manifest"].clone())?;
    let mut signed = Signed::new(manifest).sign(&signer)?;
    let basis: Basis = serde_json::from_value(case.vector["input"]["basis"].clone())?;
    case.write("basis.json", &serde_json::to_value(Signed::new(basis).sign(&signer)?)?)?;
    let list = fs::read_to_string(repository("tests/vectors/result/trust.json"))?;
    let mut trust = TrustList::read(&list)?;
    case.write("manifest.json", &serde_json::to_value(&signed)?)?;
    case.draw(&[])?;
    assert!(says(&audit(&case.out(), None, &[])?, "no trust list was given"));
    assert_eq!(audit(&case.out(), Some(&trust), &[])?.verdict, Verdict::Unchecked);
    trust.issuers[0].key = signer.public_key().clone();
    let report = audit(&case.out(), Some(&trust), &[])?;
    assert_eq!(report.verdict, Verdict::Holds);
    assert!(says(&report, "signed by `示例评价中心`"));
    let proof = &mut signed.proofs[0].value;
    let changed = if proof.starts_with('A') { "B" } else { "A" };
    proof.replace_range(..1, changed);
    fs::write(case.out().join("manifest.json"), signed.to_bytes()?)?;
    assert_eq!(codes(&audit(&case.out(), Some(&trust), &[])?), ["manifest_signature"]);
    Ok(())
}
