//! Decisions that count once, however often the request comes.

use super::member::Member;
use crate::aggregates::request::{RequestEvent, RequestKey, RequestState};
use crate::app::App;
use crate::refusal::Refusal;
use crate::work::Work;
use kaoping_record::digest::Digest;
use serde::Serialize;

/// Whether this is the first time that the request comes; it is then noted in the same commit as
/// what the work decides. Otherwise the work has nothing to do, and answers as the first time.
/// `decision` names what is decided and about what.
///
/// # Errors
/// `request_reused` when the key was used for another decision.
pub async fn is_first(work: &mut Work, member: &Member, request: &RequestKey, decision: &str) -> Result<bool, Refusal> {
    Ok(note(work, member, request, decision, None).await?.is_none())
}

/// The identifier of what the request has made already. `None` when it comes for the first time; it
/// is then noted in the same commit that it makes `makes`.
///
/// # Errors
/// As [`is_first`].
pub async fn made(
    work: &mut Work,
    member: &Member,
    request: &RequestKey,
    decision: &str,
    makes: &str,
) -> Result<Option<String>, Refusal> {
    let Some(done) = note(work, member, request, decision, Some(makes)).await? else { return Ok(None) };
    done.made.map(Some).ok_or_else(|| Refusal::internal("a request that made something does not name it"))
}

async fn note(
    work: &mut Work,
    member: &Member,
    request: &RequestKey,
    decision: &str,
    makes: Option<&str>,
) -> Result<Option<RequestState>, Refusal> {
    let key = request.stream_key(&member.account);
    if let Some(done) = work.load::<RequestState>(&key).await? {
        return done.repeats(decision).map(|()| Some(done));
    }
    let event = RequestEvent::Done { decision: decision.to_owned(), made: makes.map(str::to_owned) };
    work.append::<RequestState>(&key, event).await.map(|()| None)
}

/// A decision with what it says, so that a key which comes again with something else is refused.
///
/// # Errors
/// [`Refusal::internal`] when the content cannot be written.
pub fn saying(decision: &str, content: &impl Serialize) -> Result<String, Refusal> {
    Ok(format!("{decision}/{}", Digest::of(&serde_json::to_vec(content).map_err(Refusal::internal)?).to_hex()))
}

/// Whether the request was carried out, asked before work that is long or that would be refused the
/// second time.
///
/// # Errors
/// As [`is_first`].
pub async fn is_done(app: &App, member: &Member, request: &RequestKey, decision: &str) -> Result<bool, Refusal> {
    match app.read::<RequestState>(&request.stream_key(&member.account)).await? {
        Some(done) => done.repeats(decision).map(|()| true),
        None => Ok(false),
    }
}
