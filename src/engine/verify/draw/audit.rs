//! The audit of a bundle: draws again from what a service published, and compares each digest.

use super::bundle::{Bundle, PublishedPaper};
use super::ceremony;
use super::compare::{Comparison, List};
use super::lines::Lines;
use super::range::SeatRange;
use super::refusal::Refusal;
use super::report::{Findings, Report};
use super::results;
use super::tally::Tally;
use crate::draw::entropy::EntropyOutcome;
use crate::draw::{DrawError, deal};
use crate::fault::Fault;
use crate::verify::batch::LoggedResults;
use crate::verify::file::trust::TrustList;
use kaoping_record::key::Verifier;

/// Audits what was read as a bundle, joined with what the log of its batch holds where that is
/// given. `compare` compares its digests, in whatever order and on as many cores as it likes:
/// [`in_turn`] does so one by one.
#[must_use]
pub fn bundle(
    read: Result<Bundle, Box<Fault>>,
    trust: Option<&TrustList>,
    verifier: &dyn Verifier,
    logs: &[LoggedResults],
    compare: impl FnOnce(&Comparison<'_>, &[PublishedPaper]) -> Tally,
) -> Report {
    let mut findings = Findings::default();
    let bundle = match read {
        Ok(bundle) => bundle,
        Err(fault) => {
            findings.refuse("form", [*fault]);
            return findings.report(None);
        }
    };
    findings.bundle(&bundle.unknown);
    findings.signers(&bundle.documents, trust, verifier);
    if let Err(Refusal { code, faults }) = again(&mut findings, &bundle, trust, verifier, logs, compare) {
        findings.halt(&bundle.documents, code, faults);
    }
    if let Some(logged) = LoggedResults::of(logs, Some(&bundle.documents.basis.payload().batch)) {
        results::join(&mut findings, &bundle, logged);
    }
    findings.report(Some(bundle.documents.basis.payload().profile))
}

/// Compares digests one by one. `progress` is told how many of all entries are compared, after each
/// `step` and at the end.
pub fn in_turn(
    comparison: &Comparison<'_>,
    papers: &[PublishedPaper],
    step: usize,
    mut progress: impl FnMut(usize, usize),
) -> Tally {
    let mut tally = Tally::new(List::Digests);
    let mut checker = comparison.checker();
    let step = step.max(1);
    for (first, part) in (1..).step_by(step).zip(papers.chunks(step)) {
        tally.add(first, (first..).zip(part).map(|(entry, paper)| checker.published(entry, paper)).collect());
        progress(first + part.len() - 1, papers.len());
    }
    tally
}

fn again(
    findings: &mut Findings,
    bundle: &Bundle,
    trust: Option<&TrustList>,
    verifier: &dyn Verifier,
    logs: &[LoggedResults],
    compare: impl FnOnce(&Comparison<'_>, &[PublishedPaper]) -> Tally,
) -> Result<(), Refusal> {
    let documents = &bundle.documents;
    let entropy = documents.entropy()?;
    let deal = deal(&documents.input(entropy.as_deref()))?;
    findings.documents(documents, documents.outcome.as_ref().map(EntropyOutcome::origin));
    let lines = Lines::new(&deal).map_err(DrawError::from)?;
    let comparison = Comparison::new(&lines);
    let all = SeatRange::all(comparison.papers());
    let outcome = compare(&comparison, &bundle.papers).finish(&comparison, all);
    findings.list(outcome, all, "试卷的摘要", "digests of papers");
    let batch = Some(&documents.basis.payload().batch);
    let logged = LoggedResults::of(logs, batch).filter(|logged| logged.batch.as_ref() == batch);
    ceremony::check(findings, bundle, &deal, trust, verifier, logged)?;
    Ok(())
}
