//! The face of everybody who has a published draw: draws it again and compares each paper.

use crate::boundary::{BoundaryError, answer};
use kaoping_engine::bank::Index;
use kaoping_engine::blueprint::Blueprint;
use kaoping_engine::draw::{DrawInput, Manifest, Seating, Secret, deal};
use kaoping_record::canonical;
use kaoping_record::digest::{Digest, from_hex};
use kaoping_record::id::PaperId;
use kaoping_record::message::Signed;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wasm_bindgen::prelude::wasm_bindgen;

/// Papers between two words of progress.
const STEP: usize = 100;

#[wasm_bindgen]
extern "C" {
    /// The page's function that is told how many of all papers are drawn.
    #[wasm_bindgen(typescript_type = "{ papers(done: number, all: number): void }")]
    pub type Progress;

    #[wasm_bindgen(method, structural)]
    fn papers(this: &Progress, done: usize, all: usize);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bundle {
    kind: String,
    v: u32,
    manifest: Signed<Manifest>,
    indexes: Vec<Index>,
    blueprint: Blueprint,
    seating: Seating,
    secrets: Vec<Secret>,
    #[serde(default)]
    public_entropy: Option<String>,
    papers: Vec<Published>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    paper: PaperId,
    digest: Digest,
}

/// Draws a published draw again and compares each paper: `{papers, differing, unknown}`, or `{refusal, faults}` when the
/// engine refuses the draw. `bundle` is the file that the service publishes, kind `draw-bundle`.
#[wasm_bindgen]
#[must_use]
pub fn audit(bundle: &[u8], progress: &Progress) -> String {
    answer(report(bundle, progress))
}

fn report(bundle: &[u8], progress: &Progress) -> Result<Value, BoundaryError> {
    let bundle: Bundle = canonical::from_authored(bundle).map_err(BoundaryError::input)?;
    if bundle.kind != "draw-bundle" || bundle.v != 1 {
        return Err(BoundaryError::input("kind"));
    }
    let entropy = bundle.public_entropy.as_deref().and_then(from_hex);
    let dealt = deal(&DrawInput {
        manifest: &bundle.manifest.payload,
        indexes: &bundle.indexes,
        blueprint: &bundle.blueprint,
        seating: &bundle.seating,
        secrets: &bundle.secrets,
        public_entropy: entropy.as_deref(),
    });
    let dealt = match dealt {
        Ok(dealt) => dealt,
        Err(refusal) => return Ok(json!({ "refusal": refusal.code(), "faults": refusal.faults() })),
    };
    let all = bundle.seating.papers.len();
    let mut published: BTreeMap<PaperId, Digest> =
        bundle.papers.into_iter().map(|paper| (paper.paper, paper.digest)).collect();
    let mut differing = Vec::new();
    for (place, paper) in dealt.papers().enumerate() {
        if published.remove(&paper.paper) != Some(paper.digest()) {
            differing.push(paper.paper);
        }
        if (place + 1) % STEP == 0 || place + 1 == all {
            progress.papers(place + 1, all);
        }
    }
    Ok(json!({ "papers": all, "differing": differing, "unknown": published.keys().collect::<Vec<_>>() }))
}
