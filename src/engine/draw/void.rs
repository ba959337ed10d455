//! The void of an attempt: a draw that ended without papers, or whose papers nobody may use.

use crate::fault::{Fault, Text};
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, BatchId};
use kaoping_record::message::Message;
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};

/// The longest reason, in characters.
pub const MAX_NOTE: usize = 500;

/// The record that ends an attempt. The organization signs it; its identity stands in the next basis's `replaces`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DrawVoid {
    /// Who, from outside the organization, approved it.
    pub approved_by: AccountId,
    /// When it was approved.
    pub at_ms: Time,
    /// The attempt that ends, from 1.
    pub attempt: u32,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// Digest of the attempt's manifest.
    pub manifest: Digest,
    /// What happened, in words; 1 to [`MAX_NOTE`] characters.
    pub note: String,
    /// Custodians whose secrets were open by then, sorted.
    pub opened: Vec<AccountId>,
    /// Who asked for it.
    pub proposed_by: AccountId,
    /// Why the attempt cannot go on.
    pub reason: VoidReason,
}

/// Why an attempt ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum VoidReason {
    /// A secret and its sealed backup are lost.
    SecretLost,
    /// A custodian does not open the secret.
    SecretWithheld,
    /// No witness cosigned the openings before the public entropy's time.
    OpeningsLate,
    /// The public entropy that the basis names did not come.
    EntropyMissing,
    /// Plan, seating or roster must change before anybody has sat down.
    PlanChanged,
}

impl Message for DrawVoid {
    const KIND: &'static str = "draw-void";
    const VERSION: u32 = 1;
}

impl DrawVoid {
    /// Every fault of the record by itself. Places are JSON pointers (RFC 6901).
    #[must_use]
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.note.trim().is_empty() || self.note.chars().count() > MAX_NOTE {
            faults.push(Fault::new(
                "void_note",
                "/note",
                Text::new("没有写明经过，或超过 500 个字", "what happened is not told, or in more than 500 characters"),
                Text::new("用 1 至 500 个字写明经过", "tell it in 1 to 500 characters"),
            ));
        }
        if self.approved_by == self.proposed_by {
            faults.push(Fault::new(
                "void_approval",
                "/approved_by",
                Text::new("提出作废的人不能自己批准", "who asks for the void cannot approve it"),
                Text::new("由机构以外的保管人批准", "a custodian from outside approves it"),
            ));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoping_record::id::IdError;

    fn void(approved_by: &str, note: &str) -> Result<DrawVoid, IdError> {
        Ok(DrawVoid {
            approved_by: AccountId::new(approved_by)?,
            at_ms: Time::from_millis(0),
            attempt: 1,
            batch: BatchId::new("b")?,
            manifest: Digest::ZERO,
            note: note.to_owned(),
            opened: Vec::new(),
            proposed_by: AccountId::new("officer")?,
            reason: VoidReason::SecretLost,
        })
    }

    #[test]
    fn a_void_needs_a_reason_and_a_second_person() -> Result<(), IdError> {
        let codes = |void: DrawVoid| void.check().into_iter().map(|fault| fault.code).collect::<Vec<_>>();
        assert!(codes(void("outside", "U 盘损坏，备份也打不开")?).is_empty());
        assert_eq!(codes(void("officer", "损坏")?), ["void_approval"]);
        assert_eq!(codes(void("outside", " ")?), ["void_note"]);
        assert_eq!(codes(void("outside", &"长".repeat(501))?), ["void_note"]);
        Ok(())
    }
}
