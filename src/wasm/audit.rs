//! The entry point for large files: a closed batch, its scores, or its draw.

use crate::boundary::answer;
use kaoping_engine::view::bundle;
use kaoping_engine::view::verify::trust_list;
use serde_json::json;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// The page's open file: its lines one after the other, and all of it.
    #[wasm_bindgen(typescript_type = "{ line(): Uint8Array | undefined; whole(): Uint8Array }")]
    pub type Source;

    #[wasm_bindgen(method, structural)]
    fn line(this: &Source) -> Option<Vec<u8>>;

    #[wasm_bindgen(method, structural)]
    fn whole(this: &Source) -> Vec<u8>;

    /// The page's object that receives how many of all papers are compared.
    #[wasm_bindgen(typescript_type = "{ papers(done: number, all: number): void }")]
    pub type Progress;

    #[wasm_bindgen(method, structural)]
    fn papers(this: &Progress, done: usize, all: usize);
}

impl bundle::Source for Source {
    fn line(&self) -> Option<Vec<u8>> {
        self.line()
    }

    fn whole(&self) -> Vec<u8> {
        self.whole()
    }
}

/// Checks a file when it is a batch bundle, an audit bundle or a published draw, and answers a
/// `CheckedBundle`. `status` is a set of corrections and revocations, and `logged` holds the member
/// `logged` of each batch that was checked before, with which scores and draws are joined; both may
/// be absent. It returns when all is done; a page calls it in a worker.
#[wasm_bindgen]
#[must_use]
pub fn check(
    source: &Source,
    trust: &str,
    status: Option<String>,
    logged: Option<Vec<String>>,
    progress: &Progress,
) -> String {
    let logged = logged.unwrap_or_default();
    answer(bundle::check(source, trust, status.as_deref(), &logged, |done, all| progress.papers(done, all)))
}

/// Draws again what a service published and compares each paper: `{report}`, a `DrawReport`. With a
/// trust list it also checks who signed the manifest.
#[wasm_bindgen]
#[must_use]
pub fn audit(bundle: &[u8], trust: Option<String>, progress: &Progress) -> String {
    answer(trust.as_deref().map(trust_list).transpose().map(
        |trust| json!({ "report": bundle::check_draw(bundle, trust.as_ref(), &[], |done, all| progress.papers(done, all)) }),
    ))
}
