//! Kinds whose payloads are defined where they arise, and what makes records of them.

use super::{Record, RecordError, SignedBy, need};
use crate::bank::Index;
use crate::bank::index::INDEX_VERSION;
use crate::draw::basis::Basis;
use crate::draw::certificate::{EquivalenceCertificate, PaperCertificate};
use crate::draw::manifest::{MANIFEST_VERSION, Manifest};
use crate::draw::void::DrawVoid;
use crate::practical::panel::{MIN_SHEETS, PanelMark};
use crate::practical::session::HandedInSheet;
use crate::result::absence::{Absence, Part};
use crate::session::checkpoint::{SeatCheckpoint, TabletCheckpoint};
use crate::session::hand_in::Receipt;
use crate::theory::score::TheoryScore;
use kaoping_record::id::{BatchId, SittingId};
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Message;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// `panel-decision`: a panel's mark on one sheet of one sitting, with the lead examiner's decisions that it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelDecision {
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// The panel's mark with the sheets and decisions behind it.
    pub mark: PanelMark,
    /// The practical sitting.
    pub sitting: SittingId,
}

impl Message for Index {
    const KIND: &'static str = "bank-index";
    const VERSION: u32 = INDEX_VERSION;
}

impl Message for HandedInSheet {
    const KIND: &'static str = "examiner-sheet";
    const VERSION: u32 = 1;
}

impl Message for PanelDecision {
    const KIND: &'static str = "panel-decision";
    const VERSION: u32 = 1;
}

impl Record for Index {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        None
    }

    fn check(&self) -> Result<(), RecordError> {
        need(self.v == INDEX_VERSION, "v", "is not the version of the kind")?;
        need(self.items.is_sorted_by(|a, b| a.id < b.id), "items", "must be sorted by id, each once")
    }
}

impl Record for Basis {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        Some(LeafKind::Basis)
    }

    fn check(&self) -> Result<(), RecordError> {
        need(Basis::check(self).is_empty(), "payload", "is not a basis that may be drawn from")
    }
}

impl Record for Manifest {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        Some(LeafKind::Manifest)
    }

    fn check(&self) -> Result<(), RecordError> {
        need(self.v == MANIFEST_VERSION, "v", "is not the version of the kind")?;
        let custodians: BTreeSet<_> = self.commitments.iter().map(|entry| &entry.custodian).collect();
        let differ = !custodians.is_empty() && custodians.len() == self.commitments.len();
        need(differ, "commitments", "must have one of each custodian")
    }
}

impl Record for DrawVoid {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        Some(LeafKind::AttemptVoid)
    }

    fn check(&self) -> Result<(), RecordError> {
        need(self.attempt > 0, "attempt", "must be at least 1")?;
        need(self.opened.is_sorted_by(|a, b| a < b), "opened", "must be sorted, each once")?;
        need(DrawVoid::check(self).is_empty(), "note", "or approval is not one that ends an attempt")
    }
}

impl Record for PaperCertificate {
    const SIGNED_BY: SignedBy = SignedBy::Service;

    fn leaf(&self) -> Option<LeafKind> {
        None
    }

    fn check(&self) -> Result<(), RecordError> {
        need(self.attempt > 0, "attempt", "must be at least 1")
    }
}

impl Record for EquivalenceCertificate {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        None
    }

    fn check(&self) -> Result<(), RecordError> {
        need(self.attempt > 0, "attempt", "must be at least 1")
    }
}

impl Record for SeatCheckpoint {
    const SIGNED_BY: SignedBy = SignedBy::Device;

    fn leaf(&self) -> Option<LeafKind> {
        None
    }

    fn check(&self) -> Result<(), RecordError> {
        need(self.events > 0, "events", "must be at least 1")
    }
}

impl Record for TabletCheckpoint {
    const SIGNED_BY: SignedBy = SignedBy::Device;

    fn leaf(&self) -> Option<LeafKind> {
        None
    }

    fn check(&self) -> Result<(), RecordError> {
        need(self.events > 0, "events", "must be at least 1")
    }
}

impl Record for Receipt {
    const SIGNED_BY: SignedBy = SignedBy::Service;

    fn leaf(&self) -> Option<LeafKind> {
        None
    }

    fn check(&self) -> Result<(), RecordError> {
        need(self.answered <= self.items, "answered", "must be at most the number of items")?;
        need(self.logged_by_ms >= self.at_ms, "logged_by_ms", "must not lie before the hand-in")
    }
}

impl Record for HandedInSheet {
    const SIGNED_BY: SignedBy = SignedBy::Service;

    fn leaf(&self) -> Option<LeafKind> {
        None
    }

    fn check(&self) -> Result<(), RecordError> {
        need(self.number >= 1, "number", "must be at least 1")?;
        need(!self.scores.is_empty(), "scores", "must not be empty")
    }
}

impl Record for PanelDecision {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        None
    }

    fn check(&self) -> Result<(), RecordError> {
        need(self.mark.examiners.len() >= MIN_SHEETS, "mark.examiners", "must be at least three")?;
        need(self.mark.decisions.are_reasoned(), "mark.decisions", "must each have a reason of 1 to 500 characters")
    }
}

impl Record for Absence {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        Some(LeafKind::Absent)
    }

    fn check(&self) -> Result<(), RecordError> {
        need(
            self.theory.sitting != self.practical.sitting,
            "practical",
            "must be another sitting than the theory exam",
        )?;
        let missed = |part: &Part| part.result.is_none() && part.evidence.is_none();
        let reached = |part: &Part| part.result.is_some() && part.evidence.is_some();
        let whole = |part: &Part| missed(part) || reached(part);
        need(whole(&self.theory) && whole(&self.practical), "result", "and evidence stand together, or neither")?;
        need(missed(&self.theory) || missed(&self.practical), "result", "stands for both parts, so nobody was absent")
    }
}

impl Record for TheoryScore {
    const SIGNED_BY: SignedBy = SignedBy::Organization;

    fn leaf(&self) -> Option<LeafKind> {
        None
    }

    fn check(&self) -> Result<(), RecordError> {
        let sum: u64 = self.items.iter().map(|item| u64::from(item.half_marks.get())).sum();
        need(sum == u64::from(self.half_marks.get()), "half_marks", "must be the sum of the items")?;
        let within = self.items.iter().all(|item| item.half_marks <= item.full);
        need(within, "items", "must not earn more than they are worth")
    }
}
