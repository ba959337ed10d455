//! Files of a closed batch for those who check it, a line at a time: a large batch is never held
//! whole.

pub mod audit;
pub mod batch;

use crate::aggregates::batch::BatchState;
use crate::refusal::Refusal;
use serde::Serialize;

/// Appends a line.
fn push_line(text: &mut Vec<u8>, line: &impl Serialize) -> Result<(), Refusal> {
    serde_json::to_writer(&mut *text, line).map_err(Refusal::internal)?;
    text.push(b'\n');
    Ok(())
}

/// Nothing of a batch is handed out before everyone has an end.
fn needs_closed(state: &BatchState) -> Result<(), Refusal> {
    if state.closed().is_ok() {
        return Ok(());
    }
    Err(Refusal::conflict(
        "not_closed",
        "batch",
        ("批次关闭之后才能导出。", "it can be taken once the batch is closed"),
        ("先完成评分并关闭批次。", "finish the scoring and close the batch"),
    ))
}
