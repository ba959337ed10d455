//! The candidate's PC: it asks for a seat ([`enrolments`]), shows how the exam stands and the paper
//! ([`sitting`]), and sends events ([`events`]).

pub mod enrolments;
pub mod events;
pub mod sitting;
pub mod token;
