//! A whole draw as files, and every way to alter it that an audit must name.

use super::compare::{self, Comparison, List};
use super::input_files::{Documents, File, Form, MaybeSigned};
use super::lines::Lines;
use super::range::SeatRange;
use super::report::{Findings, Verdict};
use super::tally::{MOST_FAULTS, Tally};
use crate::bank::Profile;
use crate::draw::samples::{Sample, Shape, TestResult};
use crate::draw::{Basis, Deal, Manifest, Secret, deal};
use kaoping_record::canonical;
use kaoping_record::id::PaperId;

/// Tight enough that cards are forced: enemies fill much of the pools, and half the papers avoid
/// some items.
const SHAPE: Shape = Shape { papers: 12, pools: [6, 7, 4], per_point: 1, enemy_every: 4, avoid_every: 2, salt: 7 };

fn published(deal: &Deal<'_>) -> TestResult<[Vec<Vec<u8>>; 2]> {
    let lines = Lines::new(deal)?;
    let (mut papers, mut certificates) = (Vec::new(), Vec::new());
    for (place, paper) in deal.papers().enumerate() {
        papers.push(lines.paper(place).ok_or("a paper")?);
        certificates.push(lines.certificate(place, paper.digest()).ok_or("a certificate")?);
    }
    Ok([papers, certificates])
}

/// Codes and places of what differs when these lines are published, and how many papers are the
/// same.
fn audited(deal: &Deal<'_>, list: List, lines: &[Vec<u8>], range: SeatRange) -> TestResult<(Vec<String>, usize)> {
    let again = Lines::new(deal)?;
    let comparison = Comparison::new(&again);
    let mut tally = Tally::new(list);
    // The last lines first: readers finish in any order.
    for (number, part) in lines.chunks(5).enumerate().collect::<Vec<_>>().into_iter().rev() {
        let mut checker = comparison.checker();
        let first = number * 5 + 1;
        tally.add(first, (first..).zip(part).map(|(entry, line)| checker.line(list, entry, line)).collect());
    }
    let outcome = tally.finish(&comparison, range);
    assert_eq!(outcome.all_faults, outcome.faults.len());
    Ok((outcome.faults.into_iter().map(|fault| format!("{} {}", fault.code, fault.place)).collect(), outcome.same))
}

#[test]
fn lines_are_the_canonical_documents() -> TestResult {
    let sample = Sample::new(&SHAPE)?;
    let input = sample.input();
    let deal = deal(&input)?;
    let [papers, certificates] = published(&deal)?;
    let mut forced = 0;
    for (place, paper) in deal.papers().enumerate() {
        let certificate = deal.certificate(place, &paper).ok_or("a certificate")?;
        forced += certificate.forced.len();
        assert_eq!(papers.get(place), Some(&canonical::to_bytes(&paper)?));
        assert_eq!(certificates.get(place), Some(&canonical::to_bytes(&certificate)?));
    }
    assert!(forced > 0, "certificates with forced cards must be among them");
    for (list, lines) in [(List::Papers, &papers), (List::Certificates, &certificates)] {
        assert_eq!(audited(&deal, list, lines, SeatRange::all(12))?, (vec![], 12));
    }
    Ok(())
}

// Catches an audit that looks at digests, ids or counts alone.
#[test]
fn one_altered_byte_is_named_with_its_paper() -> TestResult {
    let sample = Sample::new(&SHAPE)?;
    let input = sample.input();
    let deal = deal(&input)?;
    let [papers, certificates] = published(&deal)?;
    for (list, lines) in [(List::Papers, &papers), (List::Certificates, &certificates)] {
        let line = lines.get(6).ok_or("a line")?;
        for byte in 0..line.len() {
            let mut altered = lines.clone();
            altered[6][byte] ^= 1;
            let (faults, same) = audited(&deal, list, &altered, SeatRange::all(12))?;
            assert_eq!(same, 11, "byte {byte}");
            let named = faults.iter().any(|fault| fault.contains("第 7 行") || fault.contains("p00006"));
            assert!(named, "byte {byte}: {faults:?}");
        }
    }
    let text = String::from_utf8(papers.get(6).ok_or("a line")?.clone())?;
    let mut altered = papers.clone();
    altered[6] = text.replacen(r#""a""#, r#""x""#, 1).into_bytes();
    let (faults, _) = audited(&deal, List::Papers, &altered, SeatRange::all(12))?;
    let [fault] = faults.as_slice() else { return Err(format!("{faults:?}").into()) };
    assert!(fault.starts_with("paper_differs papers.jsonl 第 7 行，试卷 p00006 /items/0/options/"), "{fault}");
    Ok(())
}

#[test]
fn missing_double_foreign_and_moved_papers_are_named() -> TestResult {
    let sample = Sample::new(&SHAPE)?;
    let input = sample.input();
    let deal = deal(&input)?;
    let [papers, _] = published(&deal)?;
    let all = SeatRange::all(12);
    let mut dropped = papers.clone();
    dropped.remove(3);
    assert_eq!(audited(&deal, List::Papers, &dropped, all)?, (vec!["paper_missing papers.jsonl".into()], 11));
    let mut doubled = papers.clone();
    doubled.insert(4, papers[3].clone());
    let twice = "paper_twice papers.jsonl 第 5 行，试卷 p00003".to_owned();
    assert_eq!(audited(&deal, List::Papers, &doubled, all)?, (vec![twice], 12));
    let mut moved = papers.clone();
    moved.swap(3, 4);
    let order = "paper_order papers.jsonl 第 5 行，试卷 p00003".to_owned();
    assert_eq!(audited(&deal, List::Papers, &moved, all)?, (vec![order], 12));
    let mut foreign = papers.clone();
    foreign.push(br#"{"paper":"p99999","v":1}"#.to_vec());
    assert_eq!(audited(&deal, List::Papers, &foreign, all)?, (vec!["paper_unknown papers.jsonl 第 13 行".into()], 12));
    Ok(())
}

#[test]
fn some_seats_are_audited_as_these_seats() -> TestResult {
    let sample = Sample::new(&SHAPE)?;
    let input = sample.input();
    let deal = deal(&input)?;
    let [papers, _] = published(&deal)?;
    let some = SeatRange { from: 4, to: 6 };
    assert_eq!(audited(&deal, List::Papers, &papers[3..6], some)?, (vec![], 3));
    let (faults, same) = audited(&deal, List::Papers, &papers[3..7], some)?;
    assert_eq!((faults, same), (vec!["paper_outside papers.jsonl 第 4 行，试卷 p00006".into()], 3));
    let (faults, same) = audited(&deal, List::Papers, &papers[3..5], some)?;
    assert_eq!((faults, same), (vec!["paper_missing papers.jsonl".into()], 2));
    Ok(())
}

#[test]
fn many_faults_are_counted_and_the_first_are_kept() -> TestResult {
    let sample = Sample::new(&Shape {
        papers: 130,
        pools: [20, 20, 20],
        per_point: 1,
        enemy_every: 0,
        avoid_every: 0,
        salt: 1,
    })?;
    let input = sample.input();
    let deal = deal(&input)?;
    let again = Lines::new(&deal)?;
    let comparison = Comparison::new(&again);
    let mut tally = Tally::new(List::Papers);
    let mut checker = comparison.checker();
    tally.add(1, (1..=130).map(|entry| checker.line(List::Papers, entry, b"{}")).collect());
    let outcome = tally.finish(&comparison, SeatRange::all(130));
    assert_eq!((outcome.all_faults, outcome.faults.len(), outcome.same), (260, MOST_FAULTS, 0));
    let last = outcome.faults.last().map(|fault| fault.place.clone());
    assert_eq!(last.as_deref(), Some("papers.jsonl 第 100 行"));
    let mut findings = Findings::default();
    findings.list(outcome, SeatRange::all(130), "试卷", "papers");
    let report = findings.report(None);
    assert_eq!((report.verdict, report.all_differences), (Verdict::Differs, 260));
    Ok(())
}

fn documents(sample: &Sample) -> Documents {
    Documents {
        basis: MaybeSigned::Bare(sample.basis.clone()),
        manifest: MaybeSigned::Bare(sample.manifest.clone()),
        indexes: sample.indexes.clone(),
        blueprint: sample.blueprint.clone(),
        seating: sample.seating.clone(),
        secrets: sample.secrets.clone(),
        outcome: None,
    }
}

#[test]
fn documents_survive_their_files() -> TestResult {
    let sample = Sample::new(&SHAPE)?;
    let documents = documents(&sample);
    let files = documents.files()?;
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let wanted = [
        "basis.json",
        "manifest.json",
        "blueprint.json",
        "seating.json",
        "index-sample.json",
        "secret-alpha.json",
        "secret-beta.json",
    ];
    assert_eq!(names, wanted);
    let of = |name: &str| {
        let bytes = files.iter().find(|(file, _)| file == name).map(|(_, bytes)| bytes.as_slice());
        bytes.map(|bytes| File { name: "f", bytes }).ok_or("a file")
    };
    assert_eq!(of("manifest.json")?.maybe_signed::<Manifest>(Form::Canonical), Ok(documents.manifest.clone()));
    assert_eq!(of("blueprint.json")?.read(Form::Canonical), Ok(documents.blueprint.clone()));
    assert_eq!(of("secret-alpha.json")?.secret().as_ref(), Ok(&sample.secrets[0]));
    let spaced = [of("manifest.json")?.bytes, b"\n"].concat();
    let spaced = File { name: "f", bytes: &spaced };
    assert_eq!(spaced.maybe_signed::<Manifest>(Form::Authored), Ok(documents.manifest.clone()));
    let strict = spaced.maybe_signed::<Manifest>(Form::Canonical);
    assert_eq!(strict.map_err(|fault| fault.code), Err("file_unreadable".to_owned()));
    let other = spaced.maybe_signed::<Basis>(Form::Authored);
    assert_eq!(other.map_err(|fault| fault.code), Err("file_unreadable".to_owned()));
    Ok(())
}

// What a custodian's page saves names what it was made for; whether that is this draw, its
// commitment says.
#[test]
fn a_secret_of_another_draw_is_refused() -> TestResult {
    let sample = Sample::new(&SHAPE)?;
    let basis = sample.manifest.basis;
    let trust: serde_json::Value = serde_json::from_str(include_str!("../../../../tests/vectors/result/trust.json"))?;
    let saved = |secret: &Secret, basis: &str| {
        let text = serde_json::json!({
            "attempt": 1, "basis": basis, "batch": "batch", "custodian": secret.custodian, "kind": "draw-secret",
            "secret": secret.secret, "trust": trust, "v": 1,
        });
        File { name: "f", bytes: text.to_string().as_bytes() }.secret()
    };
    assert_eq!(saved(&sample.secrets[0], &basis.to_string()).as_ref(), Ok(&sample.secrets[0]));
    assert_eq!(saved(&sample.secrets[0], "x").map_err(|fault| fault.code), Err("file_unreadable".to_owned()));
    let mut other = Sample::new(&SHAPE)?;
    other.basis.plan = kaoping_record::digest::Digest::of(b"another plan");
    other.manifest.basis = other.basis.digest()?;
    // The same commitments do not open under another basis.
    assert_eq!(deal(&other.input()).map(drop).map_err(|error| error.code()), Err("secret"));
    Ok(())
}

// Whatever is read first, the code is that of the first kind that applies.
#[test]
fn refusals_keep_the_order_of_the_specification() -> TestResult {
    use crate::draw::entropy::{EntropyOutcome, StatedOutcome};
    let mut sample = Sample::new(&SHAPE)?;
    let outcome =
        EntropyOutcome::Stated(StatedOutcome { v: 1, rule: "r".into(), source: "s".into(), bytes: "00".into() });
    let refused = |sample: &Sample| {
        let documents = Documents { outcome: Some(outcome.clone()), ..documents(sample) };
        documents.entropy().map_err(|refusal| refusal.code)
    };
    assert_eq!(refused(&sample), Err("entropy"));
    sample.secrets.pop();
    assert_eq!(refused(&sample), Err("secret"));
    sample.indexes[0].items[0].options.truncate(1);
    assert_eq!(refused(&sample), Err("document"));
    sample.basis.banks[0].index = sample.indexes[0].digest()?;
    sample.manifest.basis = sample.basis.digest()?;
    assert_eq!(refused(&sample), Err("index"));
    sample.seating.papers.clear();
    sample.basis.seating = sample.seating.digest()?;
    assert_eq!(refused(&sample), Err("document"), "the manifest is of another basis");
    sample.manifest.basis = sample.basis.digest()?;
    assert_eq!(refused(&sample), Err("seating"));
    sample.blueprint.minutes = 1;
    sample.basis.blueprint = sample.blueprint.digest()?;
    sample.manifest.basis = sample.basis.digest()?;
    assert_eq!(refused(&sample), Err("blueprint"));
    sample.manifest.commitments.pop();
    assert_eq!(refused(&sample), Err("manifest"));
    sample.basis.attempt = 0;
    assert_eq!(refused(&sample), Err("basis"));
    Ok(())
}

// Two custodians with one secret are one custodian.
#[test]
fn two_custodians_with_one_secret_are_refused() -> TestResult {
    let mut sample = Sample::new(&SHAPE)?;
    sample.secrets[1].secret = sample.secrets[0].secret;
    sample.commit()?;
    let error = deal(&sample.input()).map(drop).err().ok_or("must be refused")?;
    let codes: Vec<String> = error.faults().into_iter().map(|fault| fault.code).collect();
    assert_eq!((error.code(), codes), ("secret", vec!["secret_again".to_owned()]));
    Ok(())
}

#[test]
fn the_profile_and_the_missing_signature_are_said() -> TestResult {
    let sample = Sample::new(&SHAPE)?;
    let mut findings = Findings::default();
    findings.signers(&documents(&sample), None, &kaoping_record::software::SoftwareVerifier);
    let report = findings.report(Some(Profile::Sample));
    assert_eq!(report.verdict, Verdict::Holds);
    let said = |text: &str| report.not_checked.iter().any(|open| open.zh.contains(text));
    assert!(said("依据没有签名") && said("清单没有签名") && said("非国家题库") && said("日志"));
    Ok(())
}

#[test]
fn a_published_digest_must_be_that_of_the_paper() -> TestResult {
    let sample = Sample::new(&SHAPE)?;
    let input = sample.input();
    let deal = deal(&input)?;
    let again = Lines::new(&deal)?;
    let comparison = Comparison::new(&again);
    let mut checker = comparison.checker();
    let paper = deal.paper(2).ok_or("a paper")?;
    let mut entry = super::bundle::PublishedPaper { paper: paper.paper.clone(), digest: paper.digest() };
    let compared = checker.published(1, &entry);
    assert_eq!((compared.place, compared.fault), (Some(2), None));
    entry.paper = PaperId::new("p00003")?;
    let fault = checker.published(1, &entry).fault.ok_or("a fault")?;
    assert_eq!((fault.code.as_str(), fault.place.as_str()), ("paper_differs", "draw.json /papers/0，试卷 p00003"));
    assert_eq!(compare::document("seed.json", b"{}", b"{}"), None);
    Ok(())
}
