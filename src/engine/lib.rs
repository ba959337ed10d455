//! The exam: bank, blueprint, draw, session, theory, practical, result, plan.
//!
//! Pure: no clock, no randomness, no input or output. Times, seeds, salts and bytes come in as arguments, so that the
//! same bytes come out natively and in a browser.
//!
//! - [`marks`], [`fault`]: exact marks; defects for people
//! - [`bank`], [`blueprint`]: the items and what a paper is made of
//! - [`draw`]: from manifest, secrets and public indexes to the papers of a batch
//! - [`session`]: the candidate's exam, and the journal that all sessions share; [`theory`]: its score
//! - [`practical`]: score sheets, panels and the practical total
//! - [`plan`]: organization, plan and roster; [`result`](mod@result): the outcome as a credential
//! - [`records`]: every kind of signed record, by name
//! - [`view`]: what pages call and show

pub mod bank;
pub mod blueprint;
pub mod draw;
pub mod fault;
pub mod marks;
pub mod plan;
pub mod practical;
pub mod records;
pub mod result;
pub mod session;
pub mod theory;
pub mod view;
