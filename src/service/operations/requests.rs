//! Decisions that count once, however often the request comes.

use super::member::Member;
use crate::aggregates::request::{RequestEvent, RequestKey, RequestState};
use crate::refusal::Refusal;
use crate::work::Work;

/// Whether this is the first time that the request comes; it is then noted in the same commit as what the work decides.
/// Otherwise the work has nothing to do, and answers as the first time. `decision` names what is decided and about what.
///
/// # Errors
/// `request_reused` when the key was used for another decision.
pub async fn is_first(work: &mut Work, member: &Member, request: &RequestKey, decision: &str) -> Result<bool, Refusal> {
    let key = request.stream_key(&member.account);
    if let Some(done) = work.load::<RequestState>(&key).await? {
        return done.repeats(decision).map(|()| false);
    }
    let event = RequestEvent::Done { decision: decision.to_owned() };
    work.append::<RequestState>(&key, event).await.map(|()| true)
}
