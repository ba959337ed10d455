//! Custodians commit to their secrets, and open them once the manifest is logged. Each opening is
//! logged too, as a salted leaf.

use super::super::doer::transact;
use super::custodian_id;
use crate::aggregates::attempt::OpenedSecret;
use crate::aggregates::batch::{BatchEvent, BatchState};
use crate::app::App;
use crate::operations::credentials;
use crate::operations::member::Member;
use crate::refusal::Refusal;
use kaoping_engine::draw::commitment;
use kaoping_engine::kinds::secret_opening::SecretOpening;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;

/// A custodian commits to a secret.
///
/// # Errors
/// [`BatchRefusal`](crate::aggregates::batch_refusal::BatchRefusal) for somebody else, at another
/// stage, or a second time.
pub async fn commit_secret(app: &App, member: &Member, batch: &BatchId, commitment: Digest) -> Result<(), Refusal> {
    transact!(app, member, |work| {
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        work.append::<BatchState>(batch.as_str(), state.commit(&member.account, commitment)?).await
    })
}

/// A custodian opens the secret, 64 hexadecimal digits. Opening it again changes nothing.
///
/// # Errors
/// `other_secret` when it is not the one that was committed to; `secret_again` when another
/// custodian or an earlier attempt had it; `openings_late` when in certification the public entropy
/// may be known by now.
pub async fn open_secret(app: &App, member: &Member, batch: &BatchId, secret: &str) -> Result<(), Refusal> {
    let opened = Bytes32::from_hex(secret).map_err(|_| other_secret())?;
    let custodian = custodian_id(&member.account)?;
    transact!(app, member, |work| {
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        let expected = state.opening_of(&member.account, work.now())?;
        if commitment(&expected.basis, &custodian, &opened) != expected.commitment {
            return Err(other_secret());
        }
        if expected.is_open {
            return Ok(());
        }
        if state.has_served(secret) {
            return Err(Refusal::conflict(
                "secret_again",
                "secret",
                (
                    "这个秘密数已经用过：另一名保管人或以前的抽题用的是同一个。",
                    "this secret was used before, by another custodian or in an earlier attempt",
                ),
                (
                    "请考务人员作废重抽，每人重新生成秘密数。",
                    "ask the office to void the attempt; each makes a new secret",
                ),
            ));
        }
        let opening = SecretOpening {
            at_ms: work.now(),
            attempt: state.attempt,
            batch: batch.clone(),
            custodian: custodian.clone(),
            manifest: expected.manifest.digest,
            secret: opened,
        };
        let signing = credentials::under_filing(app, work, state.plan.level).await?;
        let record = signing.record(work, batch, opening).await?;
        let opened = OpenedSecret { secret: secret.to_owned(), record };
        let event = BatchEvent::Opened { custodian: member.account.clone(), opened };
        work.append::<BatchState>(batch.as_str(), event).await
    })
}

fn other_secret() -> Refusal {
    Refusal::invalid(
        "other_secret",
        "secret",
        ("这不是当初封存的秘密数。", "this is not the secret that was committed"),
        ("请用封存时保存的文件或同一台电脑打开。", "use the file that was saved then, or the same computer"),
    )
}
