//! Whether the keys that a key event is about have signed it themselves.
//!
//! An enrolled key shows that somebody holds it, and a rotation that the holder of the old key
//! handed over: without the old key's signature anybody could claim its place, without the new
//! one's a key could be named that nobody holds.

use super::defect::Defect;
use super::trust::TrustList;
use crate::fault::Text;
use crate::kinds::key_event::{KeyChange, KeyEvent};
use kaoping_record::key::{KeyId, PublicKey, Verifier};
use kaoping_record::message::Signed;

/// Checks the signatures of the event's own keys. Who vouches for it besides is for the caller.
pub(super) fn check(
    event: &Signed<KeyEvent>,
    trust: &TrustList,
    verifier: &dyn Verifier,
) -> Result<(), (Defect, Text)> {
    match &event.payload.event {
        KeyChange::Enrolled { key, .. } => own(event, key, verifier),
        KeyChange::Rotated { from, to, .. } => {
            own(event, to, verifier)?;
            match known(from, trust) {
                Some(old) => own(event, old, verifier),
                None => passed_over(event, from, to, trust),
            }
        }
        KeyChange::Revoked { .. } | KeyChange::Compromised { .. } => Ok(()),
    }
}

fn own(event: &Signed<KeyEvent>, key: &PublicKey, verifier: &dyn Verifier) -> Result<(), (Defect, Text)> {
    event.verify(verifier, key).map_err(|error| {
        Defect::from(&error).tells(
            "密钥记录缺少有关密钥自己的签名，或签名不成立。",
            "a key that the event is about has not signed it, or its signature does not hold",
            error,
        )
    })
}

/// An old key that the trust list no longer has: its signature must be there, and cannot be
/// checked. That is enough where the list has the new key already, from a better source than this
/// record.
fn passed_over(
    event: &Signed<KeyEvent>,
    from: &KeyId,
    to: &PublicKey,
    trust: &TrustList,
) -> Result<(), (Defect, Text)> {
    if event.proofs.iter().all(|proof| proof.key != *from) {
        return Err(Defect::SignatureMissing.tells("缺少旧密钥的签名。", "the old key has not signed it", from));
    }
    if known(&to.id(), trust).is_some() {
        return Ok(());
    }
    Err(Defect::IssuerUnknown.tells(
        "旧密钥不在信任清单中，它的签名无法核对。",
        "the old key is in no trust list, so that its signature cannot be checked",
        from,
    ))
}

fn known<'a>(id: &KeyId, trust: &'a TrustList) -> Option<&'a PublicKey> {
    let issuers = trust.issuers.iter().flat_map(|line| std::iter::once(&line.key).chain(&line.beside));
    issuers.chain([&trust.log.key, &trust.receipts.key]).find(|key| key.id() == *id)
}
