//! Faults as the commands of banks print them.

use kaoping_engine::fault::Fault;
use std::process::ExitCode;

/// Prints faults; the exit code is 1 when there are any.
pub(super) fn report(faults: &[Fault]) -> ExitCode {
    for fault in faults {
        println!("{}: {} {} ({})", fault.place, fault.cause.zh, fault.cure.zh, fault.cause.en);
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
