//! Theory scoring: from the paper, the answers, the keys and a named policy to marks, item by item.
//!
//! A score is a proof: whoever holds the four inputs computes the same marks. Integers only.

pub mod policy;
pub mod score;
