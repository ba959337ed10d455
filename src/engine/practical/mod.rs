//! The practical exam (操作技能考核): score sheets, the examiner's session, the panel's mark, the total.
//!
//! A mark's way: a [`sheet::Sheet`] is checked into a [`sheet::ValidSheet`]; an examiner scores it in a
//! [`session::SheetSession`] and hands it in; three or more sheets that were handed in form the panel's mark
//! ([`panel::form`]); the marks of all sheets form the functions' scores and the total ([`total::practical_total`]).
//!
//! - [`code`]: the short names inside a sheet
//! - [`sheet`], [`sheet_check`], [`sheet_defect`]: the score sheet (考核评分记录表), version 1, and its defects
//! - [`sheet_event`], [`scoring`] with its timers: what an examiner does with one sheet, and what that adds up to
//! - [`lots`]: which panel, number and tasks a person gets by the draw's seed
//! - [`session`]: the same without I/O, for tablet, service and audit
//! - [`panel`] with its check and its mark, [`panel_policy`], [`panel_decision`], [`total`]: from independent sheets to the practical total

pub mod code;
#[cfg(test)]
pub(crate) mod example;
pub mod lots;
pub mod panel;
mod panel_check;
pub mod panel_decision;
mod panel_mark;
pub mod panel_policy;
pub mod scoring;
mod scoring_error;
pub mod session;
pub mod sheet;
pub mod sheet_check;
pub mod sheet_defect;
pub mod sheet_event;
mod timers;
pub mod total;
