//! The files of a draw: what goes in, what comes out, and the check that one follows from the
//! other.
//!
//! `FILES.md` in the folder of [`crate::draw`] describes the files. Nothing here reads or writes:
//! whoever does hands in bytes.
//!
//! - [`input_files`]: what a draw reads; [`refusal`]: why nothing is drawn from it; [`bundle`]: the
//!   same in one document, as a service publishes it; [`evidence`]: the records of the ceremony in
//!   it, which `ceremony` and `openings` check
//! - [`lines`]: the drawn papers and certificates as lines; [`range`]: some seats of all
//! - [`compare`]: published lines and digests against those drawn again; [`tally`]: what is
//!   missing, double or out of order
//! - [`report`]: what an audit found; [`audit`]: the audit of a bundle, which `results` joins with
//!   the log of the batch

pub mod audit;
pub mod bundle;
mod ceremony;
pub mod compare;
pub mod evidence;
pub mod input_files;
pub mod lines;
mod openings;
pub mod range;
pub mod refusal;
pub mod report;
mod results;
pub mod tally;

#[cfg(test)]
mod ceremony_tests;
#[cfg(test)]
mod tests;

use crate::fault::{Fault, Text};
use input_files::{File, Form};
use range::SeatRange;
use serde::{Deserialize, Serialize};

/// The basis, signed or its payload alone.
pub const BASIS_FILE: &str = "basis.json";
/// The manifest, signed or its payload alone.
pub const MANIFEST_FILE: &str = "manifest.json";
/// File of the blueprint.
pub const BLUEPRINT_FILE: &str = "blueprint.json";
/// File of the seating.
pub const SEATING_FILE: &str = "seating.json";
/// The outcome of the public entropy, when the basis names one.
pub const ENTROPY_FILE: &str = "entropy.json";
/// Indexes: `index-BANK.json`.
pub const INDEX_PREFIX: &str = "index-";
/// Opened secrets: `secret-CUSTODIAN.json`.
pub const SECRET_PREFIX: &str = "secret-";
/// The papers, a line each, in the seating's order.
pub const PAPERS_FILE: &str = "papers.jsonl";
/// Their certificates, a line each, in the same order.
pub const CERTIFICATES_FILE: &str = "certificates.jsonl";
/// The batch's certificate.
pub const EQUIVALENCE_FILE: &str = "equivalence.json";
/// File of the published seed.
pub const SEED_FILE: &str = "seed.json";
/// Written last: its presence says that all others are whole.
pub const HEAD_FILE: &str = "draw.json";

/// What [`HEAD_FILE`] calls itself.
pub const HEAD_KIND: &str = "draw-files";
/// The version of the files' form.
pub const PACKAGE_VERSION: u32 = 1;

/// The document [`HEAD_FILE`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// [`HEAD_KIND`].
    pub kind: String,
    /// [`PACKAGE_VERSION`].
    pub v: u32,
    /// Which papers of the seating were written.
    pub seats: SeatRange,
}

impl Head {
    /// Reads [`HEAD_FILE`].
    ///
    /// # Errors
    /// `file_unreadable`, or `head_kind` for another kind or version.
    pub fn read(file: File<'_>) -> Result<Self, Box<Fault>> {
        let head: Self = file.read(Form::Canonical)?;
        if head.kind == HEAD_KIND && head.v == PACKAGE_VERSION {
            return Ok(head);
        }
        let Self { kind, v, .. } = head;
        Err(fault_at(
            "head_kind",
            file.name,
            "",
            [
                format!("不是本程序认识的抽题目录：{kind} 第 {v} 版"),
                format!("not the files of a draw but `{kind}` version {v}"),
            ],
            ["重新取得这一文件，或用较新的程序", "get the file again, or use a newer program"],
        ))
    }
}

/// The document [`SEED_FILE`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedDocument {
    /// The digest of the manifest, which the seed is derived from.
    pub manifest: kaoping_record::digest::Digest,
    /// From which anyone draws all papers again.
    pub seed: crate::draw::Seed,
}

/// A fault at a file, with a place in it; texts are Chinese, then English.
fn fault_at(code: &str, file: &str, place: &str, cause: [String; 2], cure: [&str; 2]) -> Box<Fault> {
    let ([cause_zh, cause_en], [cure_zh, cure_en]) = (cause, cure);
    let place = if place.is_empty() { file.to_owned() } else { format!("{file} {place}") };
    Box::new(Fault::new(code, place, Text::new(cause_zh, cause_en), Text::new(cure_zh, cure_en)))
}
