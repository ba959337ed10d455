//! Whether a record stands in the log, and who outside has seen the log.

use super::bundle::LogProof;
use super::credential_form::no_form;
use super::defect::Defect;
use super::report::{CheckName, Finding, Findings};
use super::trust::{TrustList, TrustedLog};
use crate::fault::Text;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;
use kaoping_record::log::checkpoint::{Checkpoint, CheckpointError};
use kaoping_record::log::cosignature::{CosignatureError, Cosigned, witnesses};
use kaoping_record::log::leaf::{Leaf, LeafKind};
use kaoping_record::log::note::Note;
use kaoping_record::log::tree::{leaf_hash, verify_inclusion};

/// Whether a proof is of this record: its leaf commits to it, the path leads to the root, and the
/// log signed the root.
pub(super) fn check_inclusion(
    record: &Digest,
    batch: &BatchId,
    kinds: &[LeafKind],
    proof: &LogProof,
    log: &TrustedLog,
) -> Finding {
    let kind = proof.leaf.kind;
    let leaf = Leaf::new(batch.clone(), kind, &proof.salt, record);
    if !kinds.contains(&kind) || leaf != proof.leaf {
        return Defect::LogLeaf.says(
            "文件里的日志证明是另一份记录的：内容改过，或者证明换过。",
            "the proof of the log is of another record: the content or the proof was changed",
        );
    }
    let checkpoint = signed(&proof.checkpoint, log)?;
    let entry = leaf.entry().map_err(|error| no_form(&error))?;
    if checkpoint.size != proof.size {
        return Defect::LogSize
            .says("存证的大小与日志签名的不符。", "the proof is for another size than the checkpoint's");
    }
    stands_in_log(&entry, proof.index, &proof.path, &checkpoint)
}

/// Whether an entry lies at an index of the tree of a checkpoint.
pub(super) fn stands_in_log(entry: &[u8], index: u64, path: &[Digest], checkpoint: &Checkpoint) -> Finding {
    verify_inclusion(&leaf_hash(entry), index, checkpoint.size, path, &checkpoint.root).map_err(|error| {
        Defect::from(&error).tells(
            "存证不成立：日志里没有这份记录。",
            "the proof does not lead to the log's root",
            error,
        )
    })?;
    let (origin, number, size) = (&checkpoint.origin, index + 1, checkpoint.size);
    Ok(Text::new(
        format!("已登记在日志“{origin}”第 {number} 条（当时共 {size} 条）。"),
        format!("stands in log `{origin}` as entry {number} of {size}"),
    ))
}

/// A checkpoint that the trusted log signed.
pub(super) fn signed(note: &str, log: &TrustedLog) -> Result<Checkpoint, (Defect, Text)> {
    Checkpoint::verify(note, &log.origin, &log.key).map_err(|error| {
        let defect = Defect::from(&error);
        match error {
            CheckpointError::Origin(_) => {
                defect.tells("存证属于另一个日志。", "the checkpoint is of another log", error)
            }
            _ => defect.tells("日志的签名不成立。", "the log's signature does not hold", error),
        }
    })
}

/// Which outside witnesses of the trust list have cosigned a checkpoint.
///
/// # Errors
/// [`CosignatureError`] when a line by one of them does not hold.
pub(in crate::verify) fn cosigning_witnesses(
    checkpoint: Option<&str>,
    trust: &TrustList,
) -> Result<Vec<Cosigned>, CosignatureError> {
    let note = checkpoint.and_then(|checkpoint| Note::parse(checkpoint).ok());
    note.map(|note| witnesses(&note, &trust.witness_keys())).transpose().map(Option::unwrap_or_default)
}

/// Whether an outside witness of the trust list has cosigned a checkpoint; not checked when none
/// has.
pub(super) fn check_witness(findings: &mut Findings, checkpoint: Option<&str>, trust: &TrustList) {
    match cosigning_witnesses(checkpoint, trust) {
        Ok(seen) if seen.len() < trust.quorum() => {
            findings.unwitnessed = true;
            let (count, needed) = (seen.len(), trust.quorum());
            findings.skip(
                CheckName::Witness,
                &format!("信任清单要求 {needed} 个外部见证，这份存证只有 {count} 个。"),
                &format!("the trust list asks for {needed} outside witnesses; {count} have cosigned the log"),
            );
        }
        Ok(seen) if seen.is_empty() => findings.skip(
            CheckName::Witness,
            "未经外部见证：没有信任清单中的第三方见证过这份存证。",
            "no outside witness of the trust list has cosigned the log",
        ),
        Ok(seen) => {
            let names: Vec<&str> = seen.iter().map(|seen| seen.witness.as_str()).collect();
            let names = names.join(", ");
            findings.check(
                CheckName::Witness,
                Ok(Text::new(format!("外部见证：{names}。"), format!("cosigned by outside witnesses: {names}"))),
            );
        }
        Err(error) => findings.check(
            CheckName::Witness,
            Err(Defect::WitnessSignature.tells("外部见证的签名不成立。", "a witness's signature does not hold", error)),
        ),
    }
}
