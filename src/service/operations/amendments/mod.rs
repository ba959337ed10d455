//! Amendments of what was signed: corrected results, and revocations. Nothing is overwritten. One
//! officer asks, another approves; then the change is signed and logged, and [`status`] tells
//! verifiers.

pub mod correction;
pub(super) mod replacement;
pub mod revocation;
pub mod status;

use super::doer::transact;
use crate::aggregates::result::{Change, LoggedResult, Requested, ResultEvent, ResultState, result_key};
use crate::app::App;
use crate::operations::member::Member;
use crate::refusal::Refusal;
use crate::work::Work;
use kaoping_engine::kinds::decision::Decider;
use kaoping_record::id::{AccountId, BatchId, PseudonymId};

/// Takes a request for a change back.
///
/// # Errors
/// `nothing_requested`.
pub async fn withdraw_request(
    app: &App,
    member: &Member,
    batch: &BatchId,
    pseudonym: &PseudonymId,
) -> Result<(), Refusal> {
    let key = result_key(batch, pseudonym);
    transact!(app, member, |work| {
        logged(work, &key, nothing_requested).await?.requested.ok_or_else(nothing_requested)?;
        work.append::<ResultState>(&key, ResultEvent::Withdrawn {}).await
    })
}

/// The signed result of a person; `missing` refuses where there is none.
async fn logged(work: &mut Work, key: &str, missing: impl Fn() -> Refusal) -> Result<LoggedResult, Refusal> {
    match work.load::<ResultState>(key).await? {
        Some(ResultState::Signed(logged)) => Ok(*logged),
        Some(ResultState::Ended { .. }) | None => Err(missing()),
    }
}

fn no_result() -> Refusal {
    Refusal::not_found("result")
}

/// Keeps a request for a change; one at a time.
async fn ask(work: &mut Work, member: &Member, key: &str, what: Change) -> Result<(), Refusal> {
    if logged(work, key, no_result).await?.requested.is_some() {
        return Err(Refusal::conflict(
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
fn approved(logged: &LoggedResult, member: &Member) -> Result<(Change, Vec<Decider>), Refusal> {
    let requested = logged.requested.as_ref().ok_or_else(nothing_requested)?;
    if requested.by == member.account {
        return Err(Refusal::conflict(
            "same_person",
            "approval",
            ("申请人不能批准自己的申请。", "who asks cannot approve"),
            ("请另一位考务人员批准。", "another officer must approve"),
        ));
    }
    let decider = |account: &AccountId| Decider { account: account.clone(), outside: false };
    Ok((requested.what.clone(), vec![decider(&requested.by), decider(&member.account)]))
}

fn nothing_requested() -> Refusal {
    Refusal::conflict(
        "nothing_requested",
        "request",
        ("没有等待批准的申请。", "no request waits for approval"),
        ("刷新页面查看。", "reload the page"),
    )
}
