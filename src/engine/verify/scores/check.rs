//! The audit of one bundle, line by line.

use super::finding::{AuditDefect, AuditFinding, AuditReport, MAX_FINDINGS, Refusal};
use super::person::Person;
use super::rules::Rules;
use super::{AuditLine, MAX_HEADER_BYTES, MAX_LINE_BYTES};
use crate::fault::Text;
use crate::practical::session::HandedInSheet;
use crate::text::written_out;
use crate::theory::score::{PreparedScoring, Scoring};
use crate::verify::batch::{LoggedResults, MAX_PEOPLE};
use crate::verify::file::trust::TrustList;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, PseudonymId};
use kaoping_record::jws::Unverified;
use kaoping_record::key::Verifier;
use std::collections::BTreeSet;

/// The audit of one bundle: hand it what [`LineCheck`] found of each line in their order, then ask
/// for the report.
pub struct AuditCheck<'a> {
    rules: &'a AuditRules,
    logged: Option<&'a LoggedResults>,
    seen: BTreeSet<PseudonymId>,
    sheets: BTreeSet<Own>,
    /// Panels with the numbers of those whom they examined.
    numbers: BTreeSet<Own>,
    results: u64,
    with_journal: u64,
    with_signed_sheets: u64,
    found: u64,
    findings: Vec<AuditFinding>,
}

/// Computes lines again, each by itself: several threads may share it.
pub struct LineCheck<'a> {
    trust: &'a TrustList,
    verifier: &'a (dyn Verifier + Sync),
    rules: &'a AuditRules,
    scoring: Option<PreparedScoring<'a>>,
}

/// What came out for one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedLine(Result<CheckedPerson, Refusal>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct CheckedPerson {
    pseudonym: PseudonymId,
    /// The audited result; `None` where it cannot be read.
    result: Option<Digest>,
    with_journal: bool,
    with_signed_sheets: bool,
    /// What only one sheet of a batch may have: its assignment, and its last event.
    own: Vec<Own>,
    /// The panel with the number of the person; `None` of an exam without sheets.
    number: Option<Own>,
    refusal: Option<Refusal>,
}

/// The beginning of a digest. Two that are equal by chance are found once in millions of batches.
type Own = u64;

fn beginning(digest: Digest) -> Own {
    let [a, b, c, d, e, f, g, h, ..] = *digest.as_bytes();
    Own::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// The examiners of a person's first sheets, with the number that these bear.
fn number(handed_in: &[Vec<HandedInSheet>]) -> Option<Own> {
    let sheets = handed_in.first()?;
    let number = sheets.first()?.number.to_be_bytes();
    let examiners: BTreeSet<&str> = sheets.iter().map(|sheet| sheet.examiner.as_str()).collect();
    let parts: Vec<&[u8]> = [number.as_slice()].into_iter().chain(examiners.into_iter().map(str::as_bytes)).collect();
    Some(beginning(Digest::of_parts(&parts)))
}

/// What marks the sheets that were handed in.
fn own(handed_in: &[Vec<HandedInSheet>]) -> Vec<Own> {
    let sheets = handed_in.iter().flatten();
    sheets
        .flat_map(|sheet| [Digest::of_parts(&[b"assignment", sheet.assignment.as_str().as_bytes()]), sheet.last_event])
        .map(beginning)
        .collect()
}

/// The first line, read and checked; scores are computed against it.
pub struct AuditRules(Result<Rules, Refusal>);

impl AuditRules {
    /// Reads the first line. What is wrong with it stands in the report.
    #[must_use]
    pub fn read(line: &str, trust: &TrustList, verifier: &dyn Verifier) -> Self {
        if line.len() > MAX_HEADER_BYTES {
            return Self(Err(AuditDefect::Header.because("the line is too long")));
        }
        Self(Rules::read(line, trust, verifier))
    }

    /// The batch; `None` where the line gives no rules.
    #[must_use]
    pub fn batch(&self) -> Option<&BatchId> {
        self.0.as_ref().ok().map(|rules| &rules.header.batch)
    }
}

impl<'a> LineCheck<'a> {
    /// A check by these rules.
    #[must_use]
    pub fn new(rules: &'a AuditRules, trust: &'a TrustList, verifier: &'a (dyn Verifier + Sync)) -> Self {
        let scoring = rules.0.as_ref().ok().map(|rules| {
            let header = &rules.header;
            let (indexes, keys, blueprint) = (&header.indexes, &header.keys, &header.blueprint);
            Scoring { indexes, keys, blueprint, policy: rules.policy }.prepare().by_rules(&rules.corrections.rules)
        });
        Self { trust, verifier, rules, scoring }
    }

    /// Reads a line after the first, and computes its scores again. `None` where the first line
    /// gave no rules.
    #[must_use]
    pub fn check(&self, line: &str) -> Option<CheckedLine> {
        let (Ok(rules), Some(scoring)) = (&self.rules.0, &self.scoring) else { return None };
        if line.len() > MAX_LINE_BYTES {
            return Some(CheckedLine(Err(AuditDefect::Line.because("the line is too long"))));
        }
        let read = match canonical::from_authored::<AuditLine>(line.as_bytes()) {
            Ok(read) => read,
            Err(error) => return Some(CheckedLine(Err(AuditDefect::Line.because(error)))),
        };
        let person = Person { rules, scoring, trust: self.trust, verifier: self.verifier, line: &read };
        let refusal = person.check().err();
        let (own, number) = (own(&read.handed_in), number(&read.handed_in));
        let (with_journal, with_signed_sheets) = (read.journal.is_some(), !read.sheet_proofs.is_empty());
        let result = Unverified::parse(&read.jws).ok().map(|jws| jws.identity());
        Some(CheckedLine(Ok(CheckedPerson {
            pseudonym: read.pseudonym,
            result,
            with_journal,
            with_signed_sheets,
            own,
            number,
            refusal,
        })))
    }
}

impl<'a> AuditCheck<'a> {
    /// An audit by these rules.
    #[must_use]
    pub fn new(rules: &'a AuditRules) -> Self {
        let mut check = Self {
            rules,
            logged: None,
            seen: BTreeSet::new(),
            sheets: BTreeSet::new(),
            numbers: BTreeSet::new(),
            results: 0,
            with_journal: 0,
            with_signed_sheets: 0,
            found: 0,
            findings: Vec::new(),
        };
        if let Err(refusal) = &rules.0 {
            check.add("line 1".to_owned(), refusal.clone());
        }
        check
    }

    /// The same joined with the log of its batch: every result that the log holds is audited once,
    /// and no other.
    #[must_use]
    pub fn of_log(mut self, logged: &'a LoggedResults) -> Self {
        if let Ok(rules) = &self.rules.0
            && (logged.batch.as_ref() != Some(&rules.header.batch) || logged.manifest != Some(rules.manifest))
        {
            let why = "the batch bundle is of another batch, or another manifest is in force there";
            self.add(rules.header.batch.to_string(), AuditDefect::OtherBatch.because(why));
        } else if let Ok(rules) = &self.rules.0
            && !rules.corrections.are_those_of(&logged.key_corrections)
        {
            let why = "the log holds other corrections of keys than the audit bundle";
            self.add(rules.header.batch.to_string(), AuditDefect::KeyCorrection.because(why));
        }
        self.logged = Some(logged);
        self
    }

    /// Takes what came out for the next line.
    pub fn take(&mut self, line: Option<CheckedLine>) {
        let number = format!("line {}", self.results + 2);
        self.results += 1;
        let person = match line {
            Some(CheckedLine(Ok(person))) => person,
            Some(CheckedLine(Err(refusal))) => return self.add(number, refusal),
            None => return,
        };
        let subject = person.pseudonym.to_string();
        self.with_journal += u64::from(person.with_journal);
        self.with_signed_sheets += u64::from(person.with_signed_sheets);
        if let Some(refusal) = person.refusal {
            self.add(subject.clone(), refusal);
        }
        if let Some(logged) = self.logged {
            let counts = logged.results.get(&person.pseudonym).and_then(|results| results.last());
            if counts.is_none() || counts != person.result.as_ref() {
                self.add(
                    subject.clone(),
                    AuditDefect::NotLogged.because("the log does not hold this result as the one that counts"),
                );
            }
        }
        if self.seen.len() >= MAX_PEOPLE {
            return self.add(subject, AuditDefect::Line.because("more people than a batch may have"));
        }
        if !self.seen.insert(person.pseudonym) {
            return self.add(subject, AuditDefect::Doubled.because("this person stands twice"));
        }
        let shared = person.own.into_iter().filter(|own| !self.sheets.insert(*own)).count();
        if shared > 0 {
            let why = "an assignment, or the last event of a sheet, stands on another sheet too";
            self.add(subject.clone(), AuditDefect::SheetShared.because(why));
        }
        if person.number.is_some_and(|number| !self.numbers.insert(number)) {
            self.add(subject, AuditDefect::NumberLot.because("another person has this number of the panel"));
        }
    }

    /// What the audit came to.
    #[must_use]
    pub fn finish(mut self) -> AuditReport {
        let left_out = self.logged.map(|logged| logged.results.keys().filter(|one| !self.seen.contains(one)));
        let left_out: Vec<String> = left_out.into_iter().flatten().map(ToString::to_string).collect();
        for pseudonym in left_out {
            self.add(pseudonym, AuditDefect::LeftOut.because("the log holds a result of this person"));
        }
        if self.results == 0 && self.logged.is_none_or(|logged| !logged.results.is_empty()) && self.rules.0.is_ok() {
            self.add("line 1".to_owned(), AuditDefect::Nobody.because("nobody's scores are in it"));
        }
        let agrees = self.found == 0;
        let summary = if agrees {
            Text::new(
                format!("{} 份成绩全部重算，结果一致。", self.results),
                format!("{} results computed again; all of them agree", self.results),
            )
        } else {
            Text::new(format!("重算有 {} 处不一致。", self.found), format!("{} scores do not agree", self.found))
        };
        let mut not_checked = Vec::new();
        if self.logged.is_none() {
            not_checked.push(Text::new(
                "没有核对批次是否完整、是否登记在日志中；请把批次核验包一起给出。",
                "whether the batch is whole and stands in the log was not checked: give the batch bundle with it",
            ));
        }
        if self.with_journal < self.results {
            not_checked.push(Text::new(
                format!("{} 份没有附考试机日志，答案以已签名的理论成绩为准。", self.results - self.with_journal),
                format!(
                    "{} without the seat's journal: answers were taken from the signed score",
                    self.results - self.with_journal
                ),
            ));
        }
        if self.with_signed_sheets < self.results {
            let unsigned = self.results - self.with_signed_sheets;
            not_checked.push(Text::new(
                format!("{unsigned} 份没有附评分表的签名：评分表只按合成的分数核对，不能证明它就是考评员交的。"),
                format!("{unsigned} without the signatures of their score sheets, of which the marks alone vouch"),
            ));
        }
        AuditReport {
            batch: self.rules.batch().cloned(),
            agrees,
            summary,
            results: self.results,
            with_journal: self.with_journal,
            with_signed_sheets: self.with_signed_sheets,
            findings: self.findings,
            found: self.found,
            not_checked,
        }
    }

    fn add(&mut self, subject: String, (defect, detail): Refusal) {
        let (subject, detail) = (written_out(subject), written_out(detail));
        self.found += 1;
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(AuditFinding { defect, subject, detail });
        }
    }
}
