//! Work on all cores, with few parts in memory at a time.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Makes parts `0..parts` on all cores and takes them in their order.
///
/// # Errors
/// The first error of `take`; no part is taken after it.
pub(super) fn in_order<T, E: Send>(
    parts: usize,
    make: impl Fn(usize) -> T + Sync,
    take: impl FnMut(T) -> Result<(), E> + Send,
) -> Result<(), E> {
    struct Turn<F, E> {
        next: usize,
        take: F,
        failed: Option<E>,
    }
    let begun = AtomicUsize::new(0);
    let turn = Mutex::new(Turn { next: 0, take, failed: None });
    let changed = Condvar::new();
    let worker = || {
        loop {
            let part = begun.fetch_add(1, Ordering::Relaxed);
            if part >= parts {
                return;
            }
            let made = make(part);
            let waiting = changed.wait_while(lock(&turn), |turn| turn.next != part && turn.failed.is_none());
            let mut turn = waiting.unwrap_or_else(PoisonError::into_inner);
            if turn.failed.is_some() {
                return;
            }
            turn.failed = (turn.take)(made).err();
            turn.next += 1;
            changed.notify_all();
        }
    };
    on_all_cores(&worker);
    turn.into_inner().unwrap_or_else(PoisonError::into_inner).failed.map_or(Ok(()), Err)
}

/// Takes parts from `next` until it has none, works on them on all cores, and gives what comes out to `done`, in any order.
///
/// # Errors
/// The first error of `next`; no part is asked for after it.
pub(super) fn in_any_order<T, R, E: Send>(
    next: impl FnMut() -> Result<Option<T>, E> + Send,
    work: impl Fn(T) -> R + Sync,
    done: impl FnMut(R) + Send,
) -> Result<(), E> {
    struct Source<F, E> {
        next: F,
        ended: bool,
        failed: Option<E>,
    }
    let source = Mutex::new(Source { next, ended: false, failed: None });
    let done = Mutex::new(done);
    let take = || {
        let mut source = lock(&source);
        if source.ended {
            return None;
        }
        let part = (source.next)();
        source.ended = !matches!(part, Ok(Some(_)));
        part.unwrap_or_else(|error| {
            source.failed = Some(error);
            None
        })
    };
    let worker = || {
        while let Some(part) = take() {
            let found = work(part);
            (*lock(&done))(found);
        }
    };
    on_all_cores(&worker);
    source.into_inner().unwrap_or_else(PoisonError::into_inner).failed.map_or(Ok(()), Err)
}

/// The same, but what comes out is given to `done` in the order of the parts; what comes early waits for its turn.
///
/// # Errors
/// The first error of `next`; no part is asked for after it.
pub(super) fn each_in_order<T, R: Send, E: Send>(
    mut next: impl FnMut() -> Result<Option<T>, E> + Send,
    work: impl Fn(T) -> R + Sync,
    mut done: impl FnMut(R) + Send,
) -> Result<(), E> {
    let mut asked = 0..;
    let numbered = || Ok(next()?.zip(asked.next()));
    let (mut turn, mut early): (u64, _) = (0, BTreeMap::new());
    let take = |(number, found)| {
        early.insert(number, found);
        while let Some(found) = early.remove(&turn) {
            done(found);
            turn += 1;
        }
    };
    in_any_order(numbered, |(part, number): (T, u64)| (number, work(part)), take)
}

fn on_all_cores(worker: &(impl Fn() + Sync)) {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(worker);
        }
    });
}

/// A worker that panics ends the scope with its panic, so that nothing half-done is used.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_taken_in_order() {
        let mut taken = Vec::new();
        let done = in_order(
            500,
            |part| part * 2,
            |made| {
                taken.push(made);
                Ok::<(), ()>(())
            },
        );
        assert_eq!((done, taken), (Ok(()), (0..500).map(|part| part * 2).collect()));
    }

    // Catches workers that wait for a turn that never comes.
    #[test]
    fn nothing_is_taken_after_an_error() {
        let mut taken = 0;
        let done = in_order(
            500,
            |part| part,
            |part| {
                taken += 1;
                if part == 7 { Err("full") } else { Ok(()) }
            },
        );
        assert_eq!((done, taken), (Err("full"), 8));
    }

    #[test]
    fn every_part_is_worked_on_once() {
        let mut given = 0..500;
        let mut found = Vec::new();
        let done = in_any_order(|| Ok::<_, ()>(given.next()), |part| part, |part| found.push(part));
        found.sort_unstable();
        assert_eq!((done, found), (Ok(()), (0..500).collect()));
        let mut asked = 0;
        let failing = || {
            asked += 1;
            if asked > 3 { Err("cut") } else { Ok(Some(asked)) }
        };
        assert_eq!(in_any_order(failing, |part| part, |_| ()), Err("cut"));
        assert_eq!(asked, 4);
    }

    // Catches findings of a bundle that come out in the order of whichever core was faster.
    #[test]
    fn what_comes_early_waits() {
        let (mut given, mut found) = (0..500_u64, Vec::new());
        let slow_at_first = |part| {
            // The first part is done only after its neighbours had time to be.
            (0..if part % 50 == 0 { 100_000 } else { 1 }).fold(part, |part, _| std::hint::black_box(part))
        };
        let done = each_in_order(|| Ok::<_, ()>(given.next()), slow_at_first, |part| found.push(part));
        assert_eq!((done, found), (Ok(()), (0..500).collect()));
        let mut asked = 0;
        let failing = || {
            asked += 1;
            if asked > 3 { Err("cut") } else { Ok(Some(asked)) }
        };
        assert_eq!(each_in_order(failing, |part| part, |_| ()), Err("cut"));
    }
}
