//! The suite `records`: signatures, canonical bytes, the log and an audit, beside OpenSSL, jose and
//! sm-crypto in one run.

pub(crate) mod bundle;
mod log;
mod openssl;
mod signatures;

use crate::table::Table;
use crate::{Failure, process, root};
use std::process::Command;

/// Runs of each measurement.
const RUNS: usize = 7;
/// Results of the measured bundle.
const RESULTS: u32 = 100_000;

/// Of two figures in the table the first is given in percent of the second's rate; the name states
/// the target.
const COMPARED: [(&str, &str, &str); 8] = [
    ("ES256 verify: native, rate beside OpenSSL's (aim: 80 or more)", "ES256 verify: native", "ES256 verify: OpenSSL"),
    ("ES256 verify: software, rate beside OpenSSL's", "ES256 verify: software", "ES256 verify: OpenSSL"),
    ("ES256 sign: software, rate beside OpenSSL's", "ES256 sign: software", "ES256 sign: OpenSSL"),
    ("Ed25519 verify, rate beside OpenSSL's", "Ed25519 verify", "Ed25519 verify: OpenSSL"),
    ("SM2 verify, rate beside OpenSSL's", "SM2 verify", "SM2 verify: OpenSSL"),
    ("SM2 verify, rate beside sm-crypto's", "SM2 verify", "SM2 verify: sm-crypto in Node"),
    ("credential verify, rate beside jose's", "credential verify: ours, native", "credential verify: jose in Node"),
    ("JCS write, rate beside plain serde_json's", "JCS write: ours", "JCS write: baseline, plain serde_json"),
];

/// Measures ours, then others', and compares.
pub(crate) fn measure(table: &mut Table) -> Result<(), Failure> {
    signatures::measure(table)?;
    log::measure(table)?;
    bundle::parts(table)?;
    process::part(table, ["--audit-bundle", &RESULTS.to_string()])?;
    openssl::measure(table)?;
    table.read(&process::output(Command::new("node").arg(root().join("tests/outside/speed.mjs")))?)?;
    COMPARED.iter().try_for_each(|(name, ours, other)| table.compare(name, ours, other))
}
