//! All proofs of transparency-dev/merkle get the verdict that they ask for.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use kaoping_record::digest::Digest;
use kaoping_record::log::tree::{verify_consistency, verify_inclusion};
use serde::Deserialize;

const PROOFS: &str = include_str!("../../../tests/vectors/merkle/proofs.jsonl");

/// A proof, of inclusion or of consistency.
#[derive(Deserialize)]
#[serde(untagged)]
enum Proof {
    #[serde(rename_all = "camelCase")]
    Inclusion {
        leaf_idx: u64,
        tree_size: u64,
        root: String,
        leaf_hash: String,
        proof: Option<Vec<String>>,
    },
    Consistency {
        size1: u64,
        size2: u64,
        root1: String,
        root2: String,
        proof: Option<Vec<String>>,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    file: String,
    want_err: bool,
    #[serde(flatten)]
    proof: Proof,
}

/// `None` for what is not 32 bytes, which no proof of ours can hold.
fn hash(text: &str) -> Option<Digest> {
    STANDARD.decode(text).ok()?.try_into().ok().map(Digest::from_bytes)
}

fn hashes(texts: Option<Vec<String>>) -> Option<Vec<Digest>> {
    texts.unwrap_or_default().iter().map(|text| hash(text)).collect()
}

fn holds(proof: Proof) -> Option<bool> {
    Some(match proof {
        Proof::Inclusion { leaf_idx, tree_size, root, leaf_hash, proof } => {
            verify_inclusion(&hash(&leaf_hash)?, leaf_idx, tree_size, &hashes(proof)?, &hash(&root)?).is_ok()
        }
        Proof::Consistency { size1, size2, root1, root2, proof } => {
            verify_consistency(size1, size2, &hashes(proof)?, &hash(&root1)?, &hash(&root2)?).is_ok()
        }
    })
}

/// That project compares the roots of this one alone, which are no hashes; a root here has 32 bytes.
const ROOTS_OF_OTHER_LENGTH: &str = "consistency/additional/sizes-are-equal-one-and-proof-is-empty.json";

#[test]
fn proofs_of_transparency_dev() -> Result<(), serde_json::Error> {
    let (mut held, mut refused) = (0, 0);
    for line in PROOFS.lines() {
        let case: Case = serde_json::from_str(line)?;
        let found = holds(case.proof).unwrap_or(false);
        let expected = !case.want_err && case.file != ROOTS_OF_OTHER_LENGTH;
        assert_eq!(found, expected, "{}", case.file);
        *(if found { &mut held } else { &mut refused }) += 1;
    }
    assert_eq!(held + refused, 196);
    assert!(held >= 8, "{held} hold");
    Ok(())
}
