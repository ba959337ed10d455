//! Events in the order of the whole store.

use kaoping_record::event::Sealed;

/// An event with its place in the order of the whole store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// From 1, without gaps, in the order of commits.
    pub position: u64,
    pub event: Sealed,
}
