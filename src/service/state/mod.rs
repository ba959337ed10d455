//! What the streams that the service writes lead to: one file an aggregate, with its events.

pub mod account;
pub mod assignment;
pub mod attempt;
pub mod bank;
pub mod batch;
pub mod enrolment;
pub mod export;
pub mod log;
pub mod login;
pub mod organization;
pub mod panel;
pub mod paper;
pub mod result;
pub mod room;
pub mod seat;
pub mod serial;
pub mod sitting;
