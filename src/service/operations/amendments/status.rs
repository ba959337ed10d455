//! The status set: corrections, revocations and key events, each signed and with its place in the
//! log, for verifiers.

use crate::aggregates::log::Recorded;
use crate::aggregates::organization::OrganizationState;
use crate::aggregates::result::{CHANGED, ResultState};
use crate::app::App;
use crate::operations::credentials::{self, Signing};
use crate::operations::stored::{PAGE, needed_blob, state_of};
use crate::operations::{log, organization};
use crate::refusal::Refusal;
use kaoping_engine::date::Date;
use kaoping_engine::kinds::correction::Correction;
use kaoping_engine::kinds::key_event::{KeyChange, KeyEvent};
use kaoping_engine::verify::file::status::{STATUS_KIND, STATUS_VERSION, StatusRecord, StatusSet};
use kaoping_record::canonical;
use kaoping_record::message::Signed;
use kaoping_store::Collection;
use serde_json::Value;

/// For how many days a set counts before verifiers ask for a newer one.
const FRESH_DAYS: i64 = 14;

/// Everything that was changed after it was signed. It names nobody.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn status_set(app: &App) -> Result<StatusSet, Refusal> {
    let mut records = Vec::new();
    let organization = organization::state(app).await?;
    for recorded in &organization.key_records {
        let event: Signed<KeyEvent> = Signed::parse(&needed_blob(app, &recorded.message).await?)?;
        if !is_cut_off(&organization, &event.payload.event, recorded.leaf.index) {
            records.push(logged(app, recorded).await?);
        }
    }
    let signing = credentials::present(app, &organization);
    let mut after: Option<String> = None;
    loop {
        let rows = app.store.find(Collection::Result, CHANGED, after.as_deref(), PAGE).await?;
        for row in &rows {
            let state: ResultState = state_of(row)?;
            let Some(known) = state.signed() else { continue };
            for superseded in &known.superseded {
                let correction = Signed::parse(&needed_blob(app, &superseded.correction).await?)?;
                records.push(StatusRecord { proof: None, record: vouched(signing.as_ref(), correction)? });
            }
            for revoked in &known.revoked {
                records.push(logged(app, &revoked.record).await?);
            }
        }
        match rows.last() {
            Some(row) => after = Some(row.key.clone()),
            None => break,
        }
    }
    let fresh_until = Date::in_china(app.now()).and_then(|day| day.plus_days(FRESH_DAYS)).map_err(Refusal::internal)?;
    Ok(StatusSet { kind: STATUS_KIND.to_owned(), v: STATUS_VERSION, records, fresh_until: Some(fresh_until) })
}

/// Whether a key that signed its own coming is doubted since then, so that nothing vouches for the
/// record.
fn is_cut_off(organization: &OrganizationState, change: &KeyChange, index: u64) -> bool {
    let KeyChange::Enrolled { key, .. } = change else { return false };
    let cut = organization.key(&key.id()).and_then(|known| known.cut.as_ref());
    cut.is_some_and(|cut| cut.from_index <= index)
}

async fn logged(app: &App, recorded: &Recorded) -> Result<StatusRecord, Refusal> {
    let record = canonical::from_bytes(&needed_blob(app, &recorded.message).await?)?;
    Ok(StatusRecord { proof: Some(log::prove(app, &recorded.leaf).await?), record })
}

/// A correction has no leaf of its own that could show its age, so that the present key vouches for
/// it as well.
fn vouched(signing: Option<&Signing>, correction: Signed<Correction>) -> Result<Value, Refusal> {
    let correction = match signing {
        Some(signing) if !correction.proofs.iter().any(|proof| proof.key == signing.key()) => {
            signing.sign(correction)?
        }
        _ => correction,
    };
    Ok(canonical::from_bytes(&correction.to_bytes()?)?)
}
