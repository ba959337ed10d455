//! Checks the demo's published files at once: the batch is complete, every score is computed again,
//! every receipt's promise is kept.

use hyper::Method;
use kaoping_demo::client::{Caller, Client, Failure};
use kaoping_demo::setup::Demo;
use kaoping_engine::session::hand_in::Receipt;
use kaoping_engine::verify::batch::{BatchCheck, LoggedResults};
use kaoping_engine::verify::file::report::Verdict;
use kaoping_engine::verify::file::trust::TrustList;
use kaoping_engine::verify::file::verify;
use kaoping_engine::verify::scores::{AuditCheck, AuditRules, LineCheck};
use kaoping_record::message::Signed;
use kaoping_record::software::SoftwareVerifier;
use std::path::Path;

/// Receipts whose promise is looked after.
const RECEIPTS: usize = 10;

/// Saves and checks batch bundle, audit bundle and some receipts with their proofs, and lays the
/// page beside them that checks all of it.
pub(crate) async fn save(
    demo: &Demo,
    out: &Path,
    trust: &TrustList,
    receipts: &[Signed<Receipt>],
) -> Result<(), Failure> {
    let client = &demo.client;
    let path = |step: &str| format!("/api/v1/batches/{}{step}", demo.batch);
    let bundle = client.bytes(&demo.office, Method::GET, &path("/bundle"), None).await?;
    std::fs::write(out.join("batch.json"), &bundle)?;
    let logged = whole(std::str::from_utf8(&bundle)?, trust)?;
    let supervisor = demo.of("supervisor").next().ok_or("no supervisor")?;
    let supervisor = client.login(&supervisor.login, &supervisor.password).await?;
    let audit = path("/audit?reason=%E7%A4%BA%E4%BE%8B%E6%A0%B8%E6%9F%A5");
    let audit = client.bytes(&supervisor, Method::GET, &audit, None).await?;
    std::fs::write(out.join("audit.jsonl"), &audit)?;
    computed_again(std::str::from_utf8(&audit)?, trust, &logged)?;
    for (number, receipt) in (1..).zip(receipts.iter().take(RECEIPTS)) {
        let bundle = kept(client, receipt, trust).await?;
        std::fs::write(out.join(format!("receipt-{number}.json")), bundle)?;
    }
    println!("receipts: {} promises kept", receipts.len().min(RECEIPTS));
    let page = client.found(&Caller::Anyone, "/verify/kaoping-verify.html").await?;
    match page {
        Some(page) => std::fs::write(out.join("kaoping-verify.html"), &page)?,
        None => println!("the program was built without pages: no verify page is beside the results"),
    }
    Ok(())
}

/// Saves and verifies the certificate of each of these people; gives how many hold.
pub(crate) async fn certificates(
    demo: &Demo,
    out: &Path,
    trust: &TrustList,
    passers: &[String],
) -> Result<usize, Failure> {
    let mut hold = 0;
    for pseudonym in passers {
        let path = format!("/api/v1/batches/{}/results/{pseudonym}/certificate", demo.batch);
        let bundle = demo.client.bytes(&demo.office, Method::GET, &path, None).await?;
        let report = verify(std::str::from_utf8(&bundle)?, trust, None, &SoftwareVerifier);
        hold += usize::from(report.verdict == Verdict::Valid);
        std::fs::write(out.join(format!("certificate-{pseudonym}.json")), &bundle)?;
    }
    let status = demo.client.get(&Caller::Anyone, "/api/v1/status").await?;
    std::fs::write(out.join("status.json"), status.to_string())?;
    Ok(hold)
}

fn whole(bundle: &str, trust: &TrustList) -> Result<LoggedResults, Failure> {
    let mut check = BatchCheck::new(trust, &SoftwareVerifier);
    bundle.lines().for_each(|line| check.line(line));
    let (report, logged) = check.finish_with_results();
    println!("batch: {}", report.summary.en);
    if report.complete { Ok(logged) } else { Err(format!("the batch is not whole: {:?}", report.findings).into()) }
}

fn computed_again(bundle: &str, trust: &TrustList, logged: &LoggedResults) -> Result<(), Failure> {
    let mut lines = bundle.lines();
    let rules = AuditRules::read(lines.next().unwrap_or_default(), trust, &SoftwareVerifier);
    let again = LineCheck::new(&rules, trust, &SoftwareVerifier);
    let mut check = AuditCheck::new(&rules).of_log(logged);
    lines.for_each(|line| check.take(again.check(line)));
    let report = check.finish();
    println!("audit: {}", report.summary.en);
    if report.agrees { Ok(()) } else { Err(format!("scores do not agree: {:?}", report.findings).into()) }
}

async fn kept(client: &Client, receipt: &Signed<Receipt>, trust: &TrustList) -> Result<String, Failure> {
    let path = format!("/api/v1/receipts/{}/{}", receipt.payload.sitting, receipt.identity()?);
    let bundle = client.get(&Caller::Anyone, &path).await?;
    let text = bundle.to_string();
    let report = verify(&text, trust, None, &SoftwareVerifier);
    if report.verdict == Verdict::Valid && bundle.get("end").is_some_and(|end| !end.is_null()) {
        return Ok(text);
    }
    Err(format!("the promise of a receipt is not kept: {}", report.summary.en).into())
}
