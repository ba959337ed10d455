//! The suite `load`: an exam of 600 people on the program, as their PCs see it.
//!
//! This program sends and measures, and the service is a process of its own; the processor's time
//! of each is told apart. Every acknowledgement is compared with the event that was sent. The
//! floors are measured in the same run: what the disk syncs, and what SQLite and PostgreSQL take
//! without the service. `KAOPING_PROGRAM` names another build of the program, to compare two;
//! `KAOPING_TEST_POSTGRES` names a server whose `fsync` is on.

mod floor;
mod phase;
mod seat;

use crate::table::Table;
use crate::{Failure, build_folder, process};
use kaoping_demo::ceremony::ceremony;
use kaoping_demo::rooms::open_rooms;
use kaoping_demo::service::{Service, Start};
use kaoping_demo::setup;
use phase::{Phase, Processor, Times};
use seat::{Seat, Waiting};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::task::{JoinSet, LocalSet};

/// People who sit at once, unless `KAOPING_LOAD_SEATS` names another number.
const SEATS: u32 = 600;

/// What is measured, one after the other. A sitting takes 5,000 events at most.
const PHASES: [Phase; 6] = [
    Phase { name: "1 seat", writers: 1, events: 1500, pace: None, readers: None },
    Phase { name: "8 seats", writers: 8, events: 500, pace: None, readers: None },
    Phase { name: "64 seats", writers: 64, events: 100, pace: None, readers: None },
    Phase { name: "600 seats", writers: 600, events: 15, pace: None, readers: None },
    Phase {
        name: "600 paced, 200 read",
        writers: 600,
        events: 4,
        pace: Some(Duration::from_millis(2500)),
        readers: Some((200, Duration::from_secs(5))),
    },
    Phase { name: "overload", writers: 600, events: 10, pace: None, readers: Some((200, Duration::ZERO)) },
];

/// Measures both stores; PostgreSQL where a server is named.
pub(crate) fn measure(table: &mut Table) -> Result<(), Failure> {
    let program = match std::env::var_os("KAOPING_PROGRAM") {
        Some(program) => PathBuf::from(program),
        None => build_folder()?.join("release/kaoping"),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let postgres = std::env::var("KAOPING_TEST_POSTGRES").ok();
    let seats = std::env::var("KAOPING_LOAD_SEATS").map_or(Ok(SEATS), |seats| seats.parse())?;
    let folder = tempfile::tempdir()?;
    floor::syncs(table, folder.path())?;
    floor::sqlite(table, folder.path())?;
    runtime.block_on(LocalSet::new().run_until(exam(table, "SQLite", &program, None, seats)))?;
    if let Some(address) = postgres {
        floor::postgres(table, folder.path(), &address)?;
        runtime.block_on(LocalSet::new().run_until(exam(table, "PostgreSQL", &program, Some(&address), seats)))?;
    }
    Ok(())
}

/// An exam from the opening of the papers to the last hand-in.
async fn exam(
    table: &mut Table,
    store: &str,
    program: &Path,
    postgres: Option<&str>,
    people: u32,
) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let service = Service::start(&Start { program, data: &data, ports: (0, 0), sm2: false, postgres }).await?;
    let process = service.process().ok_or("the program does not run")?;
    let demo = setup::setup(&service, people, |_| ()).await?;
    let began = Instant::now();
    ceremony(&demo).await?;
    table.add(&format!("{store}, ceremony and dealing"), u64::try_from(began.elapsed().as_millis())?, "ms");
    let http = service.addresses().http;
    let mut waiting = Vec::new();
    for ticket in &demo.tickets {
        waiting.push(Waiting::ask(&demo.client, ticket).await?);
    }
    open_rooms(&demo, waiting.iter().map(|waiting| &waiting.pc)).await?;
    let before = process::memory_of(process).ok_or("the system tells no memory")?;
    let mut seats = start_rush(table, store, process, http, waiting).await?;
    for phase in &PHASES {
        eprintln!("{store}, {}", phase.name);
        seats = phase.run(table, store, process, seats).await?;
    }
    let after = process::memory_of(process).ok_or("the system tells no memory")?;
    table.add(&format!("{store}, memory a seat"), after.saturating_sub(before) / u64::from(people), "KiB");
    end_rush(table, store, process, seats).await?;
    service.stop().await
}

/// Everybody asks for seat and paper at once.
async fn start_rush(
    table: &mut Table,
    store: &str,
    process: u32,
    http: SocketAddr,
    waiting: Vec<Waiting>,
) -> Result<Vec<Seat>, Failure> {
    let name = format!("{store}, start rush");
    let processor = Processor::of(process)?;
    let began = Instant::now();
    let mut asking = JoinSet::new();
    for (number, waiting) in (0..).zip(waiting) {
        let (mut line, key) = waiting.line(http)?;
        asking.spawn_local(async move {
            let began = Instant::now();
            let seat = line.get("/api/v1/seat").await?;
            let shown = line.get("/api/v1/seat/paper").await?;
            let mut times = Times::default();
            times.add(began, seat.put_off + shown.put_off)?;
            Ok::<_, Failure>((number, line, key, seat.body, shown.body, times))
        });
    }
    let (mut answers, mut times) = (Vec::new(), Times::default());
    while let Some(asked) = asking.join_next().await {
        let (number, line, key, seat, shown, of_seat) = asked??;
        answers.push((number, line, key, seat, shown));
        times.join(of_seat);
    }
    times.tell(table, &name, began.elapsed());
    processor.tell(table, &name, answers.len() as u64)?;
    let seats = answers.into_iter().map(|(number, line, key, seat, shown)| {
        Seat::new(line, &key, number, &serde_json::from_slice(&seat)?, &serde_json::from_slice(&shown)?)
    });
    seats.collect()
}

/// Everybody hands in at once.
async fn end_rush(table: &mut Table, store: &str, process: u32, seats: Vec<Seat>) -> Result<(), Failure> {
    let name = format!("{store}, end rush");
    let processor = Processor::of(process)?;
    let count = seats.len() as u64;
    let began = Instant::now();
    let mut sending = JoinSet::new();
    for mut seat in seats {
        let written = seat.hand_in()?;
        sending.spawn_local(async move {
            let began = Instant::now();
            let answer = seat.send(written).await?;
            let mut times = Times::default();
            times.add(began, answer.put_off)?;
            Ok::<_, Failure>(times)
        });
    }
    let mut times = Times::default();
    while let Some(sent) = sending.join_next().await {
        times.join(sent??);
    }
    times.tell(table, &name, began.elapsed());
    processor.tell(table, &name, count)
}
