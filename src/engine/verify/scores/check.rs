//! The audit of one bundle, line by line.

use super::finding::{AuditDefect, AuditFinding, AuditReport, MAX_FINDINGS, Refusal};
use super::plan;
use super::rules::Rules;
use super::{AuditJournal, AuditLine, MAX_HEADER_BYTES, MAX_LINE_BYTES};
use crate::fault::Text;
use crate::kinds;
use crate::marks::Exact;
use crate::practical::panel::{PanelOutcome, form};
use crate::practical::panel_policy::PanelPolicy;
use crate::practical::session::HandedInSheet;
use crate::practical::total::{PracticalOutcome, practical_total};
use crate::result::credential::ResultCredential;
use crate::result::outcome::{PartResult, decide};
use crate::session::hand_in::journal_digest;
use crate::session::progress::{OpenedPaper, Replay};
use crate::text::written_out;
use crate::theory::score::{PreparedScoring, Scoring, TheoryScore};
use crate::verify::batch::{LoggedResults, MAX_PEOPLE};
use crate::verify::file::trust::TrustList;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::event::Sealed;
use kaoping_record::id::{BatchId, ItemId, OptionId, PseudonymId, SittingId};
use kaoping_record::jws::Unverified;
use kaoping_record::key::Verifier;
use kaoping_record::message::Signed;
use std::collections::{BTreeMap, BTreeSet};

/// The audit of one bundle: hand it what [`LineCheck`] found of each line in their order, then ask
/// for the report.
pub struct AuditCheck<'a> {
    rules: &'a AuditRules,
    logged: Option<&'a LoggedResults>,
    seen: BTreeSet<PseudonymId>,
    sheets: BTreeSet<Own>,
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
    refusal: Option<Refusal>,
}

/// The beginning of a digest. Two that are equal by chance are found once in millions of batches.
type Own = u64;

/// What marks the sheets that were handed in.
fn own(handed_in: &[Vec<HandedInSheet>]) -> Vec<Own> {
    let sheets = handed_in.iter().flatten();
    let beginning = |digest: Digest| {
        let [a, b, c, d, e, f, g, h, ..] = *digest.as_bytes();
        Own::from_be_bytes([a, b, c, d, e, f, g, h])
    };
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
            Scoring { indexes, keys, blueprint, policy: rules.policy }.prepare()
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
        let own = own(&read.handed_in);
        let (with_journal, with_signed_sheets) = (read.journal.is_some(), !read.sheet_proofs.is_empty());
        let result = Unverified::parse(&read.jws).ok().map(|jws| jws.identity());
        Some(CheckedLine(Ok(CheckedPerson {
            pseudonym: read.pseudonym,
            result,
            with_journal,
            with_signed_sheets,
            own,
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
            self.add(subject, AuditDefect::SheetShared.because(why));
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

/// One person's line, while it is checked.
struct Person<'a> {
    rules: &'a Rules,
    scoring: &'a PreparedScoring<'a>,
    trust: &'a TrustList,
    verifier: &'a dyn Verifier,
    line: &'a AuditLine,
}

impl Person<'_> {
    fn check(&self) -> Result<(), Refusal> {
        let result = self.result()?;
        let subject = &result.credential_subject;
        let theory = self.theory(&result)?;
        AuditDefect::Theory.unless(subject.theory == theory, "the theory mark is not the sum of the items")?;
        let practical = self.practical(&result)?;
        AuditDefect::Total.unless(subject.practical == practical, "the practical mark is not the weighted total")?;
        AuditDefect::Outcome.unless(subject.outcome == decide(&theory, &practical), "the outcome is another")
    }

    fn result(&self) -> Result<ResultCredential, Refusal> {
        let jws = Unverified::parse(&self.line.jws).map_err(|error| AuditDefect::Result.because(error))?;
        let line = self.trust.issuers_of(jws.key_id()).next();
        let line = line.ok_or_else(|| AuditDefect::Result.because("no trusted issuer signed it"))?;
        let result: ResultCredential =
            jws.verify(self.verifier, &line.key).map_err(|error| AuditDefect::Result.because(error))?;
        let subject = &result.credential_subject;
        let own = subject.batch == self.rules.header.batch
            && subject.id.strip_prefix("urn:kaoping:person:") == Some(self.line.pseudonym.as_str())
            && subject.evidence.manifest == self.rules.manifest;
        AuditDefect::Result.unless(own, "a result of another batch, person or draw")?;
        Ok(result)
    }

    /// The theory part, from the paper, what was chosen, the keys and the policy.
    fn theory(&self, result: &ResultCredential) -> Result<PartResult, Refusal> {
        let (evidence, paper) = (&result.credential_subject.evidence, &self.line.paper);
        let own = paper.digest() == evidence.paper && paper.manifest == self.rules.manifest;
        AuditDefect::Paper.unless(own, "the paper is not the result's")?;
        let bytes = canonical::to_bytes(&self.line.score).map_err(|error| AuditDefect::Score.because(error))?;
        let signed: Signed<TheoryScore> = kinds::read(&bytes).map_err(|error| AuditDefect::Score.because(error))?;
        let identity = signed.identity().map_err(|error| AuditDefect::Score.because(error))?;
        let signers = signed.proofs.iter().flat_map(|proof| self.trust.issuers_of(&proof.key));
        let is_signed = signers.into_iter().any(|line| signed.verify(self.verifier, &line.key).is_ok());
        AuditDefect::Score.unless(is_signed, "no trusted issuer signed the theory score")?;
        let score = &signed.payload;
        let own = identity == evidence.theory_score
            && score.paper == evidence.paper
            && score.journal == evidence.journal
            && score.batch == self.rules.header.batch
            && score.policy == self.rules.policy
            && score.policy.name() == result.credential_subject.rules.theory;
        AuditDefect::Score.unless(own, "the theory score is not the result's")?;
        let chosen: BTreeMap<&ItemId, &[OptionId]> =
            score.items.iter().map(|item| (&item.item, item.chosen.as_slice())).collect();
        if let Some(journal) = &self.line.journal {
            self.replay(journal, &score.sitting, &evidence.journal, &chosen)?;
        }
        let (items, half_marks) = self
            .scoring
            .score(paper, |item| chosen.get(item).copied().unwrap_or_default())
            .map_err(|error| AuditDefect::Item.because(error))?;
        if let Some((found, _)) = score.items.iter().zip(&items).find(|(found, computed)| found != computed) {
            return Err(AuditDefect::Item.because(format!("item `{}` is marked otherwise", found.item)));
        }
        AuditDefect::Item.unless(items.len() == score.items.len(), "the score has other items than the paper")?;
        AuditDefect::Theory.unless(half_marks == score.half_marks, "the sum of the items is another")?;
        Ok(PartResult::theory(half_marks))
    }

    /// Whether the seat's streams are those that were handed in, and lead to what was chosen.
    fn replay(
        &self,
        journal: &AuditJournal,
        sitting: &SittingId,
        digest: &Digest,
        chosen: &BTreeMap<&ItemId, &[OptionId]>,
    ) -> Result<(), Refusal> {
        let refuse = |error: &dyn std::fmt::Display| AuditDefect::Journal.because(error);
        let paper = &self.line.paper;
        let opened = OpenedPaper { paper, digest: paper.digest(), several: &self.rules.several };
        let mut replay = Replay::new(opened, sitting);
        for text in journal.streams.iter().flatten() {
            let event = Sealed::parse(text.as_bytes()).map_err(|error| refuse(&error))?;
            replay.take(&event).map_err(|error| refuse(&error))?;
        }
        let (progress, lasts) = replay.finish();
        let own = journal_digest(journal.salt.as_bytes(), &lasts) == *digest;
        AuditDefect::Journal.unless(own, "the streams are not those that were handed in")?;
        let answers = &progress.answers;
        let same = chosen.iter().all(|(item, options)| answers.of(item) == *options)
            && answers.iter().all(|(item, _)| chosen.contains_key(item));
        AuditDefect::Journal.unless(same, "the streams lead to other answers than the score's")
    }

    /// Whether the room service signed each sheet as it stands, where the signatures were handed
    /// over.
    fn signed_sheets(&self) -> Result<(), Refusal> {
        let (sheets, proofs) = (&self.line.handed_in, &self.line.sheet_proofs);
        if proofs.is_empty() {
            return Ok(());
        }
        let same = sheets.iter().map(Vec::len).eq(proofs.iter().map(Vec::len));
        AuditDefect::HandedIn.unless(same, "not every sheet has its proofs")?;
        for (sheet, proofs) in sheets.iter().flatten().zip(proofs.iter().flatten()) {
            let signed = Signed { proofs: proofs.clone(), ..Signed::new(sheet.clone()) };
            signed
                .verify(self.verifier, &self.trust.receipts.key)
                .map_err(|error| AuditDefect::HandedIn.because(format!("`{}`: {error}", sheet.assignment)))?;
        }
        Ok(())
    }

    /// The practical part, from the sheets that were handed in, the decisions, the policy and the
    /// weights.
    fn practical(&self, result: &ResultCredential) -> Result<PartResult, Refusal> {
        let (line, subject) = (self.line, &result.credential_subject);
        let bytes = canonical::to_bytes(&line.marks).map_err(|error| AuditDefect::Panels.because(error))?;
        let committed = Digest::of(&bytes) == subject.evidence.panels && line.handed_in.len() == line.marks.len();
        AuditDefect::Panels.unless(committed, "the panels' marks are not those of the result")?;
        let policy = PanelPolicy::named(&subject.rules.panel)
            .ok_or_else(|| AuditDefect::Panel.because("the panel's policy is not known"))?;
        plan::check(&self.rules.header.practical.plan, &subject.rules.panel, &line.marks, &line.handed_in)?;
        self.signed_sheets()?;
        for (weighted, handed_in) in line.marks.iter().zip(&line.handed_in) {
            let mark = &weighted.mark;
            let sheet = self.rules.sheets.get(&mark.sheet_digest);
            let sheet =
                sheet.ok_or_else(|| AuditDefect::Sheet.because(format!("sheet `{}` is missing", mark.sheet)))?;
            let formed = form(sheet, handed_in, &policy, &mark.decisions);
            let formed = formed.map_err(|error| AuditDefect::Panel.because(format!("`{}`: {error}", mark.sheet)))?;
            let same = matches!(&formed, PanelOutcome::Formed { mark: computed } if **computed == *mark);
            if !same {
                return Err(AuditDefect::Panel.because(format!("the mark on sheet `{}` is another", mark.sheet)));
            }
        }
        let total = practical_total(&self.rules.weights, &line.marks);
        Ok(match total.map_err(|error| AuditDefect::Total.because(error))? {
            PracticalOutcome::Scored { total, .. } => PartResult::new(total, Exact::PASS_MARK, false),
            PracticalOutcome::Terminated { .. } => PartResult::new(Exact::ZERO, Exact::PASS_MARK, true),
        })
    }
}
