//! Tests of `session.rs`.

use super::super::code::NoteCode;
use super::super::example;
use super::*;
use crate::session::journal::Output;
use kaoping_record::event::Sealed;
use proptest::prelude::*;
type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn assignment() -> TestResult<Assignment> {
    Ok(Assignment { id: AssignmentId::new("a1")?, examiner: AccountId::new("e1")?, stream: Stream::new("tablet/a1")? })
}

fn started() -> TestResult<SheetSession> {
    let mut session = SheetSession::new(example::sheet()?, assignment()?);
    let start = session.start();
    session.handle(Time::from_millis(1_000), &start)?;
    Ok(session)
}

fn scored(id: &str, award: &str) -> TestResult<SheetEvent> {
    Ok(SheetEvent::Scored { item: SheetItemId::new(id)?, award: AwardCode::new(award)? })
}

/// Everything that the session wants stored, oldest first.
fn journal(session: &mut SheetSession) -> Vec<Vec<u8>> {
    std::iter::from_fn(|| session.journal_mut().poll_output())
        .filter_map(|output| match output {
            Output::Persist(bytes) => Some(bytes),
            _ => None,
        })
        .collect()
}

fn replay(journal: &[Vec<u8>]) -> TestResult<SheetSession> {
    Ok(SheetSession::replay(example::sheet()?, assignment()?, journal.iter().map(Vec::as_slice))?)
}

#[test]
fn an_event_is_stored_then_sent_until_it_is_confirmed() -> TestResult {
    let mut session = started()?;
    let stored = session.journal_mut().poll_output();
    let Some(Output::Send { id, bytes }) = session.journal_mut().poll_output() else {
        return Err("nothing to send".into());
    };
    assert_eq!(stored, Some(Output::Persist(bytes)));
    assert_eq!(session.journal_mut().poll_output(), None);
    assert_eq!(session.journal().unconfirmed().iter().map(Sealed::identity).collect::<Vec<_>>(), [id]);
    assert!(session.journal_mut().confirm(id));
    assert_eq!(session.journal().unconfirmed(), []);
    Ok(())
}

#[test]
fn a_refused_event_leaves_no_trace() -> TestResult {
    let mut session = started()?;
    let before = session.clone();
    assert!(session.handle(Time::from_millis(2_000), &scored("x", "full")?).is_err());
    assert_eq!(session, before);
    Ok(())
}

#[test]
fn a_clock_that_runs_backwards_stops_nobody() -> TestResult {
    let mut session = started()?;
    session.handle(Time::from_millis(500), &scored("b", "full")?)?;
    assert_eq!(session.scoring().last(), Some(Time::from_millis(1_000)));
    let stored = journal(&mut session);
    assert_eq!(replay(&stored)?.scoring(), session.scoring());
    Ok(())
}

#[test]
fn a_restart_in_the_middle_loses_nothing() -> TestResult {
    let mut session = started()?;
    session.handle(Time::from_millis(2_000), &scored("b", "full")?)?;
    let mut stored = journal(&mut session);
    let mut again = replay(&stored)?;
    assert_eq!((again.scoring(), again.journal().head()), (session.scoring(), session.journal().head()));
    assert_eq!((again.journal_mut().poll_output(), again.journal().unconfirmed().len()), (None, 2));
    for event in again.not_done() {
        again.handle(Time::from_millis(3_000), &event)?;
    }
    again.handle(Time::from_millis(4_000), &SheetEvent::HandedIn { total: HalfMarks::new(20) })?;
    stored.extend(journal(&mut again));
    // start, one award, five not done, hand-in
    assert_eq!(stored.len(), 8);
    let handed_in = replay(&stored)?.handed_in(1)?.ok_or("not handed in")?;
    assert_eq!((handed_in.total, handed_in.at_ms), (HalfMarks::new(20), Time::from_millis(4_000)));
    assert_eq!((handed_in.scores.len(), handed_in.last_event), (6, again.journal().head().last));
    assert_eq!(session.handed_in(1)?, None);
    Ok(())
}

#[test]
fn a_journal_that_was_touched_is_refused() -> TestResult {
    let mut session = started()?;
    session.handle(Time::from_millis(2_000), &scored("g", "c")?)?;
    session.handle(Time::from_millis(3_000), &scored("b", "full")?)?;
    let stored = journal(&mut session);
    let [start, graded, binary] = stored.as_slice() else {
        return Err("three events".into());
    };
    let error = |events: &[&[u8]]| -> TestResult<SheetError> {
        let replayed = SheetSession::replay(example::sheet()?, assignment()?, events.iter().copied());
        replayed.err().ok_or_else(|| "accepted".into())
    };
    assert!(
        matches!(error(&[start, binary])?, SheetError::Journal(JournalError::Event(EventError::Sequence { .. }))),
        "one left out"
    );
    let better = String::from_utf8(graded.clone())?.replace(r#""award":"c""#, r#""award":"a""#);
    assert!(
        matches!(
            error(&[start, better.as_bytes(), binary])?,
            SheetError::Journal(JournalError::Event(EventError::Chain { seq: 2 }))
        ),
        "one altered"
    );
    let other = String::from_utf8(start.clone())?.replace("account:e1", "account:e2");
    assert!(
        matches!(error(&[other.as_bytes()])?, SheetError::Journal(JournalError::OtherActor { .. })),
        "somebody else's"
    );
    let elsewhere = String::from_utf8(start.clone())?.replace("tablet/a1", "tablet/a2");
    assert!(
        matches!(
            error(&[elsewhere.as_bytes()])?,
            SheetError::Journal(JournalError::Event(EventError::OtherStream { .. }))
        ),
        "another stream"
    );
    Ok(())
}

#[test]
fn wakes_at_the_next_limit_of_a_running_timer() -> TestResult {
    let mut session = started()?;
    let wake = |session: &mut SheetSession| {
        std::iter::from_fn(|| session.journal_mut().poll_output()).find_map(|output| match output {
            Output::WakeAt(time) => Some(time.millis()),
            _ => None,
        })
    };
    session.handle(Time::from_millis(10_000), &SheetEvent::TimerStarted { timer: Timer::Task {} })?;
    assert_eq!(wake(&mut session), Some(10_000 + 12 * 60_000 + 1));
    let item = Timer::Item { item: SheetItemId::new("t")? };
    session.handle(Time::from_millis(20_000), &SheetEvent::TimerStarted { timer: item })?;
    assert_eq!(wake(&mut session), Some(20_000 + 60_000 + 1), "the item's first limit comes first");
    session.wake(Time::from_millis(80_001));
    assert_eq!(wake(&mut session), Some(20_000 + 90_000 + 1), "then its second");
    session.wake(Time::from_millis(110_001));
    assert_eq!(wake(&mut session), Some(10_000 + 12 * 60_000 + 1), "then the task's");
    Ok(())
}

/// Touches, some of which are refused.
fn touches() -> TestResult<Vec<SheetEvent>> {
    let mut touches = Vec::new();
    for (id, awards) in [("b", ["full", "none"]), ("g", ["a", "c"]), ("d", ["0", "3"]), ("x", ["a", "b"])] {
        for award in awards {
            touches.push(scored(id, award)?);
        }
        touches.push(SheetEvent::Cleared { item: SheetItemId::new(id)? });
    }
    for veto in ["cap", "end"] {
        touches.push(SheetEvent::VetoMarked { veto: VetoCode::new(veto)?, note: NoteCode::new("n1")? });
        touches.push(SheetEvent::VetoWithdrawn { veto: VetoCode::new(veto)? });
    }
    for timer in [Timer::Task {}, Timer::Item { item: SheetItemId::new("t")? }] {
        touches.push(SheetEvent::TimerStarted { timer: timer.clone() });
        touches.push(SheetEvent::TimerStopped { timer });
    }
    touches.push(SheetEvent::HandedIn { total: HalfMarks::new(200) });
    Ok(touches)
}

/// The awards after these touches, computed without the session: the last word on each item
/// counts.
fn model(touches: &[SheetEvent]) -> BTreeMap<String, String> {
    let mut awards = BTreeMap::new();
    for touch in touches {
        match touch {
            SheetEvent::Scored { item, award } if item.as_str() != "x" => {
                awards.insert(item.to_string(), award.to_string());
            }
            SheetEvent::Cleared { item } => {
                awards.remove(item.as_str());
            }
            _ => {}
        }
    }
    awards
}

proptest! {
    // Catches state that lives outside the events, and a refusal that half happened.
    #[test]
    fn replay_rebuilds_the_state(order in prop::collection::vec((0_usize..20, -5_i64..50), 0..40)) {
        let all = touches().map_err(|error| TestCaseError::fail(error.to_string()))?;
        let mut session = started().map_err(|error| TestCaseError::fail(error.to_string()))?;
        let mut now = 1_000;
        let mut chosen = Vec::new();
        for (touch, step) in order {
            now += step;
            if let Some(touch) = all.get(touch) {
                let _refused = session.handle(Time::from_millis(now), touch);
                chosen.push(touch.clone());
            }
        }
        let awards: BTreeMap<_, _> = session.scoring().scores().iter().map(|(item, award)| (item.to_string(), award.to_string())).collect();
        prop_assert_eq!(awards, model(&chosen));
        let stored = journal(&mut session);
        let again = replay(&stored).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(again.scoring(), session.scoring());
        prop_assert_eq!(again.journal().head(), session.journal().head());
        prop_assert_eq!(again.journal().unconfirmed().len(), stored.len());
    }
}
