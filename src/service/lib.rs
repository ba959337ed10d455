//! The service of an evaluation organization: accounts, rooms, tablets, results.
//!
//! - [`aggregates`]: what the service's own streams lead to, and the decisions about them; pure
//! - [`operations`]: what may be done: load, decide, append
//! - [`http`]: the API by who asks; [`http::router`] is its table of contents
//! - [`work`]: how streams are read and written; [`turns`]: who writes to a sitting next; [`rebuild`]: how their documents are made again
//! - [`serve`]: the two listeners, plain http for candidates and TLS for staff

pub mod aggregates;
pub mod app;
pub mod cache;
pub mod http;
pub mod library;
pub mod log_tree;
pub mod operations;
pub mod rebuild;
pub mod refusal;
pub mod serve;
pub mod shown_paper;
pub mod tls;
pub mod turns;
pub mod work;
