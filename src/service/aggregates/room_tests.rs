use super::*;
use kaoping_engine::session::clock::Deadline;
use kaoping_engine::session::room_time::RoomNow;

const OPENED: i64 = 1_800_000_000_000;

fn read(boot: &str, boottime: i64, wall: i64) -> ClockReading {
    ClockReading { wall_ms: at(wall), boot_id: boot.into(), boottime_ms: boottime * 60_000 }
}

fn at(minutes: i64) -> Time {
    Time::from_millis(OPENED + minutes * 60_000)
}

fn now(minutes: i64) -> RoomNow {
    RoomNow { at: at(minutes), confirmed: true, ahead_ms: 0 }
}

fn code<T>(refused: Result<T, impl Into<Refusal>>) -> String {
    refused.err().map(|refusal| refusal.into().code().to_owned()).unwrap_or_default()
}

/// A room that was opened in minute 0, when the machine had run for 100 minutes.
fn opened() -> RoomState {
    let mut room = RoomState::default();
    let event = room.open(&read("a", 100, 0)).expect("opens");
    room.apply(event, at(0), "a");
    room
}

#[test]
fn pauses_and_extra_time_move_the_end_once() {
    assert_eq!(RoomState::default().deadline(90, 0, now(0)), Deadline::NotOpen {});
    let mut room = opened();
    let again = RoomEvent::Opened { anchor: RoomTime::first_anchor(&read("a", 150, 50)) };
    room.apply(again, at(50), "a");
    assert_eq!(room.deadline(90, 0, now(50)), Deadline::Running { ends_at_ms: at(90) });
    room.apply(RoomEvent::Paused { reason: "停电".into() }, at(60), "a");
    assert_eq!(room.deadline(90, 0, now(70)), Deadline::Paused { left_ms: 30 * 60_000 });
    room.apply(RoomEvent::Resumed { reason: "来电".into() }, at(80), "a");
    room.apply(RoomEvent::Resumed { reason: "来电".into() }, at(85), "a");
    assert_eq!(room.deadline(90, 10 * 60_000, now(85)), Deadline::Running { ends_at_ms: at(120) });
}

// Catches a pause before the opening, a second pause, and a resumption of a room that runs.
#[test]
fn each_step_is_decided_from_the_stage() {
    assert_eq!(code(RoomState::default().pause("停电")), "not_now");
    let mut room = opened();
    assert_eq!(room.open(&read("a", 101, 1)), Err(RoomRefusal::AlreadyOpen));
    assert_eq!(code(room.resume("来电")), "not_now");
    assert_eq!(code(room.pause("  ")), "reason");
    assert_eq!(room.pause(" 停电 ").ok(), Some(RoomEvent::Paused { reason: "停电".into() }));
    room.apply(RoomEvent::Paused { reason: "停电".into() }, at(1), "a");
    assert_eq!(code(room.pause("停电")), "not_now");
    assert_eq!(room.open(&read("a", 101, 1)), Err(RoomRefusal::AlreadyOpen));
    assert_eq!(room.note("有人咳嗽").ok(), Some(RoomEvent::Incident { text: "有人咳嗽".into() }));
    assert_eq!(room.journal.len(), 2, "the opening and the pause");
}

// Catches an alarm that is not written, and one that is written again at each anchor.
#[test]
fn a_step_of_the_wall_clock_is_noted_once() {
    let mut room = opened();
    let back = read("a", 110, 9);
    let event = room.anchor(&back, true).expect("open");
    assert!(matches!(event, RoomEvent::ClockStepped { step_ms: -60_000, .. }), "{event:?}");
    room.apply(event, room.now(&back).at, "service");
    assert_eq!(room.now(&back).at, at(10));
    assert!(matches!(room.anchor(&back, true), Some(RoomEvent::Anchored { .. })));
    assert_eq!(room.journal.last().map(|entry| entry.what.clone()), Some(Happening::ClockStepped { step_ms: -60_000 }));
}

// Catches a restart that ends papers, that lets time run unseen, or that asks nobody.
#[test]
fn a_restart_waits_for_a_decision_while_somebody_works() {
    let mut room = opened();
    let after = read("b", 1, 200);
    let event = room.anchor(&after, true).expect("open");
    room.apply(event, room.now(&after).at, "service");
    let unconfirmed = room.now(&read("b", 2, 201));
    assert_eq!(room.deadline(90, 0, unconfirmed), Deadline::Unconfirmed { left_ms: 89 * 60_000 });
    assert_eq!(code(room.pause("停电")), "gap_undecided");
    let length = 200 * 60_000;
    assert_eq!(code(room.decide_gap(true, length + 1, "停电")), "no_gap");
    assert_eq!(code(room.decide_gap(true, length, " ")), "reason");
    let decided = room.decide_gap(true, length, "断网未断电").expect("decides");
    let mut counted = room.clone();
    counted.apply(decided, unconfirmed.at, "a");
    assert_eq!(counted.now(&read("b", 2, 201)).at, at(201));
    assert_eq!(code(counted.decide_gap(true, length, "停电")), "no_gap");
    let decided = room.decide_gap(false, length, "停电").expect("decides");
    room.apply(decided, unconfirmed.at, "a");
    assert_eq!(room.deadline(90, 0, room.now(&read("b", 2, 201))), Deadline::Running { ends_at_ms: at(90) });
    assert_eq!(room.now(&read("b", 2, 201)).at, at(1));
}

#[test]
fn a_restart_of_a_paused_room_asks_nobody() {
    let mut room = opened();
    room.apply(RoomEvent::Paused { reason: "停电".into() }, at(1), "a");
    let after = read("b", 1, 200);
    let event = room.anchor(&after, true).expect("open");
    room.apply(event, room.now(&after).at, "service");
    assert_eq!(room.gap(), None);
    assert_eq!(room.deadline(90, 0, room.now(&after)), Deadline::Paused { left_ms: 89 * 60_000 });
}

// Catches a session that one person ends, that ends while somebody works or on old counts, and a
// change afterwards.
#[test]
fn two_invigilators_end_a_session_and_then_nothing_changes() {
    let (first, second) = (AccountId::new("a1").expect("id"), AccountId::new("a2").expect("id"));
    let counts = EndCounts { handed_in: 3, absent: 1, ..EndCounts::default() };
    assert_eq!(code(RoomState::default().confirm_end(&first, counts, counts)), "not_opened");
    let mut room = opened();
    let working = EndCounts { at_work: 1, ..counts };
    assert_eq!(code(room.confirm_end(&first, working, working)), "at_work");
    assert_eq!(code(room.confirm_end(&first, EndCounts::default(), counts)), "counts_changed");
    let event = room.confirm_end(&first, counts, counts).expect("confirms");
    room.apply(event, at(95), "a1");
    assert!(!room.is_closed());
    assert_eq!(code(room.confirm_end(&first, counts, counts)), "second_needed");
    let other = EndCounts { handed_in: 2, by_invigilator: 1, ..counts };
    let again = room.confirm_end(&second, other, other).expect("confirms");
    assert!(matches!(again, RoomEvent::EndConfirmed { .. }), "the first confirmation was of other counts");
    let event = room.confirm_end(&second, counts, counts).expect("ends");
    room.apply(event, at(96), "a2");
    assert!(room.is_closed());
    assert_eq!(room.opened_at(), Some(at(0)));
    let after = read("a", 200, 100);
    for refused in [
        code(room.open(&after)),
        code(room.pause("停电")),
        code(room.resume("来电")),
        code(room.note("晚到")),
        code(room.decide_gap(true, 0, "停电")),
        code(room.confirm_end(&first, counts, counts)),
    ] {
        assert_eq!(refused, "room_closed");
    }
    assert_eq!(room.anchor(&after, true), None);
}
