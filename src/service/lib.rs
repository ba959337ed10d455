//! The HTTP service of an evaluation organization: accounts, rooms, tablets, results.
//!
//! - [`router`]: all routes, as a table of contents; [`access`]: who may use them
//! - [`resources`]: one file a resource, holding types, documentation and handlers
//! - [`state`]: what the service's own streams lead to; [`work`]: how they are changed
//! - [`describe`]: what the API description adds to the routes
//! - [`serve`]: the two listeners, plain http for candidates and TLS for staff

pub mod access;
pub mod app;
pub mod cache;
pub mod describe;
pub mod error;
pub mod library;
pub mod log_tree;
pub mod pages;
pub mod rebuild;
pub mod resources;
pub mod router;
pub mod serve;
pub mod state;
pub mod tls;
pub mod work;
