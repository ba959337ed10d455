//! The face of everybody who has a published draw: draws it again and compares each paper. [`crate::bundles`] is for files of any kind.

use crate::boundary::{BoundaryError, answer};
use kaoping_engine::draw::package::bundle::Bundle;
use kaoping_engine::draw::package::documents::File;
use kaoping_engine::draw::package::report::Report;
use kaoping_engine::draw::package::{HEAD_FILE, audit as package};
use kaoping_engine::view::verify::trust_list;
use kaoping_record::software::SoftwareVerifier;
use serde_json::json;
use wasm_bindgen::prelude::wasm_bindgen;

/// Papers between two words of progress.
const STEP: usize = 100;

#[wasm_bindgen]
extern "C" {
    /// The page's object that is told how many of all papers are compared.
    #[wasm_bindgen(typescript_type = "{ papers(done: number, all: number): void }")]
    pub type Progress;

    #[wasm_bindgen(method, structural)]
    pub(crate) fn papers(this: &Progress, done: usize, all: usize);
}

/// Draws again what a service published (`bundle`, kind `draw-bundle`) and compares each paper: `{report}`. With a trust list
/// it also checks who signed the manifest. It returns when all is done, so that a page calls it in a worker.
#[wasm_bindgen]
#[must_use]
pub fn audit(bundle: &[u8], trust: Option<String>, progress: &Progress) -> String {
    let report = report(bundle, trust.as_deref(), |done, all| progress.papers(done, all));
    answer(report.map(|report| json!({ "report": report })))
}

/// The same for a program.
///
/// # Errors
/// `trust_list` when the trust list cannot be read; whatever is wrong with the bundle is in the report.
pub fn report(bundle: &[u8], trust: Option<&str>, progress: impl FnMut(usize, usize)) -> Result<Report, BoundaryError> {
    let trust = trust.map(trust_list).transpose()?;
    let file = File { name: HEAD_FILE, bytes: bundle };
    Ok(package::bundle(Bundle::read(file), trust.as_ref(), &SoftwareVerifier, |comparison, papers| {
        package::in_turn(comparison, papers, STEP, progress)
    }))
}
