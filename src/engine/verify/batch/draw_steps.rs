//! The steps of the draw in the log of its batch, and whether results are of the draw in force.

use super::finding::{BatchDefect, Found};
use crate::draw::basis::Basis;
use crate::result::credential::ResultCredential;
use kaoping_record::digest::Digest;
use kaoping_record::id::PseudonymId;
use kaoping_record::log::leaf::{Leaf, LeafKind};
use std::collections::BTreeMap;

/// The most bases of one batch: each attempt of its draw has one.
const MAX_BASES: usize = 64;
/// The most leaves of its draw that are kept.
const MAX_LEAVES: usize = 4096;

/// What the leaves so far say of the draw.
#[derive(Default)]
pub(super) struct DrawSteps {
    bases: BTreeMap<Digest, Basis>,
    /// The manifest in force, and its basis.
    in_force: Option<(Digest, Digest)>,
    /// Results were logged: no step of the draw may follow.
    has_results: bool,
    /// Attempts that ended without papers.
    voids: u32,
    /// The leaves of the draw's steps, by index: what each commits to.
    leaves: BTreeMap<u64, Digest>,
}

impl DrawSteps {
    pub(super) fn has_basis(&self) -> bool {
        !self.bases.is_empty()
    }

    /// Keeps a leaf of the draw, with which a published draw is compared.
    pub(super) fn leaf(&mut self, index: u64, leaf: &Leaf) {
        let of_draw = matches!(
            leaf.kind,
            LeafKind::Basis | LeafKind::Manifest | LeafKind::SecretOpening | LeafKind::Opening | LeafKind::AttemptVoid
        );
        if of_draw && self.leaves.len() < MAX_LEAVES {
            self.leaves.insert(index, leaf.commitment);
        }
    }

    pub(super) fn into_leaves(self) -> BTreeMap<u64, Digest> {
        self.leaves
    }

    pub(super) fn knows(&self, basis: &Digest) -> bool {
        self.bases.contains_key(basis)
    }

    /// The manifest in force.
    pub(super) fn in_force(&self) -> Option<Digest> {
        self.in_force.map(|(manifest, _)| manifest)
    }

    pub(super) fn basis_in_force(&self) -> Option<&Basis> {
        self.in_force.and_then(|(_, basis)| self.bases.get(&basis))
    }

    /// Whether a leaf of this kind comes after what it must precede.
    pub(super) fn is_too_late(&self, kind: LeafKind) -> bool {
        match kind {
            LeafKind::Roster => self.has_results || self.has_basis(),
            LeafKind::Basis | LeafKind::SecretOpening | LeafKind::Opening | LeafKind::AttemptVoid => self.has_results,
            _ => false,
        }
    }

    pub(super) fn basis(&mut self, identity: Digest, basis: &Basis, found: &mut Found) {
        if self.bases.len() < MAX_BASES {
            self.bases.insert(identity, basis.clone());
        } else {
            found.add(BatchDefect::StepDoubled, "basis", "抽题依据太多。", "more bases than a batch may have");
        }
    }

    /// Takes a manifest, whose basis is known.
    pub(super) fn manifest(&mut self, identity: Digest, basis: Digest, found: &mut Found) {
        let attempt = self.bases.get(&basis).map(|basis| basis.attempt);
        if self.has_results {
            let (zh, en) = ("抽题清单晚于成绩登记。", "a manifest is logged after results");
            found.add(BatchDefect::DrawOther, "manifest", zh, en);
        } else if self.in_force.is_some() || attempt != self.voids.checked_add(1) {
            let (zh, en) = (
                "此前的抽题没有作废，或作废的次数与抽题依据所写的不符。",
                "the attempt before it was not voided, or the basis counts other voids than the log has",
            );
            found.add(BatchDefect::DrawOther, "manifest", zh, en);
        }
        self.in_force = Some((identity, basis));
    }

    pub(super) fn void(&mut self) {
        self.voids = self.voids.saturating_add(1);
        self.in_force = None;
    }

    /// Whether a result is of the draw in force: its manifest, its attempt, its level, its
    /// algorithm.
    pub(super) fn result(&mut self, pseudonym: &PseudonymId, result: &ResultCredential, found: &mut Found) {
        self.has_results = true;
        let (Some(manifest), basis) = (self.in_force(), self.basis_in_force()) else { return };
        let subject = &result.credential_subject;
        let same = basis.is_some_and(|basis| {
            subject.evidence.manifest == manifest
                && subject.evidence.attempt == basis.attempt
                && subject.level == basis.level
                && subject.rules.draw == basis.algorithm
        });
        if !same {
            found.add(
                BatchDefect::DrawOther,
                pseudonym.as_str(),
                "成绩所写的抽题清单、次数、等级或算法不是本批次现行的。",
                "manifest, attempt, level or algorithm of the result is not that of the draw in force",
            );
        }
    }
}
