//! Starts the program as an organization does, sets it up over its API, and sends it requests over
//! HTTP, as pages and other software do. The demo, the tests of faults and the benchmarks of load
//! share it.

pub mod ceremony;
pub mod client;
pub mod history;
pub mod people;
pub mod rooms;
pub mod service;
pub mod setup;
