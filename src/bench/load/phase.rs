//! Phases of an exam under load, and what is measured of each.

use super::seat::{Line, Seat, Written};
use crate::Failure;
use crate::process;
use crate::table::Table;
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Who does what at the same time.
pub(super) struct Phase {
    pub(super) name: &'static str,
    /// How many PCs send events.
    pub(super) writers: usize,
    /// How many events each of them sends.
    pub(super) events: usize,
    /// The time between two events of a PC; without one it sends the next as soon as the last is
    /// acknowledged.
    pub(super) pace: Option<Duration>,
    /// How many PCs read their papers meanwhile, and how long each waits between two times.
    pub(super) readers: Option<(usize, Duration)>,
}

/// How long requests took, in microseconds, and how many were told to come back.
#[derive(Default)]
pub(super) struct Times {
    micros: Vec<u64>,
    put_off: u64,
}

impl Times {
    pub(super) fn add(&mut self, began: Instant, put_off: u64) -> Result<(), Failure> {
        self.micros.push(u64::try_from(began.elapsed().as_micros())?);
        self.put_off += put_off;
        Ok(())
    }

    pub(super) fn join(&mut self, other: Self) {
        self.micros.extend(other.micros);
        self.put_off += other.put_off;
    }

    /// Adds the rate, the median and the 99th of a hundred.
    pub(super) fn tell(mut self, table: &mut Table, name: &str, took: Duration) {
        let count = self.micros.len() as u64;
        self.micros.sort_unstable();
        let at = |hundredth: u64| {
            let place = usize::try_from(count.saturating_sub(1) * hundredth / 100).unwrap_or_default();
            self.micros.get(place).copied().unwrap_or_default()
        };
        let rate = u128::from(count) * 1000 / took.as_millis().max(1);
        table.add(&format!("{name}: rate"), u64::try_from(rate).unwrap_or_default(), "/s");
        table.add(&format!("{name}: half within"), at(50), "us");
        table.add(&format!("{name}: 99 of 100 within"), at(99), "us");
        table.add(&format!("{name}: told to come back"), self.put_off, "");
    }
}

/// The processor's time of the service and of this program, in microseconds.
pub(super) struct Processor {
    service: u32,
    then: (u64, u64),
}

impl Processor {
    pub(super) fn of(service: u32) -> Result<Self, Failure> {
        Ok(Self { service, then: Self::now(service)? })
    }

    fn now(service: u32) -> Result<(u64, u64), Failure> {
        let micros = |ticks: Option<u64>| ticks.map(|ticks| ticks * 10_000).ok_or("the system tells no processor time");
        Ok((micros(process::ticks_of(&service.to_string()))?, micros(process::ticks_of("self"))?))
    }

    /// Adds the time that one of so many things took since.
    pub(super) fn tell(&self, table: &mut Table, name: &str, count: u64) -> Result<(), Failure> {
        let (service, own) = Self::now(self.service)?;
        table.add(&format!("{name}: service's processor each"), (service - self.then.0) / count.max(1), "us");
        table.add(&format!("{name}: generator's processor each"), (own - self.then.1) / count.max(1), "us");
        Ok(())
    }
}

impl Phase {
    /// Does it; the first seats write. What they send is written before the time begins.
    pub(super) async fn run(
        &self,
        table: &mut Table,
        store: &str,
        service: u32,
        mut seats: Vec<Seat>,
    ) -> Result<Vec<Seat>, Failure> {
        let idle = seats.split_off(self.writers.min(seats.len()));
        let mut ready = Vec::new();
        for mut seat in seats {
            let written = seat.write(self.events)?;
            ready.push((seat, written));
        }
        let (readers, rest) = self.readers.unwrap_or_default();
        let lines: Vec<Line> = ready.iter().take(readers).map(|(seat, _)| seat.line.another()).collect();
        let name = format!("{store}, {}", self.name);
        let done = Rc::new(Cell::new(false));
        let processor = Processor::of(service)?;
        let began = Instant::now();
        let mut writing = JoinSet::new();
        for (number, (seat, written)) in (0_u32..).zip(ready) {
            writing.spawn_local(write(seat, written, self.pace, number));
        }
        let mut reading = JoinSet::new();
        for (number, line) in (0_u32..).zip(lines) {
            reading.spawn_local(read(line, rest, number, done.clone()));
        }
        let (mut seats, mut times) = (Vec::new(), Times::default());
        while let Some(wrote) = writing.join_next().await {
            let (seat, of_seat) = wrote??;
            seats.push(seat);
            times.join(of_seat);
        }
        let took = began.elapsed();
        let events = times.micros.len() as u64;
        times.tell(table, &name, took);
        processor.tell(table, &name, events)?;
        done.set(true);
        let mut reads = Times::default();
        while let Some(read) = reading.join_next().await {
            reads.join(read??);
        }
        if readers > 0 {
            reads.tell(table, &format!("{name}, papers"), took);
        }
        seats.extend(idle);
        Ok(seats)
    }
}

async fn write(
    mut seat: Seat,
    written: Vec<Written>,
    pace: Option<Duration>,
    number: u32,
) -> Result<(Seat, Times), Failure> {
    let mut times = Times::default();
    let mut next = Instant::now() + pace.unwrap_or_default() * (number % 100) / 100;
    for event in written {
        if let Some(pace) = pace {
            tokio::time::sleep_until(next.into()).await;
            next += pace;
        }
        let began = Instant::now();
        let answer = seat.send(event).await?;
        times.add(began, answer.put_off)?;
    }
    Ok((seat, times))
}

async fn read(mut line: Line, rest: Duration, number: u32, done: Rc<Cell<bool>>) -> Result<Times, Failure> {
    let mut times = Times::default();
    tokio::time::sleep(rest * (number % 100) / 100).await;
    while !done.get() {
        let began = Instant::now();
        let answer = line.get("/api/v1/seat/paper").await?;
        times.add(began, answer.put_off)?;
        tokio::time::sleep(rest).await;
    }
    Ok(times)
}
