//! The invigilator's room: who waits, who is bound and how far they are ([`board`]), and what the invigilator does ([`invigilation`], [`sittings`]).

pub mod board;
pub mod invigilation;
pub mod sittings;
