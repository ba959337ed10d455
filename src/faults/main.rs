//! Faults under load: while simulated candidates answer, the program is killed, frozen, cut off
//! from its database, left without disk, asked late and asked at once. Afterwards each PC's events
//! must be held once and in order, each paper must be scored, and `kaoping doctor` must find
//! nothing.

mod fault;
mod hall;
mod pc;
mod wire;

use clap::Parser as _;
use fault::{Fault, Scene};
use hall::Hall;
use kaoping_demo::client::Failure;
use kaoping_demo::people::Dice;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, LocalSet};
use tokio_postgres::NoTls;
use wire::Wire;

/// Candidates in a hall.
const CANDIDATES: u32 = 30;
/// Halls at once: most of their time is waiting.
const HALLS: usize = 3;

/// Bring faults about under load, and check that nothing acknowledged is lost and nobody is thrown
/// out.
#[derive(clap::Parser)]
#[command(name = "kaoping-faults", version)]
struct Arguments {
    /// Only these faults.
    faults: Vec<Fault>,
    /// The full count, which takes up to an hour.
    #[arg(long)]
    long: bool,
    /// A PostgreSQL server; the faults are brought about on it as well, each in a database of its
    /// own.
    #[arg(long, env = "KAOPING_TEST_POSTGRES")]
    postgres: Option<String>,
    /// Repeats a run's random times.
    #[arg(long)]
    seed: Option<u64>,
    /// The program; by default the `kaoping` beside this one.
    #[arg(long, env = "KAOPING_PROGRAM")]
    program: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match LocalSet::new().run_until(run(&Arguments::parse())).await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failed) => {
            eprintln!("kaoping-faults: {failed} failed");
            ExitCode::from(1)
        }
        Err(error) => {
            eprintln!("kaoping-faults: {error}");
            ExitCode::from(2)
        }
    }
}

/// Brings all about, and gives how many failed.
async fn run(arguments: &Arguments) -> Result<usize, Failure> {
    let mut random = [0; 8];
    getrandom::fill(&mut random)?;
    let seed = arguments.seed.unwrap_or(u64::from_le_bytes(random));
    println!("random times by --seed {seed}");
    let program = match &arguments.program {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("kaoping"),
    };
    let faults = if arguments.faults.is_empty() { &Fault::ALL[..] } else { &arguments.faults };
    let halls = Arc::new(Semaphore::new(HALLS));
    let mut trials = JoinSet::new();
    let stores = [Some(None), arguments.postgres.clone().map(Some)];
    for (store, (number, fault)) in
        stores.into_iter().flatten().flat_map(|store| (0..).zip(faults).map(move |fault| (store.clone(), fault)))
    {
        if !fault.happens_on(store.is_some()) {
            continue;
        }
        let trial = Trial {
            program: program.clone(),
            fault: *fault,
            server: store,
            dice: Dice::of(seed, number),
            times: fault.times(arguments.long),
        };
        let halls = halls.clone();
        trials.spawn_local(async move {
            let _hall = halls.acquire_owned().await?;
            trial.run().await
        });
    }
    let mut failed = 0;
    while let Some(held) = trials.join_next().await {
        failed += usize::from(!held??);
    }
    Ok(failed)
}

/// One fault on one store.
struct Trial {
    program: PathBuf,
    fault: Fault,
    /// The server of PostgreSQL; SQLite without one.
    server: Option<String>,
    dice: Dice,
    times: u32,
}

impl Trial {
    /// Sets a hall up, brings the fault about and checks; false when something was not as it must
    /// be.
    async fn run(self) -> Result<bool, Failure> {
        let began = Instant::now();
        let Self { program, fault, server, dice, times } = self;
        let (mut wire, address) = match &server {
            Some(server) => {
                let (wire, address) = Wire::to(&database(server).await?).await?;
                (Some(wire), Some(address))
            }
            None => (None, None),
        };
        let mut hall = Hall::set_up(&program, address, CANDIDATES).await?;
        let pcs = hall.seated().await?;
        let mut scene = Scene { hall: &mut hall, wire: wire.as_mut(), dice, times };
        let done = fault.happen(&mut scene, pcs).await;
        let silence = done.iter().flatten().map(|pc| pc.longest_silence).max().unwrap_or_default();
        let settled = match done {
            Ok(pcs) => hall.settle(pcs).await,
            Err(error) => Err(error),
        };
        let store = if server.is_some() { "PostgreSQL" } else { "SQLite" };
        let name = format!("{} × {times} on {store}", fault.name());
        let failure = match (settled, hall.panics()?) {
            (Ok(events), 0) => {
                let (silence, took) = (silence.as_millis(), began.elapsed().as_secs());
                println!("{name}: {events} events held; a PC was not heard for {silence} ms at most; {took} s");
                return Ok(true);
            }
            (Ok(_), panics) => format!("the program panicked {panics} times"),
            (Err(error), _) => error.to_string(),
        };
        println!("{name}: FAILED, {failure}\n{}", hall.last_lines());
        Ok(false)
    }
}

/// Makes a new database on a server, and gives its address.
async fn database(server: &str) -> Result<String, Failure> {
    let (client, connection) = tokio_postgres::connect(server, NoTls).await?;
    let connection = tokio::spawn(connection);
    let mut random = [0; 8];
    getrandom::fill(&mut random)?;
    let name = format!("faults_{:016x}", u64::from_le_bytes(random));
    client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
    connection.abort();
    let (before, _) = server.rsplit_once('/').ok_or("the address of PostgreSQL names no database")?;
    Ok(format!("{before}/{name}"))
}
