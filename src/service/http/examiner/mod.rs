//! Examiners and lead examiners: the tablet's sheets ([`sheets`]), and the panels' marks ([`panels`]).

pub mod panels;
pub mod sheets;
