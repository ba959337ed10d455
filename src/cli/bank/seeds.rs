//! Random bytes for ids.

use crate::cli::entropy;
use kaoping_record::id::IdSeed;

/// Does something with fresh random bytes for ids.
///
/// # Errors
/// The system gave none; then what was made is not used.
pub(super) fn with_seeds<T>(make: impl FnOnce(&mut dyn FnMut() -> IdSeed) -> T) -> std::io::Result<T> {
    let mut failed = None;
    let made = make(&mut || {
        let mut seed = IdSeed::default();
        if let Err(error) = entropy(&mut seed) {
            failed = Some(error);
        }
        seed
    });
    failed.map_or(Ok(made), Err)
}
