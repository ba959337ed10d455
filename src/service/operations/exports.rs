//! Exports of personal data: each has a reason and is kept on record (个人信息保护法).

use super::doer::transact;
use super::member::Member;
use crate::aggregates::export::{ExportEvent, ExportState};
use crate::app::App;
use crate::refusal::Refusal;
use kaoping_record::id::BatchId;

/// Records that somebody took personal data of a batch.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn record_export(
    app: &App,
    member: &Member,
    batch: &BatchId,
    what: &str,
    reason: &str,
    rows: u32,
) -> Result<(), Refusal> {
    transact!(app, member, |work| {
        let event = ExportEvent::Taken { what: what.to_owned(), reason: reason.to_owned(), rows };
        work.append::<ExportState>(batch.as_str(), event).await
    })
}
