//! The candidate's PC: it asks for a seat ([`enrolments`]), shows the state of the exam
//! ([`sitting`]) and the paper ([`paper`]), and sends events ([`events`]).

pub mod enrolments;
pub mod events;
pub mod paper;
pub mod sitting;
pub mod token;
