//! A request that was carried out, by the key that the page gave it. The page sends the same key
//! when it sends the request again after a lost answer, so that a decision is taken once.

use crate::refusal::Refusal;
use crate::work::Aggregate;
use kaoping_record::id::AccountId;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The key of a request, which the page makes anew for each decision: 16 to 64 characters of a-z,
/// 0-9 and `-`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^[a-z0-9-]{16,64}$")]
pub struct RequestKey(String);

impl TryFrom<String> for RequestKey {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = (16..=64).contains(&text.len())
            && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if fits { Ok(Self(text)) } else { Err("`request` is not 16 to 64 characters of a-z, 0-9 and `-`") }
    }
}

impl RequestKey {
    /// The name of the request's stream. Keys of two accounts never meet.
    #[must_use]
    pub fn stream_key(&self, account: &AccountId) -> String {
        format!("{account}.{}", self.0)
    }
}

/// A request that was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestState {
    /// What was decided, and about what: `extend/SITTING`.
    pub decision: String,
    /// The identifier of what it made, where it made something.
    pub made: Option<String>,
}

impl RequestState {
    /// That the same is asked for again.
    ///
    /// # Errors
    /// `request_reused` when the key was used for another decision.
    pub fn repeats(&self, decision: &str) -> Result<(), Refusal> {
        if self.decision == decision {
            return Ok(());
        }
        Err(Refusal::conflict(
            "request_reused",
            "request",
            ("这次操作的编号已经用过。", "the key of this request was used for another decision"),
            ("刷新页面后重新操作。", "reload the page and decide again"),
        ))
    }
}

/// What happens to a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum RequestEvent {
    /// It was carried out, in the same commit.
    Done { decision: String, made: Option<String> },
}

impl Aggregate for RequestState {
    const FAMILY: &'static str = "request";
    const COLLECTION: Collection = Collection::Request;
    type Event = RequestEvent;

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        let RequestEvent::Done { decision, made } = event;
        Some(Self { decision, made })
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        let RequestEvent::Done { decision, made } = event;
        *self = Self { decision, made };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_bounded_and_a_decision_has_its_own() {
        let key = |text: &str| RequestKey::try_from(text.to_owned());
        assert!(key("0123456789abcdef").is_ok() && key(&"a".repeat(64)).is_ok());
        for bad in ["", "0123456789abcde", "0123456789ABCDEF", "0123456789abcde/", &"a".repeat(65)] {
            assert!(key(bad).is_err(), "{bad}");
        }
        let done = RequestState { decision: "extend/s1".into(), made: None };
        assert!(done.repeats("extend/s1").is_ok());
        assert_eq!(
            done.repeats("extend/s2").map_err(|refusal| refusal.code().to_owned()),
            Err("request_reused".into())
        );
    }
}
