//! Passwords and PINs: Argon2id hashes, made and compared away from the threads that answer requests.

use crate::app::App;
use crate::refusal::Refusal;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};

/// The Argon2id hash of a password or PIN.
///
/// # Errors
/// [`Refusal::internal`] when the hash cannot be made.
pub async fn hash(app: &App, password: &str) -> Result<String, Refusal> {
    let salt: [u8; 16] = app.random()?;
    let password = password.to_owned();
    let hashed = tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map(|hash| hash.to_string())
    });
    hashed.await.map_err(Refusal::internal)?.map_err(Refusal::internal)
}

/// Whether a password or PIN belongs to a hash.
///
/// # Errors
/// [`Refusal::internal`] when the hash cannot be read.
pub async fn verify(hash: &str, password: &str) -> Result<bool, Refusal> {
    let (hash, password) = (hash.to_owned(), password.to_owned());
    let right = tokio::task::spawn_blocking(move || {
        let hash = PasswordHash::new(&hash)?;
        Ok::<_, argon2::password_hash::phc::Error>(
            Argon2::default().verify_password(password.as_bytes(), &hash).is_ok(),
        )
    });
    right.await.map_err(Refusal::internal)?.map_err(Refusal::internal)
}

/// Argon2id with the default cost of a password that nobody has.
pub(crate) const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$a2FvcGluZy1ub2JvZHk$1rHTtNzXGLlAFmGR8XVvHcl6j0V8lsn5X3U1J0tY3Qc";
