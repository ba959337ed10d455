//! Examiners and lead examiners: the tablet's sheets ([`sheets`]), the panels' marks ([`panels`]),
//! and a panel's sheets side by side ([`comparison`]).

pub mod comparison;
pub mod panels;
pub mod sheets;
