//! Seats that are bound, moved, handed in and given back.

use super::super::sitting_event::EndedBy;
use super::*;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BatchId, PseudonymId, RoomId, SeatId};
use kaoping_record::key::{Algorithm, Signer as _};
use kaoping_record::software::Ed25519Signer;

fn sitting() -> TheorySitting {
    let place = Place {
        batch: BatchId::new("b1").expect("id"),
        pseudonym: PseudonymId::new("p1").expect("id"),
        ticket: "2611225010001".into(),
        session: 1,
        room: RoomId::new("r1").expect("id"),
        number: 1,
        seat: SeatId::new("s1-r1-01").expect("id"),
    };
    TheorySitting::new(place)
}

fn pc(enrolment: &str) -> Pc {
    let key = Ed25519Signer::from_seed(&[7; 32]).expect("seed").public_key().clone();
    assert_eq!(key.algorithm(), Algorithm::Ed25519);
    Pc { enrolment: enrolment.into(), key }
}

fn end() -> SittingEnd {
    SittingEnd {
        by: EndedBy::Candidate,
        reason: None,
        at_ms: Time::from_millis(1),
        heads: Vec::new(),
        answered: 0,
        receipt: String::new(),
        salt: String::new(),
        journal: Digest::of(b""),
        left_ms: 60_000,
    }
}

fn code<T>(refused: Result<T, impl Into<Refusal>>) -> String {
    refused.err().map(|refusal| refusal.into().code().to_owned()).unwrap_or_default()
}

// Catches a move without a reason, and a binding or an absence after the paper is in.
#[test]
fn a_seat_is_bound_moved_and_handed_in_once() {
    let mut sitting = sitting();
    assert_eq!(code(sitting.hand_in(end())), "never_bound");
    let bound = sitting.bind(pc("e1"), Some("not needed")).expect("first PC");
    assert!(matches!(&bound, SittingEvent::Bound { reason: None, .. }));
    sitting.apply(bound, Time::from_millis(0));
    assert_eq!(code(sitting.mark_absent("未到")), "has_come");
    assert_eq!(code(sitting.bind(pc("e2"), Some("  "))), "reason_missing");
    let moved = sitting.bind(pc("e2"), Some("死机")).expect("second PC");
    sitting.apply(moved, Time::from_millis(0));
    assert_eq!(sitting.last_pc(), Some(1));
    let ended = sitting.hand_in(end()).expect("hand-in");
    sitting.apply(ended, Time::from_millis(0));
    assert_eq!(code(sitting.hand_in(end())), "already_handed_in");
    assert_eq!(code(sitting.bind(pc("e3"), Some("死机"))), "already_handed_in");
    assert_eq!(code(sitting.extend(10, "停电", AccountId::new("a1").expect("id"))), "already_handed_in");
}

// Catches an end that one person undoes, an own hand-in that is undone, and a given-back paper
// without time.
#[test]
fn two_people_give_a_paper_back_with_what_was_left() {
    let account = |name: &str| AccountId::new(name).expect("id");
    let receipt = Digest::of(b"receipt");
    let at = Time::from_millis;
    let mut own = sitting();
    own.apply(own.bind(pc("e1"), None).expect("first PC"), at(0));
    assert_eq!(code(own.ask_reopening(5, "误收", account("a1"))), "not_undoable");
    let mut collected = own.clone();
    own.apply(own.hand_in(end()).expect("hand-in"), at(0));
    assert_eq!(code(own.ask_reopening(5, "误收", account("a1"))), "not_undoable");

    let taken = SittingEnd { by: EndedBy::Invigilator, reason: Some("误收".into()), ..end() };
    collected.apply(collected.hand_in(taken).expect("collected"), at(0));
    assert_eq!(code(collected.approve_reopening(&account("a2"), receipt, Some)), "reopening_not_asked");
    assert_eq!(code(collected.ask_reopening(121, "误收", account("a1"))), "minutes");
    assert_eq!(code(collected.ask_reopening(5, " ", account("a1"))), "reason");
    collected.apply(collected.ask_reopening(5, "误收", account("a1")).expect("asks"), at(0));
    assert_eq!(code(collected.approve_reopening(&account("a1"), receipt, Some)), "second_needed");
    let mut asked_for = 0;
    let lacking = |left| {
        asked_for = left;
        Some(left + 7)
    };
    let reopened = collected.approve_reopening(&account("a2"), receipt, lacking).expect("approves");
    assert_eq!(asked_for, 60_000 + 5 * 60_000, "what was left, and five minutes");
    collected.apply(reopened, at(9));
    assert!(matches!(collected.stage, TheoryStage::Bound) && collected.reopening.is_none());
    assert_eq!((collected.added_ms(), collected.extra_ms), (360_007, 0));
    assert_eq!(collected.undone, [UndoneEnd { receipt, reopened_ms: at(9) }]);
    assert_eq!(code(collected.approve_reopening(&account("a2"), receipt, Some)), "not_undoable");

    let over = SittingEnd { by: EndedBy::Time, left_ms: 0, ..end() };
    collected.apply(collected.hand_in(over).expect("time"), at(10));
    assert_eq!(code(collected.ask_reopening(0, "时钟拨快", account("a1"))), "no_time_left");
    assert!(collected.ask_reopening(1, "时钟拨快", account("a1")).is_ok());
}

// Catches extra time outside its bounds, and an absence that outlives the candidate's arrival.
#[test]
fn extra_time_is_bounded_and_who_comes_late_is_present() {
    let mut sitting = sitting();
    let by = AccountId::new("a1").expect("id");
    assert_eq!(code(sitting.extend(0, "停电", by.clone())), "minutes");
    assert_eq!(code(sitting.extend(121, "停电", by.clone())), "minutes");
    let extended = sitting.extend(10, "停电", by).expect("extra time");
    sitting.apply(extended, Time::from_millis(0));
    assert_eq!(sitting.extra_ms, 600_000);
    let absent = sitting.mark_absent("未到").expect("absence");
    sitting.apply(absent, Time::from_millis(0));
    assert!(sitting.is_absent());
    let bound = sitting.bind(pc("e1"), None).expect("late arrival");
    sitting.apply(bound, Time::from_millis(0));
    assert!(!sitting.is_absent());
}
