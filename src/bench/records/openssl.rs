//! OpenSSL's own benchmark of signatures.

use crate::table::Table;
use crate::{Failure, process};
use std::process::Command;

/// Runs, of which the median counts.
const RUNS: usize = 3;
/// The argument of `openssl speed`, and the name in the table.
const ALGORITHMS: [(&str, &str); 3] = [("ecdsap256", "ES256"), ("ed25519", "Ed25519"), ("sm2", "SM2")];

/// Adds nanoseconds of each algorithm; none for one that this OpenSSL was built without.
///
/// # Errors
/// When there is no OpenSSL.
pub(crate) fn measure(table: &mut Table) -> Result<(), Failure> {
    for (asked, name) in ALGORITHMS {
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            runs.extend(figures(&process::output(
                Command::new("openssl").args(["speed", "-mr", "-seconds", "1", asked]),
            )?));
        }
        for (what, pick) in [("sign", 0), ("verify", 1)] {
            let mut times: Vec<u64> = runs.iter().filter_map(|run| run.get(pick).copied()).collect();
            times.sort_unstable();
            if let Some(median) = times.get(times.len() / 2) {
                table.add(&format!("{name} {what}: OpenSSL"), *median, "ns");
            }
        }
    }
    Ok(())
}

/// Nanoseconds to sign and to verify, from the last two fields of the line of results (`+F…`),
/// which are operations a second.
fn figures(output: &str) -> Option<[u64; 2]> {
    let line = output.lines().find(|line| line.starts_with("+F"))?;
    let mut fields = line.rsplit(':').map(nanoseconds);
    let (verify, sign) = (fields.next()??, fields.next()??);
    Some([sign, verify])
}

/// A rate a second, its fraction dropped, as a time.
fn nanoseconds(rate: &str) -> Option<u64> {
    let whole: u64 = rate.split('.').next()?.parse().ok()?;
    1_000_000_000_u64.checked_div(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Catches sign and verify exchanged, and a curve's name read as a figure.
    #[test]
    fn rates_become_times() {
        assert_eq!(figures("+R2:1\n+F4:3:256:40000.294118:16000.818182\n"), Some([25_000, 62_500]));
        assert_eq!(figures("+F7:0:256:CurveSM2:2500.750000:2000.000000"), Some([400_000, 500_000]));
        for nothing in ["", "+F7:0:256:CurveSM2:2500.7", "+F4:3:256:0.0:16000.8"] {
            assert_eq!(figures(nothing), None, "{nothing}");
        }
    }
}
