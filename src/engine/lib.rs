//! The exam: bank, blueprint, draw, session, theory, practical, result, plan.
//!
//! Pure: no clock, no randomness, no input or output. Times, seeds, salts and bytes come in as
//! arguments, so that the same bytes come out natively and in a browser.
//!
//! - [`marks`], [`date`], [`text`]: exact marks; days of the calendar; texts as clerks type them
//! - [`fault`]: defects for people
//! - [`bank`], [`blueprint`]: the items and what a paper is made of
//! - [`draw`]: from manifest, secrets and public indexes to the papers of a batch
//! - [`session`]: the candidate's exam, and the journal that all sessions share; [`theory`]: its
//!   score
//! - [`practical`]: score sheets, panels and the practical total
//! - [`roster`]: candidates as the registration form has them; [`plan`]: organization, plan and
//!   seating
//! - [`analysis`]: how hard items were, and how well they distinguish between people
//! - [`result`](mod@result): the outcome as a credential
//! - [`verify`](mod@verify): checks of what others publish
//! - [`kinds`]: every kind of signed record, by name
//! - [`view`]: what pages call and show

#![warn(missing_docs)]

pub mod analysis;
pub mod bank;
pub mod blueprint;
pub mod date;
pub mod draw;
pub mod fault;
pub mod kinds;
pub mod marks;
pub mod plan;
pub mod practical;
pub mod result;
pub mod roster;
pub mod session;
pub mod text;
pub mod theory;
pub mod verify;
pub mod view;

#[cfg(test)]
mod punctuation_tests;
