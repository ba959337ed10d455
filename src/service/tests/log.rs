//! The log for everyone: tiles, proofs, and an outside witness.

use super::fixture::{Batch, Caller};
use axum::http::StatusCode;
use kaoping_record::key::Signer as _;
use kaoping_record::log::add_checkpoint::AddCheckpoint;
use kaoping_record::log::checkpoint::Checkpoint;
use kaoping_record::log::cosignature::witnesses;
use kaoping_record::log::entries::decode;
use kaoping_record::log::note::{Note, NoteKey, NoteKeyKind};
use kaoping_record::log::tree::{leaf_hash, root};
use kaoping_record::log::witness::{Refusal, Witness, WitnessState};
use kaoping_record::software::Ed25519Signer;
use kaoping_record::time::Time;
use serde_json::json;

async fn text(batch: &Batch, path: &str) -> String {
    let answer = batch.service.get(&Caller::Anyone, path).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.text);
    answer.text
}

fn log_key(batch: &Batch) -> NoteKey {
    let settings = &batch.service.app.settings;
    NoteKey::new(&settings.log_origin, NoteKeyKind::Log, batch.service.app.keys.log.public_key().clone()).unwrap()
}

#[tokio::test]
async fn the_log_is_served_as_tiles() {
    let (batch, _) = Batch::with_papers().await;
    let note = text(&batch, "/api/v1/log/checkpoint").await;
    let checkpoint = Checkpoint::verify(&note, "test.example/log", batch.service.app.keys.log.public_key()).unwrap();
    // The organization's key, roster, basis, manifest, two opened secrets and opening.
    assert_eq!(checkpoint.size, 7);
    let entries = batch.service.bytes("/api/v1/log/tile/entries/000.p/7").await;
    let hashes: Vec<_> = decode(&entries).unwrap().iter().map(|entry| leaf_hash(entry)).collect();
    assert_eq!(root(&hashes), checkpoint.root);
    let tile = batch.service.bytes("/api/v1/log/tile/0/000.p/7").await;
    assert_eq!(tile, hashes.iter().flat_map(|hash| *hash.as_bytes()).collect::<Vec<u8>>());
    for path in ["0/000", "0/000.p/8", "0/001.p/1", "1/000.p/1", "entries/000", "0/0", "x"] {
        let path = format!("/api/v1/log/tile/{path}");
        assert_eq!(batch.service.get(&Caller::Anyone, &path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_witness_cosigns_what_only_grows() {
    let (batch, _) = Batch::with_papers().await;
    let signer = Ed25519Signer::from_seed(&[9; 32]).unwrap();
    let key = NoteKey::new("witness.example", NoteKeyKind::Witness, signer.public_key().clone()).unwrap();
    let witness = || Witness { key: &key, signer: &signer };
    let logs = [log_key(&batch)];
    let mut state = WitnessState::default();
    let at = Time::from_millis(1_796_083_300_000);

    let asked = AddCheckpoint::parse(&text(&batch, "/api/v1/log/witness/request?old=0").await).unwrap();
    let line = state.cosign(&asked, &logs, witness(), at).unwrap();
    let note = asked.checkpoint.clone().with(line);
    let path = "/api/v1/log/witness/cosignatures";
    let unsigned = json!({ "note": asked.checkpoint.to_string(), "witness": key.to_string() });
    assert_eq!(batch.service.post(&batch.office(), path, unsigned).await.code(), "cosignature");
    let body = json!({ "note": note.to_string(), "witness": key.to_string() });
    let taken = batch.service.post(&batch.office(), path, body).await.ok();
    assert_eq!((&taken["cosigned"]["size"], &taken["cosigned"]["witness"]), (&json!(7), &json!("witness.example")));
    let served = Note::parse(&text(&batch, "/api/v1/log/checkpoint").await).unwrap();
    assert_eq!(witnesses(&served, std::slice::from_ref(&key)).unwrap().len(), 1);

    // The log grows by another batch: the same witness sees that nothing before has changed.
    batch.seated().await;
    let grown = AddCheckpoint::parse(&text(&batch, "/api/v1/log/witness/request?old=7").await).unwrap();
    state.cosign(&grown, &logs, witness(), at).unwrap();
    // Who shows it the old log again, as if nothing had been appended, is refused.
    assert!(matches!(
        state.cosign(&asked, &logs, witness(), at),
        Err(Refusal::OldSize { .. } | Refusal::Shrunk { .. })
    ));
}
