//! Changes of what was signed: corrected results, and revocations. Nothing is overwritten. One officer asks, another approves; then
//! the change is signed and logged, and [`status`] tells verifiers.

pub mod correction;
pub mod revocation;
pub mod status;

use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::state::account::AccountState;
use crate::state::result::{Change, Requested, ResultEvent, ResultState, result_key};
use crate::work::{Work, transact};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use kaoping_engine::kinds::decision::Decider;
use kaoping_record::id::{AccountId, BatchId, PseudonymId};
use serde::Serialize;
use utoipa::ToSchema;

/// A change that waits for its approval, as the office sees it.
#[derive(Serialize, ToSchema)]
pub struct RequestedView {
    /// `correction`, `revocation_result` or `revocation_certificate`.
    what: &'static str,
    reason: String,
    /// Name of who asks.
    by: String,
    at_ms: i64,
    /// Whether the one who looks may approve it.
    may_approve: bool,
}

/// Takes a request for a change back.
#[utoipa::path(delete, path = "/api/v1/batches/{batch}/results/{pseudonym}/request", params(("batch" = String, Path), ("pseudonym" = String, Path)), responses((status = 204)))]
pub async fn withdraw(
    State(app): State<App>,
    member: Member,
    Path((batch, pseudonym)): Path<(BatchId, PseudonymId)>,
) -> Result<StatusCode, ApiError> {
    let key = result_key(&batch, &pseudonym);
    transact!(app, &member.actor, |work| {
        let state: ResultState = work.load(&key).await?;
        state.requested.ok_or_else(nothing_requested)?;
        work.append::<ResultState>(&key, ResultEvent::Withdrawn {}).await
    })?;
    Ok(StatusCode::NO_CONTENT)
}

/// A request as the office sees it.
///
/// # Errors
/// 500 when the store fails.
pub async fn requested(app: &App, member: &Member, state: &ResultState) -> Result<Option<RequestedView>, ApiError> {
    use kaoping_engine::kinds::revocation::RevokedRecord;
    let Some(requested) = &state.requested else { return Ok(None) };
    let account: AccountState = app.read(requested.by.as_str()).await?;
    let (what, reason) = match &requested.what {
        Change::Correction { reason, .. } => ("correction", &reason.text),
        Change::Revocation { reason, revoked: RevokedRecord::Result { .. } } => ("revocation_result", &reason.text),
        Change::Revocation { reason, revoked: RevokedRecord::Certificate { .. } } => {
            ("revocation_certificate", &reason.text)
        }
    };
    Ok(Some(RequestedView {
        what,
        reason: reason.clone(),
        by: account.name,
        at_ms: requested.at_ms.millis(),
        may_approve: requested.by != member.account,
    }))
}

/// Keeps a request; one at a time.
async fn ask(work: &mut Work, member: &Member, key: &str, what: Change) -> Result<(), ApiError> {
    let state: ResultState = work.load(key).await?;
    if state.requested.is_some() {
        return Err(ApiError::conflict(
            "request_waits",
            "request",
            ("这名考生已有一项申请等待批准。", "a request about this candidate waits for its approval"),
            ("先批准或撤回那一项。", "approve it or take it back first"),
        ));
    }
    let requested = Requested { what, by: member.account.clone(), at_ms: work.now() };
    work.append::<ResultState>(key, ResultEvent::Requested { requested }).await
}

/// The request that `member` approves, and both who decided.
fn approved(state: &ResultState, member: &Member) -> Result<(Change, Vec<Decider>), ApiError> {
    let requested = state.requested.as_ref().ok_or_else(nothing_requested)?;
    if requested.by == member.account {
        return Err(ApiError::conflict(
            "same_person",
            "approval",
            ("申请人不能批准自己的申请。", "who asks cannot approve"),
            ("请另一位考务人员批准。", "another officer must approve"),
        ));
    }
    let decider = |account: &AccountId| Decider { account: account.clone(), outside: false };
    Ok((requested.what.clone(), vec![decider(&requested.by), decider(&member.account)]))
}

fn nothing_requested() -> ApiError {
    ApiError::conflict(
        "nothing_requested",
        "request",
        ("没有等待批准的申请。", "no request waits for approval"),
        ("刷新页面查看。", "reload the page"),
    )
}
