//! The suite `records`: signatures, canonical bytes, the log and an audit, beside OpenSSL, jose and sm-crypto in one run.

use super::openssl;
use super::table::Table;
use crate::place::Place;
use crate::run::{self, TaskError};

/// Of two figures in the table the first is told in percent of the second's rate; the name says the aim.
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

/// Measures in the release profile and prints the table; it stays in `target/bench/records.json`.
///
/// # Errors
/// When a benchmark cannot be built or fails.
pub(super) fn suite(place: &Place) -> Result<(), TaskError> {
    let mut ours = place.command("cargo");
    ours.args(["bench", "--quiet", "--package", "kaoping-keys", "--bench", "records"]);
    let mut lines = run::output(ours)?;
    lines.push_str(&openssl::lines(place)?);
    let mut node = place.command("node");
    node.arg("tests/outside/speed.mjs");
    lines.push_str(&run::output(node)?);
    let mut table = Table::read(&lines)?;
    for (name, ours, other) in COMPARED {
        table.compare(name, ours, other)?;
    }
    print!("\n{table}");
    table.write(place, "records")
}
