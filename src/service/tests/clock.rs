//! Clocks that are moved, and machines that are started again, while papers are open.

use super::fixture::{Batch, Caller, Person, Service};
use super::pc::{Pc, seated_pc};
use axum::http::StatusCode;
use kaoping_service::aggregates::account::Role;
use kaoping_service::app::App;
use kaoping_service::operations::logins;
use kaoping_service::operations::sittings::collect_overdue;
use serde_json::{Value, json};

const MINUTE: i64 = 60_000;

async fn answers(batch: &Batch, pc: &mut Pc, place: usize) -> super::fixture::Answer {
    let answer = pc.answer(place, 0);
    let text = pc.write(batch, &answer);
    pc.send(batch, &[text]).await
}

/// A seat that has opened its paper and answered the first question.
async fn at_work() -> (Batch, String, Pc) {
    let (batch, id, _, mut pc) = seated_pc().await;
    let opened = pc.opened(None);
    let text = pc.write(&batch, &opened);
    pc.send(&batch, &[text]).await.ok();
    answers(&batch, &mut pc, 0).await.ok();
    assert_eq!(collect_overdue(&batch.service.app).await.unwrap(), 0);
    (batch, id, pc)
}

async fn seat(batch: &Batch, pc: &Pc) -> Value {
    batch.service.get(&Caller::Seat(&pc.token), "/api/v1/seat").await.ok()
}

async fn left_minutes(batch: &Batch, pc: &Pc) -> i64 {
    let seat = seat(batch, pc).await;
    (seat["deadline"]["ends_at_ms"].as_i64().unwrap() - seat["now_ms"].as_i64().unwrap()) / MINUTE
}

/// The kinds of entries in the room's journal.
fn happenings(board: &Value) -> Vec<&str> {
    board["journal"].as_array().unwrap().iter().map(|line| line["happening"].as_str().unwrap()).collect()
}

// Back by a minute: once each seat ended on a page that could not be opened, and stayed there.
#[tokio::test]
async fn a_clock_that_is_set_back_refuses_nothing() {
    let (batch, id, mut pc) = at_work().await;
    for (place, back) in [(1, 60), (2, 30 * 60), (3, 400 * 24 * 3600)] {
        batch.service.clock.advance_minutes(1);
        batch.service.clock.step_seconds(-back);
        answers(&batch, &mut pc, place).await.ok();
        assert_eq!(collect_overdue(&batch.service.app).await.unwrap(), 0);
    }
    assert_eq!(left_minutes(&batch, &pc).await, 87, "90 minutes, of which three have passed");
    let board = batch.board(&id).await;
    assert_eq!(happenings(&board), ["opened", "clock_stepped", "clock_stepped", "clock_stepped"]);
    assert_eq!((&board["journal"][1]["step_ms"], &board["journal"][1]["by"]), (&json!(-60_000), &Value::Null));
    assert_eq!(board["clock_moved_ms"], -(60 + 30 * 60 + 400 * 24 * 3600) * 1000_i64);
}

// Forward for 12 seconds: once every paper was taken, irrevocably.
#[tokio::test]
async fn a_clock_that_is_set_forward_ends_nothing() {
    let (batch, id, mut pc) = at_work().await;
    batch.service.clock.step_seconds(2 * 3600);
    assert_eq!(collect_overdue(&batch.service.app).await.unwrap(), 0);
    assert_eq!(seat(&batch, &pc).await["state"], "open");
    assert_eq!(batch.board(&id).await["clock_moved_ms"], 2 * 3_600_000);
    batch.service.clock.advance_seconds(12);
    answers(&batch, &mut pc, 1).await.ok();
    batch.service.clock.step_seconds(-2 * 3600);
    assert_eq!(collect_overdue(&batch.service.app).await.unwrap(), 0);
    let board = batch.board(&id).await;
    assert_eq!((&board["clock_moved_ms"], &board["state"]), (&json!(0), &json!("open")));

    // The paper ends when 90 minutes have passed, whatever the wall clock says.
    batch.service.clock.step_seconds(-3600);
    batch.service.clock.advance_minutes(90);
    assert_eq!(seat(&batch, &pc).await["state"], "open");
    assert_eq!(collect_overdue(&batch.service.app).await.unwrap(), 0, "a hand-in still has its grace");
    batch.service.clock.advance_minutes(1);
    assert_eq!(collect_overdue(&batch.service.app).await.unwrap(), 1);
}

// What lies ahead of the room's time waits; once it was refused for good.
#[tokio::test]
async fn what_is_ahead_waits_and_is_taken_later() {
    let (batch, _, mut pc) = at_work().await;
    let at = batch.service.app.steady_now().plus_millis(MINUTE);
    let sealed = pc.answer(1, 0).seal(&pc.stream, pc.head, at, &pc.key).unwrap();
    let text = String::from_utf8(sealed.bytes().to_vec()).unwrap();
    let ahead = pc.send(&batch, std::slice::from_ref(&text)).await;
    assert_eq!((ahead.status, ahead.code()), (StatusCode::CONFLICT, "ahead"));
    assert_eq!(ahead.retry_after.as_deref(), Some("3"));
    batch.service.clock.advance_minutes(1);
    pc.send(&batch, &[text]).await.ok();
    pc.head = sealed.head();
    answers(&batch, &mut pc, 2).await.ok();
}

async fn decide(batch: &Batch, id: &str, counts: bool, length_ms: i64) -> super::fixture::Answer {
    batch.room(id, "gap", json!({ "counts": counts, "length_ms": length_ms, "reason": "停电" })).await
}

/// The machine was off for 10 minutes, ten minutes after the opening.
async fn restarted() -> (Batch, String, Pc) {
    let (batch, id, mut pc) = at_work().await;
    batch.service.clock.advance_minutes(10);
    answers(&batch, &mut pc, 1).await.ok();
    assert_eq!(collect_overdue(&batch.service.app).await.unwrap(), 0);
    batch.service.clock.restart_after_seconds(600);
    (batch, id, pc)
}

#[tokio::test]
async fn after_a_restart_answers_are_taken_and_nothing_ends_until_somebody_decides() {
    let (batch, id, mut pc) = restarted().await;
    // Even before the service has written an anchor.
    assert_eq!(seat(&batch, &pc).await["deadline"], json!({ "state": "unconfirmed", "left_ms": 80 * MINUTE }));
    assert_eq!(collect_overdue(&batch.service.app).await.unwrap(), 0);
    let board = batch.board(&id).await;
    assert_eq!((&board["state"], &board["ends_at_ms"]), (&json!("unconfirmed"), &Value::Null));
    let gap = &board["gap"];
    assert_eq!(gap["length_ms"], 10 * MINUTE);
    assert_eq!((&gap["left_if_counted_ms"], &gap["left_if_not_ms"]), (&json!(70 * MINUTE), &json!(80 * MINUTE)));
    // The page went on by its own clock, which is ten minutes further.
    let page = batch.service.app.now();
    let sealed = pc.answer(2, 0).seal(&pc.stream, pc.head, page, &pc.key).unwrap();
    pc.send(&batch, &[String::from_utf8(sealed.bytes().to_vec()).unwrap()]).await.ok();
    pc.head = sealed.head();
    // Long after the end nothing has ended.
    batch.service.clock.advance_minutes(300);
    assert_eq!(collect_overdue(&batch.service.app).await.unwrap(), 0);
    let seat = seat(&batch, &pc).await;
    assert_eq!((&seat["state"], &seat["deadline"]["left_ms"]), (&json!("open"), &json!(0)));
    assert_eq!(batch.room(&id, "pause", json!({ "reason": "停电" })).await.code(), "gap_undecided");
    assert_eq!(decide(&batch, &id, true, 9 * MINUTE).await.code(), "no_gap", "another interruption than was shown");
}

#[tokio::test]
async fn the_gap_counts_or_not_as_an_invigilator_decides_with_a_reason() {
    for (counts, left, happens) in [(true, 69, 0), (false, 79, 10)] {
        let (batch, id, mut pc) = restarted().await;
        assert_eq!(collect_overdue(&batch.service.app).await.unwrap(), 0);
        batch.service.clock.advance_minutes(1);
        let decided = decide(&batch, &id, counts, 10 * MINUTE).await.ok();
        assert_eq!((&decided["state"], &decided["gap"]), (&json!("open"), &Value::Null));
        assert_eq!(left_minutes(&batch, &pc).await, left);
        assert_eq!(decide(&batch, &id, counts, 10 * MINUTE).await.code(), "no_gap", "once");
        let told = decided["journal"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&told["happening"], &told["counts"]), (&json!("gap_decided"), &json!(counts)));
        assert_eq!((&told["by"], &told["reason"]), (&json!("invigilator-1"), &json!("停电")));
        // A page that went on through the gap is still not ahead.
        let room = seat(&batch, &pc).await["now_ms"].as_i64().unwrap();
        let page = kaoping_record::time::Time::from_millis(room + happens * MINUTE);
        let sealed = pc.answer(3, 0).seal(&pc.stream, pc.head, page, &pc.key).unwrap();
        pc.send(&batch, &[String::from_utf8(sealed.bytes().to_vec()).unwrap()]).await.ok();
        pc.head = sealed.head();
    }
}

#[tokio::test]
async fn a_restart_of_the_service_alone_changes_nothing() {
    let (batch, id, pc) = at_work().await;
    batch.service.clock.advance_minutes(10);
    assert_eq!(collect_overdue(&batch.service.restarted()).await.unwrap(), 0);
    assert_eq!(left_minutes(&batch, &pc).await, 80);
    assert_eq!(happenings(&batch.board(&id).await), ["opened"]);
}

// A login that the clock has ended once lived again when the clock went back.
#[tokio::test]
async fn a_login_that_expired_stays_expired_and_a_step_ends_none() {
    let service = Service::new().await;
    let person = service.person("office", Role::Officer).await;
    let me = async || service.get(&Caller::Staff(&person), "/api/v1/me").await.status;
    service.clock.step_seconds(15 * 3600);
    assert_eq!(me().await, StatusCode::OK, "a step of the clock ends no login");
    service.clock.advance_minutes(logins::HOURS * 60 - 1);
    assert_eq!(me().await, StatusCode::OK);
    service.clock.advance_minutes(1);
    assert_eq!(me().await, StatusCode::UNAUTHORIZED);
    service.clock.step_seconds(-40 * 3600);
    assert_eq!(me().await, StatusCode::UNAUTHORIZED);
    // Also when the service starts again by the clock that was set back.
    let app = service.restarted();
    let is_in = async |app: &App, person: &Person| {
        let token = kaoping_record::digest::from_hex(person.cookie.split_once('=').unwrap().1).unwrap();
        logins::member_of(app, &token).await.unwrap().is_some()
    };
    assert!(!is_in(&app, &person).await);
}

// A login that nobody presented after its end once lived again when the clock was set back and the
// service started anew.
#[tokio::test]
async fn an_expired_login_that_nobody_presented_stays_expired() {
    let service = Service::new().await;
    let [first, second] = [service.person("office", Role::Officer).await, service.person("lead", Role::Lead).await];
    let restarted = || service.restarted();
    let is_in = async |app: &App, person: &Person| {
        let token = kaoping_record::digest::from_hex(person.cookie.split_once('=').unwrap().1).unwrap();
        logins::member_of(app, &token).await.unwrap().is_some()
    };
    assert!(is_in(&restarted(), &first).await, "a start of the service alone ends no login");
    service.clock.advance_minutes(logins::HOURS * 60 + 1);
    service.clock.step_seconds(-10 * 3600);
    assert!(!is_in(&restarted(), &first).await);
    // After a start of the machine with a clock that lost its battery.
    service.clock.step_seconds(-20 * 3600);
    service.clock.restart_after_seconds(60);
    assert!(!is_in(&restarted(), &second).await);
}

// The page that waits once heard the wall clock, and the room's time as soon as it was bound.
#[tokio::test]
async fn a_waiting_page_hears_the_rooms_time() {
    let (batch, id, _, pc) = seated_pc().await;
    batch.service.clock.advance_minutes(5);
    batch.service.clock.step_seconds(3 * 3600);
    let ticket = batch.tickets(&id).await[1].clone();
    let (enrolment, token) = batch.ask(&ticket, 9).await;
    let path = format!("/api/v1/seat/enrolments/{enrolment}");
    let waiting = batch.service.get(&Caller::Seat(&token), &path).await.ok();
    assert_eq!(waiting["state"], "waiting");
    assert_eq!(waiting["now_ms"], seat(&batch, &pc).await["now_ms"]);
}

/// Numbers that are the same in each run.
fn step_of(round: i64) -> i64 {
    [60, -60, 7200, -30, 3600, -10_800, 86_400, -86_399][usize::try_from(round % 8).unwrap()] * (1 + round % 5)
}

// A whole room answers while somebody sets the clock again and again: nobody is refused, and
// nothing ends.
#[tokio::test]
async fn a_room_goes_on_under_a_clock_that_jumps() {
    let rounds = if std::env::var_os("KAOPING_TEST_LONG").is_some() { 400 } else { 24 };
    let (batch, id) = Batch::with_papers().await;
    let mut seats = Vec::new();
    for (seed, ticket) in (7..).zip(batch.tickets(&id).await) {
        let (enrolment, token) = batch.ask(&ticket, seed).await;
        batch.bind(&id, &enrolment, None).await.ok();
        seats.push((token, seed));
    }
    batch.room(&id, "open", json!({})).await.ok();
    let mut pcs = Vec::new();
    for (token, seed) in seats {
        let mut pc = Pc::new(&batch, token, seed).await;
        let opened = pc.opened(None);
        let opened = pc.write(&batch, &opened);
        pc.send(&batch, &[opened]).await.ok();
        pcs.push(pc);
    }
    let Ok([mut a, mut b, mut c, mut d]) = <[Pc; 4]>::try_from(pcs) else { panic!("four seats") };
    for round in 0..rounds {
        batch.service.clock.advance_seconds(5);
        batch.service.clock.step_seconds(step_of(round));
        let place = usize::try_from(round).unwrap() % 50;
        let (first, second, third, fourth, ended) = tokio::join!(
            answers(&batch, &mut a, place),
            answers(&batch, &mut b, place),
            answers(&batch, &mut c, place),
            answers(&batch, &mut d, place),
            collect_overdue(&batch.service.app),
        );
        for answer in [first, second, third, fourth] {
            answer.ok();
        }
        assert_eq!(ended.unwrap(), 0, "round {round}");
    }
    let passed = rounds * 5 / 60;
    assert!((89 - passed..=90 - passed).contains(&left_minutes(&batch, &a).await));
}
