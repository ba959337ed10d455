//! The invigilator's room: who waits, who is bound and how far they are ([`board`]), and what the invigilator does ([`acts`], [`sittings`]).

pub mod acts;
pub mod board;
pub mod sittings;
