//! The service over HTTP, by who asks: [`public`], [`seat`], [`room`], [`examiner`], [`office`],
//! [`own`].
//!
//! A handler extracts, calls an operation, and answers. [`router`] declares each route once, with
//! who may use it; [`refusal`] turns refusals into answers.

pub mod client;
mod compression;
pub mod description;
pub mod examiner;
pub mod guard;
mod large_answer;
pub mod member;
pub mod office;
pub mod own;
pub mod pages;
pub mod path;
pub mod public;
pub mod refusal;
pub mod request;
pub mod room;
pub mod router;
pub mod seat;
pub(crate) mod socket;
