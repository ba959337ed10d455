//! Reasons that people give for what they decide.

use crate::refusal::Refusal;

/// The longest reason, in characters.
const MOST: usize = 500;

/// A reason of 1 to 500 characters without blanks around it.
///
/// # Errors
/// `reason` when it is empty or too long.
pub fn reason(text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if (1..=MOST).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(Refusal::invalid(
        "reason",
        "reason",
        ("原因须为 1 至 500 个字。", "a reason has 1 to 500 characters"),
        ("请写明原因。", "enter the reason"),
    ))
}
