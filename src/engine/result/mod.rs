//! The result: whether both parts are passed, as a credential that anyone can check.

pub mod absence;
pub mod certificate;
pub mod certificate_code;
pub mod credential;
pub mod holder;
pub mod outcome;
