//! The program as simulated people reach it: started as an organization starts it, set up over its
//! API, and asked over HTTP, as pages and other people's software do. The demo, the tests of faults
//! and the benchmarks of load share it.

pub mod ceremony;
pub mod client;
pub mod history;
pub mod people;
pub mod rooms;
pub mod service;
pub mod setup;
