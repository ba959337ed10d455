//! The reason and the authors of a decision.

use super::{RecordError, need};
use kaoping_record::id::AccountId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The longest text of a record, in characters.
pub const MAX_TEXT: usize = 500;
/// The most people who decide together.
pub const MAX_DECIDERS: usize = 16;

/// A reason: a code for programs, and words for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason<Code> {
    /// The reason by its code.
    pub code: Code,
    /// The same in words, 1 to [`MAX_TEXT`] characters, not blank.
    pub text: String,
}

/// Who decided or approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decider {
    /// Account of the member of staff.
    pub account: AccountId,
    /// Whether the person is from outside the organization.
    pub outside: bool,
}

/// Checks a text that people read: 1 to [`MAX_TEXT`] characters, not blank.
///
/// # Errors
/// [`RecordError::Member`].
pub(super) fn check_text(text: &str, member: &'static str) -> Result<(), RecordError> {
    let length = text.chars().count();
    need(!text.trim().is_empty() && length <= MAX_TEXT, member, "must have 1 to 500 characters that are not all blank")
}

/// Checks that 1 to [`MAX_DECIDERS`] accounts decided, each named once.
///
/// # Errors
/// [`RecordError::Member`].
pub(super) fn check_deciders(deciders: &[Decider], member: &'static str) -> Result<(), RecordError> {
    let accounts: BTreeSet<_> = deciders.iter().map(|decider| &decider.account).collect();
    let right = accounts.len() == deciders.len() && (1..=MAX_DECIDERS).contains(&deciders.len());
    need(right, member, "must name 1 to 16 accounts, each once")
}
