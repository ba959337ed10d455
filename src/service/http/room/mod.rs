//! The invigilator's rooms ([`list`]): who waits ([`waiting`]), who is bound and how far they are
//! ([`board`]), and what the invigilator does ([`invigilation`], [`sittings`]).

pub mod board;
pub mod invigilation;
pub mod list;
mod names;
pub mod seat_line;
pub mod sittings;
pub mod waiting;
