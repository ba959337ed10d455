//! Signatures over a short message, and a whole credential.

use super::RUNS;
use crate::Failure;
use crate::batch::Batch;
use crate::clock::median;
use crate::table::Table;
use kaoping_engine::result::credential::ResultCredential;
use kaoping_keys::native::NativeVerifier;
use kaoping_record::canonical;
use kaoping_record::jws::{self, Unverified};
use kaoping_record::key::{Signer, Verifier};
use kaoping_record::sm2::Sm2Signer;
use kaoping_record::software::{Ed25519Signer, Es256Signer, SoftwareVerifier};

/// As long as a SHA-256 digest, so that next to no hashing is measured: OpenSSL's own benchmark does none.
const MESSAGE: &[u8; 32] = b"as many bytes as a digest holds.";

/// Signatures of each run.
const COUNT: u64 = 300;

pub(crate) fn measure(table: &mut Table) -> Result<(), Failure> {
    let es256 = Es256Signer::from_scalar(&[7; 32])?;
    sign(table, "ES256 sign: software", &es256);
    verify(table, "ES256 verify: software", &es256, &SoftwareVerifier)?;
    verify(table, "ES256 verify: native", &es256, &NativeVerifier)?;
    let ed25519 = Ed25519Signer::from_seed(&[7; 32])?;
    sign(table, "Ed25519 sign", &ed25519);
    verify(table, "Ed25519 verify", &ed25519, &NativeVerifier)?;
    let sm2 = Sm2Signer::from_scalar(&[7; 32])?;
    sign(table, "SM2 sign", &sm2);
    verify(table, "SM2 verify", &sm2, &NativeVerifier)?;
    credential(table)
}

fn sign(table: &mut Table, name: &str, signer: &dyn Signer) {
    let run = || (0..COUNT).filter(|_| signer.sign(MESSAGE).is_ok()).count();
    table.add(name, median(RUNS, COUNT, run), "ns");
}

fn verify(table: &mut Table, name: &str, signer: &dyn Signer, verifier: &dyn Verifier) -> Result<(), Failure> {
    let signature = signer.sign(MESSAGE)?;
    let key = signer.public_key();
    verifier.verify(key, MESSAGE, &signature)?;
    let run = || (0..COUNT).filter(|_| verifier.verify(key, MESSAGE, &signature).is_ok()).count();
    table.add(name, median(RUNS, COUNT, run), "ns");
    Ok(())
}

/// A result: its canonical bytes, its JWS, and its verification from text to checked payload.
fn credential(table: &mut Table) -> Result<(), Failure> {
    let batch = Batch::new(1, 1)?;
    let (result, compact) = batch.result(0)?;
    let key = batch.signer().public_key();
    let sign = median(RUNS, COUNT, || (0..COUNT).filter(|_| jws::sign(&result, batch.signer()).is_ok()).count());
    table.add("credential sign: ours", sign, "ns");
    let check = || Unverified::parse(&compact)?.verify::<ResultCredential>(&NativeVerifier, key);
    check()?;
    table.add(
        "credential verify: ours, native",
        median(RUNS, COUNT, || (0..COUNT).filter(|_| check().is_ok()).count()),
        "ns",
    );

    let bytes = canonical::to_bytes(&result)?;
    let count = 20 * COUNT;
    table.add("canonical bytes of a result", bytes.len() as u64, "bytes");
    let canonical = median(RUNS, count, || (0..count).filter(|_| canonical::to_bytes(&result).is_ok()).count());
    table.add("JCS write: ours", canonical, "ns");
    let plain = median(RUNS, count, || (0..count).filter(|_| serde_json::to_vec(&result).is_ok()).count());
    table.add("JCS write: baseline, plain serde_json", plain, "ns");
    let read = || canonical::from_bytes::<ResultCredential>(&bytes).is_ok();
    table.add("JCS read and check: ours", median(RUNS, count, || (0..count).filter(|_| read()).count()), "ns");
    let read = || serde_json::from_slice::<ResultCredential>(&bytes).is_ok();
    table.add(
        "JCS read: baseline, plain serde_json",
        median(RUNS, count, || (0..count).filter(|_| read()).count()),
        "ns",
    );
    Ok(())
}
