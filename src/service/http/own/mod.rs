//! What members of staff do with their own accounts.

pub mod account;
pub mod logins;
pub mod second_factor;
