//! The candidate's theory exam without I/O: the browser, the service and an audit run the same code.
//!
//! A seat writes one stream of events; when the person moves to another PC, that PC writes the next stream, which
//! names the last acknowledged event of the one before it. [`answers`] folds all of them into what was answered.

pub mod answers;
pub mod candidate;
pub mod clock;
pub mod event;
pub mod hand_in;
pub mod time_rules;
