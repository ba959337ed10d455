//! The bundle in which a service publishes a draw: all documents in one, and the digest of each
//! paper.

use super::evidence::{CosignedCheckpoint, Evidence, OpenLeaf, VoidedAttempt};
use super::fault_at;
use super::input_files::{Documents, File, Form, MaybeSigned};
use crate::bank::Index;
use crate::blueprint::Blueprint;
use crate::draw::entropy::EntropyOutcome;
use crate::draw::{Basis, Manifest, Seating, Secret};
use crate::fault::Fault;
use kaoping_record::digest::Digest;
use kaoping_record::id::PaperId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a bundle calls itself.
pub const BUNDLE_KIND: &str = "draw-bundle";
/// The version of its form.
pub const BUNDLE_VERSION: u32 = 1;

/// A published draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// What the draw reads.
    pub documents: Documents,
    /// The digest of each paper.
    pub papers: Vec<PublishedPaper>,
    /// Records of the ceremony.
    pub evidence: Evidence,
    /// Members that this program does not know.
    pub unknown: Vec<String>,
}

/// A paper as a bundle publishes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedPaper {
    /// The paper's id, as in the seating.
    pub paper: PaperId,
    /// SHA-256 of the paper's canonical bytes.
    pub digest: Digest,
}

/// The text of a bundle, its kind first, so that the first kilobyte tells what the file is.
#[must_use]
pub fn kind_first(bundle: &Value) -> String {
    let Some(members) = bundle.as_object() else { return bundle.to_string() };
    let (first, others): (Vec<_>, Vec<_>) = members.iter().partition(|(name, _)| *name == "kind");
    let member = |(name, value): (&String, &Value)| format!("{}:{value}", Value::from(name.as_str()));
    let members: Vec<String> = first.into_iter().chain(others).map(member).collect();
    format!("{{{}}}", members.join(","))
}

#[derive(Serialize, Deserialize)]
struct Written {
    kind: String,
    v: u32,
    basis: MaybeSigned<Basis>,
    manifest: MaybeSigned<Manifest>,
    indexes: Vec<Index>,
    blueprint: Blueprint,
    seating: Seating,
    secrets: Vec<Secret>,
    papers: Vec<PublishedPaper>,
    #[serde(default)]
    entropy: Option<EntropyOutcome>,
    #[serde(default)]
    equivalence: Option<Value>,
    #[serde(default)]
    basis_leaf: Option<OpenLeaf>,
    #[serde(default)]
    manifest_leaf: Option<OpenLeaf>,
    #[serde(default)]
    openings: Option<Vec<Value>>,
    #[serde(default)]
    opening_leaves: Option<Vec<OpenLeaf>>,
    #[serde(default)]
    checkpoint: Option<CosignedCheckpoint>,
    #[serde(default)]
    opening: Option<Value>,
    #[serde(default)]
    opening_leaf: Option<OpenLeaf>,
    #[serde(default)]
    voided: Option<Vec<VoidedAttempt>>,
    #[serde(flatten)]
    unknown: BTreeMap<String, Value>,
}

impl Bundle {
    /// Reads a bundle.
    ///
    /// # Errors
    /// `file_unreadable`, or `bundle_kind` for another kind or version.
    pub fn read(file: File<'_>) -> Result<Self, Box<Fault>> {
        let written: Written = file.read(Form::Large)?;
        if written.kind != BUNDLE_KIND || written.v != BUNDLE_VERSION {
            return Err(fault_at(
                "bundle_kind",
                file.name,
                "",
                [
                    format!("不是抽题公开包：{} 第 {} 版", written.kind, written.v),
                    format!("not a published draw but `{}` version {}", written.kind, written.v),
                ],
                ["使用批次关闭后下载的抽题公开包", "take what is published once the batch is closed"],
            ));
        }
        file.of_kind(&written.basis)?;
        file.of_kind(&written.manifest)?;
        Ok(Self {
            documents: Documents {
                basis: written.basis,
                manifest: written.manifest,
                indexes: written.indexes,
                blueprint: written.blueprint,
                seating: written.seating,
                secrets: written.secrets,
                outcome: written.entropy,
            },
            papers: written.papers,
            evidence: Evidence {
                equivalence: written.equivalence,
                basis_leaf: written.basis_leaf,
                manifest_leaf: written.manifest_leaf,
                openings: written.openings,
                opening_leaves: written.opening_leaves,
                checkpoint: written.checkpoint,
                opening: written.opening,
                opening_leaf: written.opening_leaf,
                voided: written.voided,
            },
            unknown: written.unknown.into_keys().collect(),
        })
    }
}
