//! The service of an evaluation organization: accounts, rooms, tablets, results.
//!
//! - [`aggregates`]: the states of the service's own streams, and the decisions about them, without
//!   I/O
//! - [`operations`]: what may be done: load, decide, append
//! - [`http`]: the API by who asks; [`http::router`] is its table of contents
//! - [`work`]: how streams are written; [`document`](mod@document): how their states are read;
//!   [`turns`]: who writes to a sitting next; [`rebuild`]: how their documents are made again
//! - [`data_check`]: whether documents still follow from their streams, and how a damaged one is
//!   made again
//! - [`disk`]: whether there is space left for what is written
//! - [`last_checkpoint`]: what was signed last, outside the database
//! - [`edge`]: who may hold a connection, and who may try again
//! - [`serve`]: the two listeners, plain http for candidates and TLS for staff

pub mod aggregates;
pub mod app;
pub mod cache;
pub mod data_check;
pub mod disk;
pub mod document;
pub mod edge;
pub mod http;
pub mod last_checkpoint;
pub mod library;
pub mod log_tree;
mod open_sheets;
pub mod operations;
pub mod rebuild;
pub mod refusal;
mod seen;
pub mod serve;
pub mod shown_paper;
pub mod tls;
pub mod turns;
pub mod work;
