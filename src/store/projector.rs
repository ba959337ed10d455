//! How read models are made again from the events.

use crate::commit::Change;
use crate::error::StoreError;
use crate::placed::Placed;
use std::error::Error;

/// Turns events into changes of documents: the same code that projects live, behind this face.
pub trait Projector: Send {
    /// The changes that follow from an event. Events come once each, in order of position, from the
    /// first.
    ///
    /// # Errors
    /// Whatever stops the rebuild; the documents then stay as they were.
    fn project(&mut self, event: &Placed) -> Result<Vec<Change>, Box<dyn Error + Send + Sync>>;
}

/// The result of a rebuild.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// How many events were projected.
    pub events: u64,
    /// How many changes were written.
    pub changes: u64,
}

/// One step of a rebuild: what `event` changes, checked.
pub(crate) fn project(
    projector: &mut dyn Projector,
    event: &Placed,
    rebuilt: &mut Rebuilt,
) -> Result<Vec<Change>, StoreError> {
    let stopped = |cause: String| StoreError::Projector { position: event.position, cause };
    let changes = projector.project(event).map_err(|cause| stopped(cause.to_string()))?;
    for change in &changes {
        change.check()?;
        if change.collection().is_authoritative() {
            let name = change.collection().name();
            return Err(stopped(format!("collection `{name}` does not follow from events")));
        }
    }
    rebuilt.events += 1;
    rebuilt.changes += changes.len() as u64;
    Ok(changes)
}
