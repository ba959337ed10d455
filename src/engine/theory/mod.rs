//! Theory scoring: from the paper, the answers, the keys and a named policy to marks, item by item.
//!
//! A score can be repeated: the same four inputs always give the same marks. Integers only.

pub mod policy;
pub mod score;
