//! What clerks and authors exchange: Excel rosters, certificate lists, banks, pictures of items.
//!
//! Functions on bytes and readers: no file is opened, nothing is kept. Formats and limits are described in `README.md`.
//!
//! - [`roster`]: a roster (考生名册) of 33 columns from .xlsx, .xls or CSV, or every fault in it
//! - [`roster_write`]: the same form as .xlsx; [`roster_sample`]: synthetic candidates for it
//! - [`certificates`]: the certificate list of 11 columns as .xlsx and CSV
//! - [`bank`]: items from national text, Excel, Word lists, QTI, Moodle XML and GIFT, or every fault in them; and banks as
//!   Excel and QTI
//! - [`picture`]: a picture of an item, or every fault in it
//! - [`responses`]: a table of marks for item analysis, row by row
//! - [`table`]: cells of a file from outside, read within bounds

pub mod bank;
pub mod certificates;
mod encoding;
pub mod pdf;
pub mod picture;
pub mod responses;
pub mod roster;
pub mod roster_sample;
pub mod roster_write;
pub mod table;
mod text_sheet;
