//! An audit bundle: what a line costs and where, and a whole bundle on two cores.

use super::RUNS;
use crate::Failure;
use crate::batch::Batch;
use crate::clock::{median, once, peak_memory};
use crate::table::Table;
use kaoping_engine::kinds;
use kaoping_engine::practical::panel::form;
use kaoping_engine::practical::panel_policy::PanelPolicy;
use kaoping_engine::practical::total::practical_total;
use kaoping_engine::result::credential::ResultCredential;
use kaoping_engine::theory::policy::ScoringPolicy;
use kaoping_engine::theory::score::{Scoring, TheoryScore};
use kaoping_engine::verify::scores::{AuditCheck, AuditLine, AuditRules, LineCheck};
use kaoping_keys::native::NativeVerifier;
use kaoping_record::canonical;
use kaoping_record::id::{ItemId, OptionId};
use kaoping_record::jws::Unverified;
use kaoping_record::key::Signer as _;
use kaoping_record::message::Signed;
use kaoping_record::software::SoftwareVerifier;
use std::collections::BTreeMap;
use std::sync::mpsc;
use std::thread;

/// Lines of each run.
const LINES: u32 = 200;
/// Papers of the bundle.
const PAPERS: u32 = 500;
/// Cores that audit the whole bundle.
const CORES: usize = 2;

/// One line, and the parts of its audit.
pub(crate) fn parts(table: &mut Table) -> Result<(), Failure> {
    let batch = Batch::new(LINES, LINES)?;
    let lines = (0..LINES as usize).map(|number| batch.line(number)).collect::<Result<Vec<_>, _>>()?;
    let count = u64::from(LINES);
    table.add("audit line: length", lines.iter().map(String::len).sum::<usize>() as u64 / count, "bytes");

    let rules = AuditRules::read(&batch.header, &batch.trust, &NativeVerifier);
    let whole = |check: &LineCheck<'_>| lines.iter().filter(|line| check.check(line).is_some()).count();
    let native = LineCheck::new(&rules, &batch.trust, &NativeVerifier);
    let mut audit = AuditCheck::new(&rules);
    lines.iter().for_each(|line| audit.take(native.check(line)));
    let report = audit.finish();
    if !report.agrees || report.results != count {
        return Err(format!("the audit disagrees: {:?}", report.findings.first()).into());
    }
    table.add("audit line: all, native", median(RUNS, count, || whole(&native)), "ns");
    let software = LineCheck::new(&rules, &batch.trust, &SoftwareVerifier);
    table.add("audit line: all, software", median(RUNS, count, || whole(&software)), "ns");

    let read = || lines.iter().map(|line| canonical::from_authored::<AuditLine>(line.as_bytes()));
    table.add("audit line: read", median(RUNS, count, || read().filter(Result::is_ok).count()), "ns");
    let people = read().collect::<Result<Vec<_>, _>>()?;
    let key = batch.signer().public_key();
    let holds = |person: &AuditLine| {
        Unverified::parse(&person.jws).is_ok_and(|jws| jws.verify::<ResultCredential>(&NativeVerifier, key).is_ok())
    };
    let verify = median(RUNS, count, || people.iter().filter(|person| holds(person)).count());
    table.add("audit line: verify the result", verify, "ns");
    let identity = |person: &AuditLine| {
        let bytes = canonical::to_bytes(&person.score).map_err(|error| error.to_string())?;
        let score = kinds::read::<TheoryScore>(&bytes).map_err(|error| error.to_string())?;
        score.identity().map_err(|error| error.to_string())
    };
    let identify = median(RUNS, count, || people.iter().filter(|person| identity(person).is_ok()).count());
    table.add("audit line: identity of the theory score", identify, "ns");
    let recompute = recompute(&batch, &people)?;
    table.add("audit line: recompute the scores", recompute, "ns");
    table.add("audit line: recompute, verification being 100 (aim: at most 20)", 100 * recompute / verify.max(1), "%");
    Ok(())
}

/// Theory, panels and total of each person, from what was read.
fn recompute(batch: &Batch, people: &[AuditLine]) -> Result<u64, Failure> {
    let (indexes, keys) = (batch.indexes.as_slice(), std::slice::from_ref(&batch.keys));
    let scoring = Scoring { indexes, keys, blueprint: &batch.blueprint, policy: ScoringPolicy::Exact1 }.prepare();
    let signed = |person: &AuditLine| Signed::<TheoryScore>::parse(&canonical::to_bytes(&person.score)?);
    let scores = people.iter().map(signed).collect::<Result<Vec<_>, _>>()?;
    let policy = PanelPolicy::named("mean-1").ok_or("a known policy")?;
    let agrees = |(person, score): (&AuditLine, &Signed<TheoryScore>)| {
        let items = score.payload.items.iter();
        let chosen: BTreeMap<&ItemId, &[OptionId]> = items.map(|item| (&item.item, item.chosen.as_slice())).collect();
        let theory = scoring.score(&person.paper, |item| chosen.get(item).copied().unwrap_or_default());
        let theory = theory.is_ok_and(|(items, sum)| items == score.payload.items && sum == score.payload.half_marks);
        let panels = batch.sheets.iter().zip(&person.handed_in).zip(&person.marks);
        let panels = panels
            .filter(|((sheet, handed_in), mark)| form(sheet, handed_in, &policy, &mark.mark.decisions).is_ok())
            .count();
        theory && panels == batch.sheets.len() && practical_total(&batch.weights, &person.marks).is_ok()
    };
    let all = || people.iter().zip(&scores).filter(|pair| agrees(*pair)).count();
    if all() != people.len() {
        return Err("a score is recomputed otherwise".into());
    }
    Ok(median(RUNS, people.len() as u64, all))
}

/// A bundle of so many results. Its lines are made as they are read, which is not counted.
pub(crate) fn whole(table: &mut Table, results: u32) -> Result<(), Failure> {
    let batch = Batch::new(PAPERS, results)?;
    let rules = AuditRules::read(&batch.header, &batch.trust, &NativeVerifier);
    let check = LineCheck::new(&rules, &batch.trust, &NativeVerifier);
    let mut audit = AuditCheck::new(&rules);
    // Few lines wait, so that the memory is that of the audit.
    let (send, receive) = mpsc::sync_channel(64);
    let worker = |first: usize, send: mpsc::SyncSender<_>| {
        let (mut spent, mut bytes) = (0, 0);
        for number in (first..results as usize).step_by(CORES) {
            let line = batch.line(number)?;
            let (checked, time) = once(|| check.check(&line));
            (spent, bytes) = (spent + time, bytes + line.len());
            send.send(checked)?;
        }
        Ok::<_, Failure>((spent, bytes))
    };
    let done = thread::scope(|scope| {
        let worker = &worker;
        let workers: Vec<_> = (0..CORES)
            .map(|first| {
                let send = send.clone();
                scope.spawn(move || worker(first, send))
            })
            .collect();
        drop(send);
        let ((), taking) = once(|| receive.iter().for_each(|checked| audit.take(checked)));
        let done = workers.into_iter().map(|worker| worker.join().map_err(|_| "a worker stopped")?);
        Ok::<_, Failure>((done.collect::<Result<Vec<_>, Failure>>()?, taking))
    });
    let (done, taking) = done?;
    let report = audit.finish();
    if !report.agrees || report.results != u64::from(results) {
        return Err(format!("the audit disagrees: {:?}", report.findings.first()).into());
    }
    let name = |what: &str| format!("bundle of {results}: {what}");
    let slowest = done.iter().map(|(spent, _)| *spent).max().unwrap_or_default();
    table.add(&name("bytes"), done.iter().map(|(_, bytes)| *bytes).sum::<usize>() as u64 / 1_000_000, "MB");
    table.add(&name("verified and recomputed, the slower of two cores"), slowest / 1_000_000, "ms");
    table.add(&name("taking in order"), taking / 1_000_000, "ms");
    if let Some(memory) = peak_memory() {
        table.add(&name("peak memory (aim: under 300)"), memory / 1024, "MiB");
    }
    Ok(())
}
