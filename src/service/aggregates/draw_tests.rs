//! Tests of `draw.rs`.

use super::*;
use crate::aggregates::key_correction::KeyCorrections;
use crate::aggregates::log::LoggedLeaf;
use kaoping_engine::draw::void::VoidReason;

fn account(name: &str) -> AccountId {
    AccountId::new(name).expect("id")
}

fn leaf(index: u64) -> LoggedLeaf {
    LoggedLeaf { index, salt: String::new(), record: Digest::of(b"record") }
}

fn recorded() -> Recorded {
    Recorded { message: Digest::of(b"message"), leaf: leaf(0) }
}

fn basis(name: &str) -> FixedBasis {
    let leaf = LoggedLeaf { record: Digest::of(name.as_bytes()), ..leaf(1) };
    FixedBasis {
        record: Recorded { leaf, ..recorded() },
        not_before_ms: Some(Time::from_millis(1_000)),
        returned: Vec::new(),
    }
}

fn opened(index: u64) -> OpenedSecret {
    OpenedSecret { secret: "00".into(), record: Recorded { leaf: leaf(index), ..recorded() } }
}

fn fixed() -> FixedDraw {
    FixedDraw {
        basis: basis("basis"),
        manifest: FixedManifest { digest: Digest::of(b"manifest"), message: Digest::of(b"message"), leaf: leaf(1) },
        commitments: [(account("c1"), Digest::of(b"1")), (account("c2"), Digest::of(b"2"))].into(),
        secrets: BTreeMap::new(),
        witnessed: None,
        entropy: None,
        proposal: None,
    }
}

fn deal() -> Deal {
    let digest = Digest::of(b"deal");
    Deal { seed_digest: digest, opening: recorded(), papers: digest, equivalence: digest, count: 1 }
}

fn proposal() -> Proposal {
    Proposal {
        reason: VoidReason::SecretLost,
        note: "密码丢失".into(),
        by: account("office"),
        at_ms: Time::from_millis(1),
        next_custodians: Vec::new(),
    }
}

// Catches a proposal that is left behind by a deal and can never be taken back.
#[test]
fn a_proposed_void_can_be_taken_back_before_and_after_the_deal() {
    for dealt in [false, true] {
        let mut draw = Draw::Fixed(fixed());
        draw.apply(BatchEvent::VoidProposed { proposal: proposal() });
        if dealt {
            draw.apply(BatchEvent::Dealt { deal: deal() });
        }
        assert!(draw.fixed().is_some_and(|fixed| fixed.proposal.is_some()), "dealt: {dealt}");
        draw.apply(BatchEvent::VoidWithdrawn {});
        assert!(draw.fixed().is_some_and(|fixed| fixed.proposal.is_none()), "dealt: {dealt}");
    }
}

// Catches an event of another stage that moves the draw.
#[test]
fn a_draw_goes_from_committing_over_fixed_to_dealt_and_nowhere_else() {
    let mut draw = Draw::Committing { basis: basis("basis"), commitments: BTreeMap::new() };
    draw.apply(BatchEvent::Dealt { deal: deal() });
    assert!(draw.fixed().is_none() && draw.deal().is_none());
    draw.apply(BatchEvent::Committed { custodian: account("c1"), commitment: Digest::of(b"1") });
    draw.apply(BatchEvent::Fixed { manifest: fixed().manifest });
    assert!(draw.commitment(&account("c1")).is_some());
    draw.apply(BatchEvent::Committed { custodian: account("c2"), commitment: Digest::of(b"2") });
    assert!(draw.commitment(&account("c2")).is_none(), "nobody commits after the manifest");
    draw.apply(BatchEvent::Dealt { deal: deal() });
    draw.apply(BatchEvent::Opened { custodian: account("c1"), opened: opened(2) });
    assert!(draw.fixed().is_some_and(|fixed| fixed.secrets.is_empty()), "nobody opens after the deal");
    assert_eq!(draw.deal().map(|deal| deal.count), Some(1));
}

// A commitment is for one basis: whoever fixes another must ask for all commitments anew, and can
// do so no longer once they are in a manifest.
#[test]
fn another_basis_drops_the_commitments_and_none_follows_the_manifest() {
    let mut seated = Seated {
        candidates: 1,
        roster: Digest::ZERO,
        record: recorded(),
        seating: Digest::ZERO,
        late: Vec::new(),
        draw: Draw::Begun,
        given_up: Vec::new(),
        closing: None,
        key_corrections: KeyCorrections::default(),
    };
    seated.apply(BatchEvent::BasisFixed { basis: basis("first") });
    seated.apply(BatchEvent::Committed { custodian: account("c1"), commitment: Digest::of(b"1") });
    seated.apply(BatchEvent::BasisFixed { basis: basis("second") });
    assert_eq!(seated.draw.commitment(&account("c1")), None);
    let given_up: Vec<_> = seated.given_up.iter().map(|basis| basis.record.leaf.record).collect();
    assert_eq!(given_up, [Digest::of(b"first")]);
    seated.apply(BatchEvent::Fixed { manifest: fixed().manifest });
    seated.apply(BatchEvent::BasisFixed { basis: basis("third") });
    let kept = seated.draw.basis().map(|basis| basis.record.leaf.record);
    assert_eq!((kept, seated.given_up.len()), (Some(Digest::of(b"second")), 1));
}

// A cosignature of the entropy's time, or of a smaller log, does not show that the secrets were
// opened before.
#[test]
fn openings_are_witnessed_whole_and_in_time_or_not_at_all() {
    let mut draw = fixed();
    draw.secrets.insert(account("c1"), opened(7));
    assert!(!draw.is_witnessed_by(100, Time::from_millis(999)), "one secret is still closed");
    draw.secrets.insert(account("c2"), opened(5));
    for (size, at, seen) in [(8, 999, true), (7, 999, false), (8, 1_000, false)] {
        assert_eq!(draw.is_witnessed_by(size, Time::from_millis(at)), seen, "{size} {at}");
    }
}
