//! The practical exam: lots give tasks, panels and numbers ([`lots`]), tablets hand in sheets
//! ([`sheets`]), panels form marks ([`panels`]), a lead examiner compares sheets ([`comparison`])
//! and records who did not come ([`absence`]).

pub mod absence;
pub mod comparison;
pub mod lots;
pub mod panels;
pub mod sheets;
