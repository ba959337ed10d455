//! Theory scoring: from the paper, the answers, the keys and a named policy to marks, item by item.
//!
//! A score can be repeated: the same four inputs always give the same marks. Integers only.
//! Where a key was corrected after the closing of its batch, a rule takes its place.

pub mod key_rule;
pub mod policy;
pub mod score;
