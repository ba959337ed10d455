//! What is checked of a result or a certificate.

use super::bundle::{Person, ResultBundle};
use super::checks;
use super::credential_form::{self, Claims, Credential};
use super::defect::Defect;
use super::log_inclusion;
use super::report::{CheckName, FileKind, Findings, Report};
use super::trust::{TrustList, TrustedIssuer};
use super::{Verification, verdict, withdrawal};
use crate::result::certificate::Basis;
use kaoping_record::digest::Digest;
use kaoping_record::jws::Unverified;
use kaoping_record::key::PublicKey;
use serde_json::Value;

/// A credential as it was handed over, before it is believed.
struct Handed<'a> {
    bundle: &'a ResultBundle,
    jws: &'a Unverified,
    payload: &'a Value,
    credential: &'a Credential,
    claims: Claims<'a>,
}

/// Checks a certificate's file beside its code: the report, and the place in the log that its proof
/// names.
pub(super) fn check_with_proof(text: &str, against: &Verification<'_>) -> (Report, Option<u64>) {
    let index = ResultBundle::read(text).ok().and_then(|bundle| bundle.proof).map(|proof| proof.index);
    (check(text, &Verification { person: None, ..*against }), index)
}

/// Checks a bundle or a bare JWS.
pub(super) fn check(text: &str, against: &Verification<'_>) -> Report {
    let mut findings = Findings::default();
    let read = ResultBundle::read(text).map_err(|error| credential_form::no_bundle(&error)).and_then(|bundle| {
        let jws = Unverified::parse(&bundle.jws).map_err(|error| credential_form::no_jws(&error))?;
        let payload: Value = jws.claimed().map_err(|error| credential_form::no_jws(&error))?;
        Ok((bundle, jws, payload))
    });
    let (bundle, jws, payload) = match read {
        Ok(read) => read,
        Err(failed) => {
            findings.check(CheckName::Form, Err(failed));
            return verdict::unreadable(findings, FileKind::Unknown);
        }
    };
    let credential = match Credential::read(&jws, &payload) {
        Ok(credential) => credential,
        Err(error) => return unreadable_payload(findings, &jws, &payload, &error),
    };
    findings.check(CheckName::Form, credential_form::agrees(&bundle, &credential));
    let handed =
        Handed { bundle: &bundle, jws: &jws, payload: &payload, credential: &credential, claims: credential.claims() };
    let adjusted = against.status.map(|status| status.cut_keys(against.trust));
    let trust: &TrustList = adjusted.as_ref().unwrap_or(against.trust);
    let lines: Vec<&TrustedIssuer> = trust.issuers_of(jws.key_id()).collect();
    let issuer = checks::trusted(&handed.claims, &lines);
    check_issuer(&mut findings, &handed, &lines, issuer, against);
    if let Credential::Result(result) = &credential {
        findings.check(CheckName::Marks, checks::marks(&result.credential_subject));
    }
    check_log(&mut findings, &handed, trust, issuer);
    check_holder(&mut findings, &handed, against.person);
    if let Some(proof) = &bundle.proof {
        log_inclusion::check_witness(&mut findings, Some(&proof.checkpoint), trust);
    }
    check_withdrawn(&mut findings, &handed, against);
    // A key that is known, under a name that is not its owner's: somebody pretends, and nobody is
    // merely unknown.
    let impostor = issuer.is_none() && !lines.is_empty();
    let issuer = issuer.map(|issuer| issuer.name.clone());
    verdict::of_credential(findings, &jws, credential, issuer, impostor)
}

/// A credential that requires an unknown signature is readable, and lacks it.
fn unreadable_payload(
    mut findings: Findings,
    jws: &Unverified,
    payload: &Value,
    error: &kaoping_record::jws::JwsError,
) -> Report {
    let names = checks::required_names(payload);
    let known = |name: &&str| matches!(*name, "ES256" | "Ed25519" | "SM2-SM3");
    match names.as_deref() {
        Some(names) if names.iter().all(known) => {
            findings.check(CheckName::Form, Err(credential_form::no_jws(error)));
            verdict::unreadable(findings, FileKind::Unknown).of(jws)
        }
        Some(names) => {
            let missing: Vec<&str> = names.iter().filter(|name| !known(name)).copied().collect();
            let missing = missing.join(", ");
            findings.check(
                CheckName::RequiredSignatures,
                Defect::RequiredUnknown.says(
                    format!("要求的签名本程序不能核对：{missing}。"),
                    format!("a required signature cannot be checked here: {missing}"),
                ),
            );
            verdict::lacking(findings).of(jws)
        }
        None if payload.get("requiredSignatures").is_some() => {
            findings.check(
                CheckName::RequiredSignatures,
                Defect::RequiredUnnamed.says("没有写明需要哪些签名。", "it does not say which signatures it requires"),
            );
            verdict::lacking(findings).of(jws)
        }
        None => {
            findings.check(CheckName::Form, Err(credential_form::no_jws(error)));
            verdict::unreadable(findings, FileKind::Unknown).of(jws)
        }
    }
}

fn check_issuer(
    findings: &mut Findings,
    handed: &Handed<'_>,
    lines: &[&TrustedIssuer],
    issuer: Option<&TrustedIssuer>,
    against: &Verification<'_>,
) {
    let (verifier, now) = (against.verifier, against.now);
    findings.check(CheckName::Issuer, checks::issuer(handed.claims.issuer_name, lines, issuer));
    let in_bundle = handed.bundle.issuer_key.as_ref().filter(|key| key.id() == *handed.jws.key_id());
    let key: Option<&PublicKey> = lines.first().map(|line| &line.key).or(in_bundle);
    match key {
        Some(key) => findings.check(CheckName::Signature, checks::signature(handed.jws, key, verifier)),
        None => findings.skip(
            CheckName::Signature,
            "没有签名人的公钥，无法核对签名。",
            "the signer's public key is not at hand, so the signature was not checked",
        ),
    }
    if let Some(issuer) = issuer {
        let in_time = now.map_or(Ok(()), |now| checks::not_in_future(&handed.claims, now));
        findings.check(CheckName::Filing, in_time.and_then(|()| checks::filing(&handed.claims, issuer)));
    } else {
        findings.skip(
            CheckName::Filing,
            "不认识发证机构，无法核对它的备案范围。",
            "the issuer is unknown, so its filing was not checked",
        );
    }
    findings.check(
        CheckName::RequiredSignatures,
        checks::required_signatures(handed.payload, handed.jws, &handed.bundle.proofs, issuer, verifier),
    );
}

fn check_log(findings: &mut Findings, handed: &Handed<'_>, trust: &TrustList, issuer: Option<&TrustedIssuer>) {
    match &handed.bundle.proof {
        // A result of an issuer nobody knows may stand in a log nobody knows.
        Some(proof) if issuer.is_none() && !proof.checkpoint.starts_with(&format!("{}\n", trust.log.origin)) => {
            findings.skip(
                CheckName::Log,
                "存证属于另一个日志，信任清单里没有它的公钥。",
                "the proof is of another log, whose key is not in the trust list",
            )
        }
        Some(proof) => findings.check(
            CheckName::Log,
            log_inclusion::check_inclusion(
                &handed.jws.identity(),
                handed.claims.batch,
                &[handed.credential.leaf_kind()],
                proof,
                &trust.log,
            ),
        ),
        None => {
            findings.unlogged = true;
            findings.skip(
                CheckName::Log,
                "文件里没有存证，没有核对是否登记在日志中；请向持有人索取完整的文件。",
                "the file holds no log proof; ask the holder for the whole bundle",
            );
        }
    }
    if let Some(issuer) = issuer {
        let index = handed.bundle.proof.as_ref().filter(|_| findings.holds(CheckName::Log)).map(|proof| proof.index);
        findings.check(CheckName::KeyRevocation, checks::key_revocation(issuer, index));
    }
}

fn check_holder(findings: &mut Findings, handed: &Handed<'_>, person: Option<&Person>) {
    match (person, &handed.bundle.identity_salt) {
        (Some(person), Some(salt)) => findings.check(CheckName::Holder, checks::holder(&handed.claims, person, salt)),
        (Some(_), None) => findings.skip(
            CheckName::Holder,
            "文件里没有核对姓名和证件所需的数据；请向持有人索取完整的文件。",
            "the file lacks what is needed to check a person; ask the holder for the whole bundle",
        ),
        (None, _) => findings.skip(
            CheckName::Holder,
            "没有核对这份文件是不是本人的；请填写本人证件上的姓名和号码再核对。",
            "whose it is was not checked; enter name and number from the person's ID document",
        ),
    }
}

fn check_withdrawn(findings: &mut Findings, handed: &Handed<'_>, against: &Verification<'_>) {
    let mut records: Vec<Digest> = vec![handed.jws.identity()];
    if let Credential::Certificate(certificate) = handed.credential
        && let Basis::Exam { results } = &certificate.credential_subject.basis
    {
        records.extend(results);
    }
    withdrawal::check(findings, against, |status| status.finding(handed.claims.issuer_id, &records));
}
