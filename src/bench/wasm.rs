//! The suite `wasm`: the audit of one published draw on one core, natively and by the wasm that the
//! verify page ships.

use crate::bank::{Documents, Points};
use crate::clock::{median, peak_memory};
use crate::table::Table;
use crate::{Failure, build_folder, process, root};
use kaoping_engine::draw::deal;
use kaoping_engine::verify::draw::bundle::Bundle;
use kaoping_engine::verify::draw::input_files::File;
use kaoping_engine::verify::draw::report::Verdict;
use kaoping_engine::verify::draw::{HEAD_FILE, audit};
use kaoping_record::message::Signed;
use kaoping_record::software::SoftwareVerifier;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// Items of the bank.
const ITEMS: u32 = 5_000;
/// Papers of the batch.
const PAPERS: u32 = 5_000;
const RUNS: usize = 5;
/// This program as `cargo xtask bench` builds it without SHA instructions, from the build folder.
const SOFT_PROGRAM: &str = "soft/release/kaoping-bench";

/// Measures in this program, in one whose SHA-256 uses no instructions of the processor, as wasm
/// has none, and in Node with the entry point `audit` as released.
pub(crate) fn measure(table: &mut Table) -> Result<(), Failure> {
    let bundle = bundle()?;
    let file = build_folder()?.join("bench/draw-bundle.json");
    std::fs::create_dir_all(build_folder()?.join("bench"))?;
    std::fs::write(&file, &bundle)?;
    native(table, &file, "native")?;
    let mut soft = Command::new(build_folder()?.join(SOFT_PROGRAM));
    soft.arg("--audit-natively").arg(&file).arg("native, no SHA instructions");
    table.read(&process::output(&mut soft)?)?;
    let mut node = Command::new("node");
    node.arg(root().join("src/bench/wasm.mjs")).arg(build_folder()?.join("xtask/released/pkg/audit")).arg(&file);
    table.read(&process::output(&mut node)?)
}

/// Audits a published draw by this program, under a name.
pub(crate) fn native(table: &mut Table, file: &Path, name: &str) -> Result<(), Failure> {
    let bundle = std::fs::read(file)?;
    let mut holds = true;
    let paper = median(RUNS, PAPERS.into(), || {
        let read = Bundle::read(File { name: HEAD_FILE, bytes: &bundle });
        let report = audit::bundle(read, None, &SoftwareVerifier, &[], |comparison, papers| {
            audit::in_turn(comparison, papers, 100, |_, _| ())
        });
        holds &= report.verdict == Verdict::Holds;
    });
    if !holds {
        return Err("the draw does not hold".into());
    }
    table.add(&format!("audit of {PAPERS} papers, a paper: {name}"), paper, "ns");
    if let Some(memory) = peak_memory() {
        table.add(&format!("audit of {PAPERS} papers, memory: {name}"), memory / 1024, "MiB");
    }
    Ok(())
}

/// The document in which a service would publish it.
fn bundle() -> Result<Vec<u8>, Failure> {
    let documents = Documents::new(ITEMS, Points::Even, PAPERS)?;
    let dealt = deal(&documents.input())?;
    let papers = dealt.papers().map(|paper| json!({ "paper": paper.paper, "digest": paper.digest() }));
    let papers: Vec<Value> = papers.collect();
    let Documents { indexes, blueprint, seating, basis, manifest, secrets, .. } = documents;
    Ok(serde_json::to_vec(&json!({
        "kind": "draw-bundle", "v": 1, "basis": Signed::new(basis), "manifest": Signed::new(manifest), "indexes": indexes,
        "blueprint": blueprint, "seating": seating, "secrets": secrets, "papers": papers,
    }))?)
}
