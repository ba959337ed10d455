//! Sessions without I/O: the browser, the service and an audit run the same code.
//!
//! [`journal`] is what every session shares: the stream that a device writes, what of it is to be stored and
//! sent, and how the events of two devices are joined. [`candidate`] is the candidate's theory exam; the
//! examiner's sheet is in [`crate::practical::session`].
//!
//! A seat writes one stream of events; when the person moves to another PC, that PC writes the next stream, which
//! names the last acknowledged event of the one before it. [`progress`] says what all of them must hold, and
//! [`answers`] folds them into what was answered.

pub mod answers;
pub mod candidate;
pub mod checkpoint;
pub mod clock;
pub mod event;
pub mod hand_in;
pub mod journal;
pub mod progress;
pub mod reunite;
pub mod room_time;
pub mod time_rules;

#[cfg(test)]
mod model;
