//! What everyone may read, and logging in.

pub mod log;
pub mod login;
pub mod organization;
pub mod receipts;
pub mod status;
pub mod trust;
pub mod witness;
