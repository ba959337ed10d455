//! The check of one person's line.

use super::finding::{AuditDefect, Refusal};
use super::lots::Examined;
use super::plan;
use super::rules::Rules;
use super::{AuditJournal, AuditLine};
use crate::kinds;
use crate::marks::Exact;
use crate::practical::panel::{PanelOutcome, form};
use crate::practical::panel_policy::PanelPolicy;
use crate::practical::total::{PracticalOutcome, practical_total};
use crate::result::credential::ResultCredential;
use crate::result::outcome::{PartResult, decide};
use crate::session::hand_in::journal_digest;
use crate::session::progress::{OpenedPaper, Replay};
use crate::theory::score::{PreparedScoring, TheoryScore};
use crate::verify::file::trust::TrustList;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::event::Sealed;
use kaoping_record::id::{ItemId, OptionId, SittingId};
use kaoping_record::jws::Unverified;
use kaoping_record::key::Verifier;
use kaoping_record::message::Signed;
use std::collections::BTreeMap;

/// One person's line, while it is checked.
pub(super) struct Person<'a> {
    pub(super) rules: &'a Rules,
    pub(super) scoring: &'a PreparedScoring<'a>,
    pub(super) trust: &'a TrustList,
    pub(super) verifier: &'a dyn Verifier,
    pub(super) line: &'a AuditLine,
}

impl Person<'_> {
    /// Computes everything again.
    ///
    /// # Errors
    /// The first that does not agree.
    pub(super) fn check(&self) -> Result<(), Refusal> {
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
            if self.scoring.is_by_old_key(found) {
                return Err(AuditDefect::OldKey.because(format!("item `{}` is marked by the old key", found.item)));
            }
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
        let header = &self.rules.header;
        let panel = plan::check(&header.practical.plan, &subject.rules.panel, &line.marks, &line.handed_in)?;
        if let Some(panel) = panel {
            let (pseudonym, seat) = (&line.pseudonym, line.paper.paper.as_str());
            let (marks, handed_in) = (line.marks.as_slice(), line.handed_in.as_slice());
            self.rules.lots.check(header, &Examined { pseudonym, seat, panel, marks, handed_in })?;
        }
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
