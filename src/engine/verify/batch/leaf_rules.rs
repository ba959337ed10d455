//! What must be opened of a batch, and what may follow its closing.
//!
//! A `key_correction` may stay closed: the record opens an item's key, which only the audit bundle
//! may show.

use kaoping_record::log::leaf::LeafKind;

/// Leaves without which a batch cannot be found whole.
pub(super) const fn must_open(kind: LeafKind) -> bool {
    kind.is_terminal()
        || matches!(
            kind,
            LeafKind::Basis
                | LeafKind::Manifest
                | LeafKind::AttemptVoid
                | LeafKind::Roster
                | LeafKind::SpareUsed
                | LeafKind::SpareUnused
                | LeafKind::Correction
                | LeafKind::Certificate
                | LeafKind::Closing
        )
}

/// What stands after the closing alone: before it, no rule of a batch has led to a result for good.
pub(super) const fn must_follow_the_closing(kind: LeafKind) -> bool {
    matches!(kind, LeafKind::KeyCorrection)
}

/// What a closed batch may still lead to. A second closing is a finding of its own.
pub(super) const fn may_follow_the_closing(kind: LeafKind) -> bool {
    matches!(
        kind,
        LeafKind::Correction
            | LeafKind::KeyCorrection
            | LeafKind::Certificate
            | LeafKind::Revocation
            | LeafKind::Acknowledgement
            | LeafKind::Key
            | LeafKind::Closing
    )
}
