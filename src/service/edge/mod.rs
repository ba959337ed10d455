//! The code between the network and the routes: who may hold a connection, and who may try
//! again.
//!
//! - [`connections`]: connections of strangers are limited, those of bound seats and staff are not
//! - [`throttle`]: wrong passwords, PINs, tickets and secrets slow down further tries, by
//!   account and by [`address`]
//! - [`line`]: how many requests are worked on at once, and how many wait
//! - [`waiting`]: the PCs that wait to be bound, each as long as its page asks

pub mod address;
pub mod connections;
pub mod line;
mod rate;
pub mod throttle;
pub mod waiting;
