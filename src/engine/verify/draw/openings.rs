//! Whether the custodians opened their secrets in time: the record of each opening, its leaf of the
//! log, and the checkpoint that a witness cosigned before anybody could know the public entropy.

use super::ceremony::Ceremony;
use super::evidence::{CosignedCheckpoint, Evidence, OpenLeaf};
use crate::bank::Profile;
use crate::draw::Secret;
use crate::kinds::secret_opening::SecretOpening;
use crate::verify::file::trust::TrustList;
use kaoping_record::log::checkpoint::Checkpoint;
use kaoping_record::log::cosignature::witnesses;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::log::note::Note;
use kaoping_record::log::tree::{leaf_hash, verify_inclusion};
use kaoping_record::time::Time;

const RECORDS: &str = "/openings";
const LEAVES: &str = "/opening_leaves";
const CHECKPOINT: &str = "/checkpoint";

/// Checks the openings of a draw whose `secrets` were accepted.
pub(super) fn check(ceremony: &mut Ceremony<'_>, evidence: &Evidence, secrets: &[Secret]) {
    let formal = ceremony.basis.profile == Profile::Formal;
    match &evidence.openings {
        None => {
            ceremony.findings.skip("没有公布开启秘密数的记录", "the records of the opened secrets are not published")
        }
        Some(records) => {
            let leaves = evidence.opening_leaves.as_deref().unwrap_or_default();
            let custodians = ceremony.basis.custodians.len();
            if records.len() != custodians || (evidence.opening_leaves.is_some() && leaves.len() != custodians) {
                ceremony.refuse(
                    "secret_opening_other",
                    RECORDS,
                    ["开启秘密数的记录不是每名保管人一份", "there is not one opening with its leaf of each custodian"],
                );
            }
            for (place, record) in records.iter().enumerate() {
                opening(ceremony, place, record, leaves.get(place), secrets);
            }
            ceremony.last = leaves.iter().map(|leaf| leaf.index).chain(ceremony.last).max();
        }
    }
    if !formal {
        return;
    }
    let wanted = (evidence.openings.is_some(), &evidence.opening_leaves, &evidence.checkpoint);
    let (true, Some(leaves), Some(checkpoint)) = wanted else {
        return late(
            ceremony,
            "没有公布经外部见证的检查点和各项记录",
            "records or the cosigned checkpoint are missing",
        );
    };
    in_time(ceremony, leaves, checkpoint);
}

/// The opening of one custodian's secret.
fn opening(
    ceremony: &mut Ceremony<'_>,
    place: usize,
    record: &serde_json::Value,
    leaf: Option<&OpenLeaf>,
    secrets: &[Secret],
) {
    let at = format!("{RECORDS}/{place}");
    let signed = ceremony.read::<SecretOpening>(&at, record);
    let identity = signed.as_ref().and_then(|signed| signed.identity().ok());
    if let Some(leaf) = leaf {
        ceremony.opened_leaf(&format!("{LEAVES}/{place}"), leaf, LeafKind::SecretOpening, identity);
    }
    let Some(signed) = signed else { return };
    let (opened, basis) = (signed.payload, ceremony.basis);
    let custodian = basis.custodians.get(place).map(|entry| &entry.custodian);
    let known = secrets.iter().find(|secret| Some(&secret.custodian) == custodian).map(|secret| secret.secret);
    let same = [
        ("batch", opened.batch == basis.batch),
        ("attempt", opened.attempt == basis.attempt),
        ("custodian", Some(&opened.custodian) == custodian),
        ("manifest", opened.manifest == ceremony.deal.manifest()),
        ("secret", Some(opened.secret) == known),
    ];
    for (member, _) in same.iter().filter(|(_, same)| !same) {
        ceremony.refuse(
            "secret_opening_other",
            &format!("{at}/payload/{member}"),
            [
                "开启秘密数的记录是另一次抽题的，或不是这个秘密数",
                "the opening is of another draw or holds another secret",
            ],
        );
    }
}

/// Whether a cosigned checkpoint shows the openings before the public entropy's earliest time.
fn in_time(ceremony: &mut Ceremony<'_>, leaves: &[OpenLeaf], checkpoint: &CosignedCheckpoint) {
    let Some(time) = ceremony.basis.public_entropy.as_ref().map(|named| named.not_before_ms) else { return };
    let Some(note) = Note::parse(&checkpoint.note).ok() else {
        return late(ceremony, "检查点读不懂", "the checkpoint cannot be read");
    };
    let Some(head) = Checkpoint::parse(note.text()).ok() else {
        return late(ceremony, "检查点读不懂", "the checkpoint cannot be read");
    };
    let holds = |(leaf, path): (&OpenLeaf, &Vec<_>)| {
        let entry = leaf.leaf(&ceremony.basis.batch, LeafKind::SecretOpening).entry().ok();
        entry.is_some_and(|entry| verify_inclusion(&leaf_hash(&entry), leaf.index, head.size, path, &head.root).is_ok())
    };
    if leaves.len() != checkpoint.paths.len() || !leaves.iter().zip(&checkpoint.paths).all(holds) {
        return late(ceremony, "检查点里没有这些开启秘密数的记录", "the checkpoint's log does not hold the openings");
    }
    let Some(trust) = ceremony.trust else {
        return ceremony.findings.skip(
            "开启秘密数的记录在检查点中；没有给出信任清单，检查点的签名和见证时间没有核对",
            "the openings are in the checkpoint, whose signatures and time were not checked: no trust list was given",
        );
    };
    if trust.witnesses.is_empty() {
        return ceremony.findings.cannot(
            "信任清单中没有外部见证方：不知道秘密数是否按时开启",
            "the trust list names no witness: whether the secrets were opened in time is not known",
        );
    }
    match cosigned(&note, &checkpoint.note, trust) {
        Some((witness, at)) if at < time => ceremony.findings.prove(
            format!("各保管人在公开随机数产生以前开启秘密数：{witness} 于 {} 见证", at.to_rfc3339()),
            format!(
                "the secrets were opened before anybody could know the public entropy: `{witness}` saw it at {}",
                at.to_rfc3339()
            ),
        ),
        Some(_) => {
            late(ceremony, "见证时间不早于公开随机数的最早时间", "it was cosigned at the entropy's time or later")
        }
        None => late(
            ceremony,
            "检查点没有信任清单中的日志和见证方的有效签名",
            "the checkpoint bears no valid signatures of the trust list's log and of a witness",
        ),
    }
}

/// The earliest cosignature of a checkpoint that the trusted log signed; `None` where a signature
/// is missing or does not hold.
fn cosigned(note: &Note, text: &str, trust: &TrustList) -> Option<(String, Time)> {
    Checkpoint::verify(text, &trust.log.origin, &trust.log.key).ok()?;
    let seen = witnesses(note, &trust.witness_keys()).ok()?;
    seen.into_iter().map(|seen| (seen.witness, seen.at)).min_by_key(|(_, at)| *at)
}

fn late(ceremony: &mut Ceremony<'_>, zh: &str, en: &str) {
    let (zh, en) = (format!("没有证明秘密数按时开启：{zh}"), format!("not shown to have been opened in time: {en}"));
    ceremony.refuse("openings_late", CHECKPOINT, [&zh, &en]);
}
