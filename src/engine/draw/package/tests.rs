//! A whole draw as files, and every way to alter it that an audit must name.

use super::compare::{self, Comparison, List};
use super::documents::{Documents, File, Form, ManifestDocument};
use super::lines::Lines;
use super::range::SeatRange;
use super::report::{Findings, Verdict};
use super::tally::{MOST_FAULTS, Tally};
use crate::bank::Profile;
use crate::draw::samples::{Sample, Shape, TestResult};
use crate::draw::{Deal, deal};
use kaoping_record::canonical;
use kaoping_record::id::PaperId;

/// Tight enough that cards are forced: enemies fill much of the pools, and half the papers avoid some items.
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

/// Codes and places of what differs when these lines are published, and how many papers are the same.
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

#[test]
fn documents_survive_their_files() -> TestResult {
    let sample = Sample::new(&SHAPE)?;
    let documents = Documents {
        manifest: ManifestDocument::Bare(sample.manifest.clone()),
        indexes: sample.indexes.clone(),
        blueprint: sample.blueprint.clone(),
        seating: sample.seating.clone(),
        secrets: sample.secrets.clone(),
        outcome: None,
    };
    let files = documents.files()?;
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let wanted = [
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
    assert_eq!(of("manifest.json")?.manifest(Form::Canonical), Ok(documents.manifest.clone()));
    assert_eq!(of("blueprint.json")?.read(Form::Canonical), Ok(documents.blueprint.clone()));
    assert_eq!(of("secret-alpha.json")?.secret(&sample.manifest).as_ref(), Ok(&sample.secrets[0]));
    let spaced = [of("manifest.json")?.bytes, b"\n"].concat();
    let spaced = File { name: "f", bytes: &spaced };
    assert_eq!(spaced.manifest(Form::Authored), Ok(documents.manifest.clone()));
    assert_eq!(spaced.manifest(Form::Canonical).map_err(|fault| fault.code), Err("file_unreadable".to_owned()));
    Ok(())
}

// What a custodian's page saves names batch and attempt; a file of another draw must not be taken.
#[test]
fn a_secret_of_another_draw_is_refused() -> TestResult {
    let sample = Sample::new(&SHAPE)?;
    let secret = "07".repeat(32);
    let read = |batch: &str, attempt: u32| {
        let text =
            format!(r#"{{"batch": "{batch}", "attempt": {attempt}, "custodian": "alpha", "secret": "{secret}"}}"#);
        File { name: "f", bytes: text.as_bytes() }.secret(&sample.manifest).map_err(|fault| fault.code)
    };
    assert_eq!(read("batch", 1).as_ref(), Ok(&sample.secrets[0]));
    assert_eq!(read("batch", 2), Err("secret_of_other_draw".to_owned()));
    assert_eq!(read("other", 1), Err("secret_of_other_draw".to_owned()));
    Ok(())
}

#[test]
fn the_profile_and_the_missing_signature_are_said() -> TestResult {
    let sample = Sample::new(&SHAPE)?;
    let mut findings = Findings::default();
    let manifest = ManifestDocument::Bare(sample.manifest.clone());
    findings.signer(&manifest, None, &kaoping_record::software::SoftwareVerifier);
    let report = findings.report(Some(Profile::Sample));
    assert_eq!(report.verdict, Verdict::Holds);
    let said = |text: &str| report.not_checked.iter().any(|open| open.zh.contains(text));
    assert!(said("没有签名") && said("非国家题库") && said("日志"));
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
