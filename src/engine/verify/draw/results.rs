//! Whether the results that the log of a batch holds are of the papers that its draw published.

use super::bundle::Bundle;
use super::report::Findings;
use super::{BASIS_FILE, HEAD_FILE, MANIFEST_FILE, fault_at};
use crate::verify::batch::LoggedResults;
use kaoping_record::digest::Digest;
use kaoping_record::id::PaperId;
use std::collections::BTreeMap;

/// The most differences that are listed.
const MOST: usize = 100;

/// Compares manifest, batch and the paper of each result.
pub(super) fn join(findings: &mut Findings, bundle: &Bundle, logged: &LoggedResults) {
    let batch = &bundle.documents.basis.payload().batch;
    if logged.batch.as_ref() != Some(batch) {
        findings.differ([*fault_at(
            "other_batch",
            BASIS_FILE,
            "/batch",
            [
                format!("抽题公开包是批次 {batch} 的，批次文件是另一批次的"),
                format!("the draw is of batch `{batch}`, the batch bundle of another"),
            ],
            ["把同一批次的文件一起核对", "give the files of one batch together"],
        )]);
        return;
    }
    if bundle.documents.manifest.payload().digest().ok() != logged.manifest {
        findings.differ([*fault_at(
            "other_manifest",
            MANIFEST_FILE,
            "",
            ["日志里现行的是另一份抽题清单".to_owned(), "another manifest is in force in the log".to_owned()],
            ["向评价组织索取现行的抽题公开包", "ask the organization for the draw in force"],
        )]);
    }
    let published: BTreeMap<&PaperId, &Digest> =
        bundle.papers.iter().map(|paper| (&paper.paper, &paper.digest)).collect();
    let mut others = 0;
    for (pseudonym, own) in &logged.papers {
        if published.get(&own.paper) == Some(&&own.digest) {
            continue;
        }
        others += 1;
        if others <= MOST {
            findings.differ([*fault_at(
                "result_paper",
                HEAD_FILE,
                &format!("{pseudonym} {}", own.paper),
                [
                    format!("考生 {pseudonym} 的成绩所写的试卷不是抽出的 {}", own.paper),
                    format!("the result of `{pseudonym}` names another paper than the drawn `{}`", own.paper),
                ],
                ["不要采信这份成绩，向评价组织查问", "do not rely on this result; ask the organization"],
            )]);
        }
    }
    findings.joined(others.saturating_sub(MOST));
    if others == 0 {
        let count = logged.papers.len();
        findings.prove(
            format!("日志中 {count} 份成绩所写的试卷就是抽给本人的试卷"),
            format!("the papers that {count} results of the log name are those drawn for their people"),
        );
    }
}
