//! What a custodian must see before a secret is opened: that the manifest is signed, stands in the
//! log that was pinned when the secret was made, was seen by witnesses where they are required, and
//! names the commitment to this secret.
//!
//! A secret that is opened before its manifest is fixed lets the organization try manifests until
//! the papers suit it.

use super::defect::Defect;
use super::manifest_bundle::ManifestBundle;
use super::record_or_checkpoint::holds;
use super::report::{CheckName, FileKind, Finding, Findings, Report};
use super::secret_file::SecretFile;
use super::status::signer;
use super::trust::{TrustList, TrustedIssuer};
use super::{Verification, checks, credential_form, log_inclusion, record_cover, verdict};
use crate::bank::Profile;
use crate::draw::basis::Basis;
use crate::draw::manifest::Manifest;
use crate::fault::Text;
use crate::kinds::any::AnyRecord;
use kaoping_record::canonical;
use kaoping_record::log::leaf::LeafKind;
use kaoping_record::message::Signed;
use serde_json::Value;

/// A bundle's records, before they are believed.
struct Fixed {
    bundle: ManifestBundle,
    basis: AnyRecord,
    manifest: AnyRecord,
}

/// Checks a bundle, against the text of a custodian's secret when it is given.
pub(super) fn check(text: &str, secret: Option<&str>, against: &Verification<'_>) -> Report {
    let mut findings = Findings::default();
    let fixed = match open(text) {
        Ok(fixed) => fixed,
        Err(failed) => {
            findings.check(CheckName::Form, Err(failed));
            return verdict::unreadable(findings, FileKind::ManifestBundle);
        }
    };
    let (AnyRecord::DrawBasis(basis), AnyRecord::DrawManifest(manifest)) = (&fixed.basis, &fixed.manifest) else {
        let other = Defect::UnknownKind.says("不是依据和清单。", "these are not a basis and a manifest");
        findings.check(CheckName::Form, other);
        return verdict::unreadable(findings, FileKind::ManifestBundle);
    };
    findings.check(CheckName::Form, Ok(Text::new("文件完整，格式正确。", "whole and of the right form")));
    findings.check(CheckName::Manifest, belongs(manifest, basis));
    let adjusted = against.status.map(|status| status.cut_keys(against.trust));
    let trust = adjusted.as_ref().unwrap_or(against.trust);
    let issuer = check_signers(&mut findings, &fixed, trust, against);
    check_log(&mut findings, &fixed, manifest, &basis.payload, trust);
    check_witnesses(&mut findings, &fixed, basis.payload.profile, trust);
    match secret {
        Some(secret) => findings.check(CheckName::Commitment, commits(secret, manifest, basis, trust)),
        None => findings.skip(
            CheckName::Commitment,
            "没有给出秘密数文件，没有核对清单是否写明它的封存值。",
            "no secret’s file was given: whether the manifest names its commitment was not checked",
        ),
    }
    let mut report = verdict::of_manifest(findings, secret.is_some());
    report.identity = fixed.manifest.identity().ok();
    report.issuer = issuer;
    report
}

fn open(text: &str) -> Result<Fixed, (Defect, Text)> {
    let bundle = ManifestBundle::read(text).map_err(|error| credential_form::no_bundle(&error))?;
    let (basis, manifest) = (record(&bundle.basis)?, record(&bundle.manifest)?);
    Ok(Fixed { bundle, basis, manifest })
}

fn record(document: &Value) -> Result<AnyRecord, (Defect, Text)> {
    let bytes = canonical::to_bytes(document).map_err(|error| credential_form::no_form(&error))?;
    AnyRecord::read(&bytes).map_err(|error| credential_form::no_record(&error))
}

/// Whether the manifest is of this basis.
fn belongs(manifest: &Signed<Manifest>, basis: &Signed<Basis>) -> Finding {
    if basis.identity().ok() != Some(manifest.payload.basis) || !manifest.payload.check(&basis.payload).is_empty() {
        return Defect::ManifestBasis.says("清单不是这份依据的。", "the manifest is not of this basis");
    }
    Ok(Text::new(
        format!("清单是批次 {} 第 {} 次抽题的。", basis.payload.batch, basis.payload.attempt),
        format!("the manifest is of attempt {} of batch `{}`", basis.payload.attempt, basis.payload.batch),
    ))
}

/// Whether one organization of the trust list signed both, with keys that count at the manifest's
/// place in the log. Gives its name.
fn check_signers(
    findings: &mut Findings,
    fixed: &Fixed,
    trust: &TrustList,
    against: &Verification<'_>,
) -> Option<String> {
    let signers = signer(&fixed.basis, trust, against.verifier)
        .and_then(|basis| Ok([basis, signer(&fixed.manifest, trust, against.verifier)?]));
    let [basis, manifest] = match signers {
        Ok(signers) => signers,
        Err(failed @ (Defect::IssuerUnknown, _)) => {
            findings.check(CheckName::Issuer, Err(failed));
            return None;
        }
        Err(failed) => {
            findings.check(CheckName::Signature, Err(failed));
            return None;
        }
    };
    if basis.organization_id != manifest.organization_id {
        let other = Defect::IssuerImpostor
            .says("依据和清单由两个机构签名。", "basis and manifest are signed by two organizations");
        findings.check(CheckName::Issuer, other);
        return None;
    }
    findings.check(CheckName::Signature, Ok(holds()));
    // A key with two filings has two lines; one of them must cover the level.
    let key = basis.key.id();
    let lines = trust.issuers_of(&key).filter_map(|line| record_cover::covered(&fixed.basis, line));
    if let Some(covered) = lines.reduce(Finding::or) {
        findings.check(CheckName::Filing, covered);
    }
    // The basis stands before the manifest: a key that counts there counted for the basis too.
    let index = fixed.bundle.proof.as_ref().map(|proof| proof.index);
    let counts = |line: &TrustedIssuer| checks::key_revocation(line, index);
    findings.check(CheckName::KeyRevocation, counts(basis).and_then(|_| counts(manifest)));
    Some(manifest.name.clone())
}

fn check_log(findings: &mut Findings, fixed: &Fixed, manifest: &Signed<Manifest>, basis: &Basis, trust: &TrustList) {
    let Some(proof) = &fixed.bundle.proof else {
        findings.unlogged = true;
        findings.skip(CheckName::Log, "没有存证。", "it brings no proof of the log");
        return;
    };
    let identity = manifest.identity().map_err(|error| credential_form::no_record(&error.into()));
    let stands = identity.and_then(|identity| {
        log_inclusion::check_inclusion(&identity, &basis.batch, &[LeafKind::Manifest], proof, &trust.log)
    });
    findings.check(CheckName::Log, stands);
}

/// Witnesses as the trust list requires; in certification there must be one.
fn check_witnesses(findings: &mut Findings, fixed: &Fixed, profile: Profile, trust: &TrustList) {
    let Some(proof) = &fixed.bundle.proof else { return };
    if profile == Profile::Formal && trust.witnesses.is_empty() {
        findings.unwitnessed = true;
        findings.skip(
            CheckName::Witness,
            "正式认定要求外部见证，信任清单却没有写明见证方。",
            "certification requires an outside witness, and the trust list names none",
        );
        return;
    }
    log_inclusion::check_witness(findings, Some(&proof.checkpoint), trust);
}

/// Whether the manifest names the commitment to a secret, in the log that its file pins.
fn commits(secret: &str, manifest: &Signed<Manifest>, basis: &Signed<Basis>, trust: &TrustList) -> Finding {
    let secret = SecretFile::read(secret).map_err(|error| {
        let text = "这不是秘密数文件，或者文件已损坏。";
        Defect::SecretMalformed.tells(text, "not a secret’s file, or it is damaged", error)
    })?;
    if secret.trust.log != trust.log {
        return Defect::PinnedLog.says(
            "信任清单中的日志或公钥不是产生秘密数时记下的那个。",
            "the log, or its key, is not the one that was pinned when the secret was made",
        );
    }
    let (own, drawn) = (&secret, &basis.payload);
    if own.basis != manifest.payload.basis || own.batch != drawn.batch || own.attempt != drawn.attempt {
        return Defect::SecretBasis.says(
            "秘密数是为另一份依据、另一批次或另一次抽题产生的。",
            "the secret was made for another basis, batch or attempt",
        );
    }
    let mut entries = manifest.payload.commitments.iter();
    let Some(entry) = entries.find(|entry| entry.custodian == secret.custodian) else {
        return Defect::CustodianMissing.says("清单里没有这名保管人。", "the manifest does not name this custodian");
    };
    if entry.commitment != secret.commitment() {
        return Defect::OtherCommitment.says(
            "清单写明的不是这个秘密数的封存值。",
            "the manifest names another commitment than that to this secret",
        );
    }
    Ok(Text::new("清单写明了这个秘密数的封存值。", "the manifest names the commitment to this secret"))
}

/// The report on a secret's file by itself, of which nothing is shown.
pub(super) fn secret_alone(text: &str) -> Report {
    let mut findings = Findings::default();
    let read = SecretFile::read(text).map(drop).map_err(|error| {
        let text = "这不是秘密数文件，或者文件已损坏。";
        Defect::SecretMalformed.tells(text, "not a secret’s file, or it is damaged", error)
    });
    let form = read.map(|()| Text::new("文件完整，格式正确。", "whole and of the right form"));
    let whole = form.is_ok();
    findings.check(CheckName::Form, form);
    if !whole {
        return verdict::unreadable(findings, FileKind::Secret);
    }
    findings.skip(
        CheckName::Commitment,
        "请把抽题清单文件也给出，再核对清单是否写明它的封存值。",
        "give the manifest’s file too, to check whether it names the commitment to it",
    );
    verdict::of_secret(findings)
}
