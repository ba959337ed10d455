//! The result: whether both parts are passed, as a credential that anyone can check.

pub mod credential;
pub mod outcome;
pub mod verify;
