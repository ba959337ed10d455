//! Passwords and PINs: Argon2id hashes, made and compared away from the threads that answer
//! requests.
//!
//! Each needs 19 MiB, so few are made at once, and few wait.

use crate::app::App;
use crate::edge::throttle::busy;
use crate::refusal::Refusal;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, SemaphorePermit};

/// How many are made at once in the whole process.
const AT_ONCE: usize = 2;
static PERMITS: Semaphore = Semaphore::const_new(AT_ONCE);
/// The threads that make them. They are always the same ones, because the allocator keeps what each
/// thread once needed.
static THREADS: LazyLock<std::io::Result<Runtime>> =
    LazyLock::new(|| Builder::new_current_thread().max_blocking_threads(AT_ONCE).thread_name("argon2").build());
/// How many wait.
static WAITING: AtomicUsize = AtomicUsize::new(0);
/// How many may wait: some seconds of work.
const MOST_WAITING: usize = 256;

/// The Argon2id hash of a password or PIN.
///
/// # Errors
/// `busy` when too many wait; [`Refusal::internal`] when the hash cannot be made.
pub async fn hash(app: &App, password: &str) -> Result<String, Refusal> {
    let salt: [u8; 16] = app.random()?;
    let password = password.to_owned();
    let permit = permit().await?;
    let hashed = threads()?.spawn_blocking(move || {
        let _permit = permit;
        Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string())
    });
    hashed.await.map_err(Refusal::internal)?.map_err(Refusal::internal)
}

/// Whether a password or PIN belongs to a hash.
///
/// # Errors
/// `busy` when too many wait; [`Refusal::internal`] when the hash cannot be read.
pub async fn verify(hash: &str, password: &str) -> Result<bool, Refusal> {
    let (hash, password) = (hash.to_owned(), password.to_owned());
    let permit = permit().await?;
    let right = threads()?.spawn_blocking(move || {
        let _permit = permit;
        let hash = PasswordHash::new(&hash)?;
        Ok::<_, argon2::password_hash::phc::Error>(
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok(),
        )
    });
    right.await.map_err(Refusal::internal)?.map_err(Refusal::internal)
}

fn threads() -> Result<&'static Runtime, Refusal> {
    THREADS.as_ref().map_err(Refusal::internal)
}

/// The right to make one; the blocking task holds it, so that a request that is given up does not
/// free it early.
async fn permit() -> Result<SemaphorePermit<'static>, Refusal> {
    struct Place;
    impl Drop for Place {
        fn drop(&mut self) {
            WAITING.fetch_sub(1, Ordering::Relaxed);
        }
    }
    let waiting = WAITING.fetch_add(1, Ordering::Relaxed);
    let _place = Place;
    if waiting >= MOST_WAITING {
        return Err(busy());
    }
    PERMITS.acquire().await.map_err(Refusal::internal)
}

/// Argon2id with the default cost of a password that nobody has.
pub(crate) const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$a2FvcGluZy1ub2JvZHk$1rHTtNzXGLlAFmGR8XVvHcl6j0V8lsn5X3U1J0tY3Qc";
