//! Custodians commit to their secrets, and open them once the manifest is logged.

use super::custodian_id;
use crate::aggregates::batch::{BatchEvent, BatchState};
use crate::app::App;
use crate::operations::member::Member;
use crate::refusal::Refusal;
use crate::work::transact;
use kaoping_engine::draw::commitment;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::Digest;
use kaoping_record::id::BatchId;

/// A custodian commits to a secret.
///
/// # Errors
/// [`BatchRefusal`](crate::aggregates::batch_refusal::BatchRefusal) for somebody else, at another
/// stage, or a second time.
pub async fn commit_secret(app: &App, member: &Member, batch: &BatchId, commitment: Digest) -> Result<(), Refusal> {
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        work.append::<BatchState>(batch.as_str(), state.commit(&member.account, commitment)?).await
    })
}

/// A custodian opens the secret, 64 hexadecimal digits. Opening it again changes nothing.
///
/// # Errors
/// `other_secret` when it is not the one that was committed to.
pub async fn open_secret(app: &App, member: &Member, batch: &BatchId, secret: &str) -> Result<(), Refusal> {
    let opened = Bytes32::from_hex(secret).map_err(|_| other_secret())?;
    let custodian = custodian_id(&member.account)?;
    transact!(app, &member.actor, |work| {
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        let expected = state.opening_of(&member.account)?;
        if commitment(batch, state.attempt, &custodian, &opened) != expected.commitment {
            return Err(other_secret());
        }
        if expected.is_open {
            return Ok(());
        }
        let event = BatchEvent::Opened { custodian: member.account.clone(), secret: secret.to_owned() };
        work.append::<BatchState>(batch.as_str(), event).await
    })
}

fn other_secret() -> Refusal {
    Refusal::invalid(
        "other_secret",
        "secret",
        ("这不是当初封存的密码。", "this is not the secret that was committed"),
        ("请用封存时保存的文件或同一台电脑打开。", "use the file that was saved then, or the same computer"),
    )
}
