//! The sheets on which examiners work, replayed, so that an event of a tablet reads nothing.
//!
//! A sheet is taken out while a request works with it, and is put back after the commit has made
//! its events durable. A request that fails, or that loses a race, leaves nothing here, and the
//! next one replays the stream. What another replica wrote is noticed by the commit, which asserts
//! where the stream ends.

use kaoping_engine::practical::session::SheetSession;
use kaoping_record::id::AssignmentId;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many are kept: the tablets of a large exam. A sheet with its events takes about 100 KB.
const MOST: usize = 200;

/// Replayed sheets by assignment.
#[derive(Default)]
pub(crate) struct OpenSheets(Mutex<BTreeMap<AssignmentId, SheetSession>>);

impl OpenSheets {
    fn sheets(&self) -> MutexGuard<'_, BTreeMap<AssignmentId, SheetSession>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sheet of an assignment, unless another request works with it or nobody did lately.
    pub(crate) fn take(&self, assignment: &AssignmentId) -> Option<SheetSession> {
        self.sheets().remove(assignment)
    }

    /// Keeps a sheet all of whose events are durable. When there are too many, it starts anew.
    pub(crate) fn put(&self, session: SheetSession) {
        let mut sheets = self.sheets();
        if sheets.len() >= MOST {
            sheets.clear();
        }
        sheets.insert(session.assignment().id.clone(), session);
    }
}
