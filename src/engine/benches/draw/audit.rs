//! The audit of a published draw, one core: what `audit.mjs` beside this file measures with wasm, for `cargo xtask bench wasm`.

use crate::bank::{Documents, Points};
use crate::clock::{median, peak_memory};
use crate::{Any, line};
use kaoping_engine::draw::deal;
use kaoping_engine::draw::package::bundle::Bundle;
use kaoping_engine::draw::package::input_files::File;
use kaoping_engine::draw::package::report::Verdict;
use kaoping_engine::draw::package::{HEAD_FILE, audit};
use kaoping_record::message::Signed;
use kaoping_record::software::SoftwareVerifier;
use serde_json::{Value, json};

/// Items of the bank.
const ITEMS: u32 = 5_000;
/// Papers of the batch.
const PAPERS: u32 = 5_000;
const RUNS: usize = 5;

/// Writes a published draw to `file`, and audits it.
pub(crate) fn published(file: &str) -> Result<(), Any> {
    let bundle = bundle()?;
    std::fs::write(file, &bundle)?;
    let mut holds = true;
    let paper = median(RUNS, PAPERS.into(), || {
        let read = Bundle::read(File { name: HEAD_FILE, bytes: &bundle });
        let report = audit::bundle(read, None, &SoftwareVerifier, |comparison, papers| {
            audit::in_turn(comparison, papers, 100, |_, _| ())
        });
        holds &= report.verdict == Verdict::Holds;
    });
    if !holds {
        return Err("the draw does not hold".into());
    }
    line(&format!("audit of {PAPERS} papers, a paper: native"), paper, "ns");
    if let Some(memory) = peak_memory() {
        line(&format!("audit of {PAPERS} papers, memory: native"), memory / 1024, "MiB");
    }
    Ok(())
}

/// The document in which a service would publish it.
fn bundle() -> Result<Vec<u8>, Any> {
    let documents = Documents::new(ITEMS, Points::Even, PAPERS)?;
    let dealt = deal(&documents.input())?;
    let papers = dealt.papers().map(|paper| json!({ "paper": paper.paper, "digest": paper.digest() }));
    let papers: Vec<Value> = papers.collect();
    let Documents { indexes, blueprint, seating, manifest, secrets } = documents;
    Ok(serde_json::to_vec(&json!({
        "kind": "draw-bundle", "v": 1, "manifest": Signed::new(manifest), "indexes": indexes, "blueprint": blueprint,
        "seating": seating, "secrets": secrets, "papers": papers,
    }))?)
}
