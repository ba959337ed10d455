//! What every request works with: the stores, the keys, the clock and the random source.

use crate::cache::Cache;
use crate::disk::Disk;
use crate::document::{Document, document};
use crate::edge::line::Line;
use crate::edge::throttle::Throttle;
use crate::edge::waiting::Waiting;
use crate::last_checkpoint::LastCheckpoint;
use crate::log_tree::LogTree;
use crate::open_sheets::OpenSheets;
use crate::refusal::Refusal;
use crate::shown_paper::{BankTexts, ShownPaper, ShownPicture};
use crate::turns::Turns;
use crate::work::{Aggregate, Work};
use kaoping_engine::plan::seating::Roster;
use kaoping_engine::session::room_time::ClockReading;
use kaoping_files::pdf::fonts::FontSet;
use kaoping_keys::ring::KeyRing;
use kaoping_record::id::IdSeed;
use kaoping_record::time::Time;
use kaoping_store::{IdentityStore, Store};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use tokio::sync::{RwLock, RwLockReadGuard};

/// Where the time comes from; tests give their own.
pub trait Clock: Send + Sync {
    /// What the machine's clocks read now.
    fn read(&self) -> ClockReading;
}

/// The machine's clocks.
#[derive(Clone, Debug)]
pub struct SystemClock {
    boot_id: String,
}

impl SystemClock {
    /// The clocks of this start of the machine.
    ///
    /// # Errors
    /// When the kernel does not name its start.
    pub fn new() -> std::io::Result<Self> {
        let boot_id = std::fs::read_to_string(BOOT_ID)?.trim().to_owned();
        Ok(Self { boot_id })
    }
}

/// Where Linux names the machine's start; the name is the same for all programs until the next one.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

impl Clock for SystemClock {
    fn read(&self) -> ClockReading {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let wall = since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
        let boottime = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let boottime_ms = boottime.tv_sec.saturating_mul(1000).saturating_add(boottime.tv_nsec / 1_000_000);
        ClockReading { wall_ms: Time::from_millis(wall), boot_id: self.boot_id.clone(), boottime_ms }
    }
}

/// How the service is reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Port of the plain listener, for candidates in a room's LAN.
    pub http_port: u16,
    /// Port of the TLS listener, for staff and tablets.
    pub tls_port: u16,
    /// Host that the addresses name.
    pub host: String,
    /// Name of the log (C2SP tlog-checkpoint origin).
    pub log_origin: String,
    /// Fonts of the organization for printed documents, asked before Debian's.
    pub fonts: Vec<PathBuf>,
}

/// The service's parts.
pub struct Parts {
    /// Streams, documents and blobs.
    pub store: Store,
    /// Names and ID numbers, encrypted, apart.
    pub identity: Arc<dyn IdentityStore>,
    /// The organization's keys.
    pub keys: KeyRing,
    /// The newest checkpoint that the log has signed.
    pub last_checkpoint: LastCheckpoint,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where the data lie.
    pub disk: Arc<dyn Disk>,
    /// How it is reached.
    pub settings: Settings,
}

/// Events that are on their way to the store at once: as many as its writer takes together.
const WRITING_AT_ONCE: usize = 256;
/// Requests with events that may wait: a second's work, so that nobody waits longer.
const WRITING_WAITING: usize = 2048;
/// Requests for papers that may wait: all seats of a large exam, which open their papers together.
const READING_WAITING: usize = 1000;

/// Papers are written out on half of the cores, so that answers are taken meanwhile.
fn reading_at_once() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1))
}

/// Shared by all requests.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// The parts, and what is kept in memory of what never changes.
pub struct Shared {
    parts: Parts,
    /// What the clocks read when the service started.
    started: ClockReading,
    /// Papers as seats show them.
    pub shown_papers: Cache<ShownPaper>,
    /// Pictures of items by digest.
    pub pictures: Cache<ShownPicture>,
    /// Banks with their texts.
    pub bank_texts: Cache<BankTexts>,
    /// Rosters by digest.
    pub rosters: Cache<Roster>,
    /// Fonts for printed documents, read when the first one is printed.
    pub fonts: OnceLock<FontSet>,
    /// Failed tries of a password, a PIN, a ticket or a seat's secret.
    pub throttle: Throttle,
    /// The PCs that wait to be bound.
    pub waiting: Waiting,
    /// The log's tree as far as it was read; [`App::log_tree`] brings it up to date.
    pub(crate) tree: RwLock<LogTree>,
    /// The next writer to a sitting.
    pub(crate) turns: Turns,
    /// The next reader of the paper and the events of a sitting.
    pub(crate) paper_turns: Turns,
    /// The sheets on which examiners work.
    pub(crate) open_sheets: OpenSheets,
    /// Requests of seats that write events.
    pub(crate) writing: Line,
    /// Requests of seats that read their papers.
    pub(crate) reading: Line,
}

impl App {
    /// An app of these parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let started = parts.clock.read();
        Self(Arc::new(Shared {
            parts,
            started,
            shown_papers: Cache::new(2000),
            pictures: Cache::new(200),
            bank_texts: Cache::new(1),
            rosters: Cache::new(100),
            fonts: OnceLock::new(),
            throttle: Throttle::default(),
            waiting: Waiting::default(),
            tree: RwLock::default(),
            open_sheets: OpenSheets::default(),
            turns: Turns::default(),
            paper_turns: Turns::default(),
            writing: Line::new(WRITING_AT_ONCE, WRITING_WAITING),
            reading: Line::new(reading_at_once(), READING_WAITING),
        }))
    }

    /// The machine's wall clock. It may be moved at any time: what lasts is measured by
    /// [`App::steady_now`], an exam by its room's time (`operations/room_time.rs`).
    #[must_use]
    pub fn now(&self) -> Time {
        self.clock.read().wall_ms
    }

    /// A time that begins with the wall clock at the start of the service and then never jumps.
    #[must_use]
    pub fn steady_now(&self) -> Time {
        let reading = self.clock.read();
        reading.since(&self.started).map_or(reading.wall_ms, |passed| self.started.wall_ms.plus_millis(passed))
    }

    /// Begins a work of this actor.
    #[must_use]
    pub fn work(&self, actor: &str) -> Work {
        Work::new(self.store.clone(), self.now(), actor)
    }

    /// Reads an aggregate's state; `None` when nothing has happened to it yet, also for a key that
    /// nothing can have.
    ///
    /// # Errors
    /// [`Refusal::internal`] when the store fails.
    pub async fn read<A: Aggregate>(&self, key: &str) -> Result<Option<A>, Refusal> {
        Ok(self.share::<A>(key).await?.map(|document| document.state.clone()))
    }

    /// Reads an aggregate's document without copying it; `None` as for [`App::read`].
    ///
    /// # Errors
    /// [`Refusal::internal`] when the store fails.
    pub async fn share<A: Aggregate>(&self, key: &str) -> Result<Option<Arc<Document<A>>>, Refusal> {
        document::<A>(&self.store, key).await
    }

    /// Reads an aggregate's state that must exist.
    ///
    /// # Errors
    /// [`Refusal::not_found`] naming `place` when nothing has happened to it.
    pub async fn need<A: Aggregate>(&self, key: &str, place: &str) -> Result<A, Refusal> {
        self.read(key).await?.ok_or_else(|| Refusal::not_found(place))
    }

    /// The log's tree with every leaf that the store holds now.
    ///
    /// # Errors
    /// `log_differs` when it does not contain what was signed last; [`Refusal::internal`] when the
    /// store fails.
    pub async fn log_tree(&self) -> Result<RwLockReadGuard<'_, LogTree>, Refusal> {
        let mut tree = self.tree.write().await;
        tree.catch_up(&self.store).await?;
        self.last_checkpoint.check(&tree)?;
        Ok(tree.downgrade())
    }

    /// Random bytes of the operating system.
    ///
    /// # Errors
    /// [`Refusal::internal`] when the operating system has none.
    pub fn random<const N: usize>(&self) -> Result<[u8; N], Refusal> {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes)?;
        Ok(bytes)
    }

    /// Random bits for a new identifier.
    ///
    /// # Errors
    /// As [`App::random`].
    pub fn id_seed(&self) -> Result<IdSeed, Refusal> {
        self.random()
    }
}

impl std::ops::Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl std::ops::Deref for Shared {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.parts
    }
}
