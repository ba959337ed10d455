//! Checking a result that somebody handed over, without a network: the same for `kaoping verify` and for the page.
//!
//! - [`bundle`]: the file that people hand over
//! - [`trust`]: whose results are accepted, and the log
//! - [`checks`]: one function a check
//! - [`report`]: what was found
//!
//! Nothing is taken from the result that it says about itself: the issuer's name, filing and key come from the trust
//! list, and passes are decided anew from the exact marks.

pub mod bundle;
pub mod checks;
pub mod report;
pub mod trust;

use self::bundle::{Person, ResultBundle};
use self::checks::Claimed;
use self::report::{CheckName, Findings, Report, Verdict};
use self::trust::{TrustList, TrustedIssuer};
use crate::fault::Text;
use crate::result::credential::ResultCredential;
use crate::result::outcome::Outcome;
use kaoping_record::jws::Unverified;
use kaoping_record::key::{PublicKey, Verifier};
use serde_json::Value;

/// Checks a result bundle or a bare JWS against a trust list, and against a person when one is given.
///
/// Never fails: text that is no result gives a report that says so.
#[must_use]
pub fn verify(text: &str, trust: &TrustList, person: Option<&Person>, verifier: &dyn Verifier) -> Report {
    let mut findings = Findings::default();
    let read = ResultBundle::read(text).map_err(|error| checks::no_bundle(&error)).and_then(|bundle| {
        let jws = Unverified::parse(&bundle.jws).map_err(|error| checks::no_jws(&error))?;
        let payload: Value = jws.claimed().map_err(|error| checks::no_jws(&error))?;
        Ok((bundle, jws, payload))
    });
    let (bundle, jws, payload) = match read {
        Ok(read) => read,
        Err(text) => {
            findings.check(CheckName::Form, Err(text));
            return report(findings, None, None, None, false);
        }
    };
    let required = checks::required_signatures(&payload);
    let credential: ResultCredential = match jws.claimed() {
        Ok(credential) => credential,
        Err(error) => {
            // A result that requires an unknown signature is readable, and lacks it.
            let (check, text) = match required {
                Err(text) => (CheckName::RequiredSignatures, text),
                Ok(_) => (CheckName::Form, checks::no_jws(&error)),
            };
            findings.check(check, Err(text));
            return report(findings, Some(&jws), None, None, false);
        }
    };
    findings.check(CheckName::Form, checks::form(&credential));
    let claimed = Claimed { bundle: &bundle, jws: &jws, credential: &credential };
    let lines: Vec<&TrustedIssuer> = trust.issuers_of(jws.key_id()).collect();
    let issuer = checks::trusted(&credential, &lines);
    check_issuer(&mut findings, &claimed, &lines, issuer, verifier);
    findings.check(CheckName::RequiredSignatures, required);
    findings.check(CheckName::Marks, checks::marks(&credential.credential_subject));
    check_log(&mut findings, &claimed, trust, issuer);
    check_holder(&mut findings, &claimed, person);
    findings.skip(
        CheckName::Witness,
        "未经外部见证：没有日志以外的第三方见证过这份存证。",
        "no outside witness has cosigned the log",
    );
    findings.skip(
        CheckName::Revocation,
        "没有核对证书是否在发出以后被撤销；请向发证机构或技能人才评价工作网查询。",
        "whether the certificate was withdrawn later was not looked up; ask the issuer",
    );
    // A key that is known, under a name that is not its owner's: somebody pretends, and nobody is merely unknown.
    let impostor = issuer.is_none() && !lines.is_empty();
    report(findings, Some(&jws), Some(credential), issuer, impostor)
}

fn check_issuer(
    findings: &mut Findings,
    claimed: &Claimed<'_>,
    lines: &[&TrustedIssuer],
    issuer: Option<&TrustedIssuer>,
    verifier: &dyn Verifier,
) {
    findings.check(CheckName::Issuer, checks::issuer(claimed.credential, lines, issuer));
    let in_bundle = claimed.bundle.issuer_key.as_ref().filter(|key| key.id() == *claimed.jws.key_id());
    let key: Option<&PublicKey> = lines.first().map(|line| &line.key).or(in_bundle);
    match key {
        Some(key) => findings.check(CheckName::Signature, checks::signature(claimed, key, verifier)),
        None => findings.skip(
            CheckName::Signature,
            "没有签名人的公钥，无法核对签名。",
            "the signer's public key is not at hand, so the signature was not checked",
        ),
    }
    if let Some(issuer) = issuer {
        findings.check(CheckName::Filing, checks::filing(claimed.credential, issuer));
    } else {
        findings.skip(
            CheckName::Filing,
            "不认识发证机构，无法核对它的备案范围。",
            "the issuer is unknown, so its filing was not checked",
        );
    }
}

fn check_log(findings: &mut Findings, claimed: &Claimed<'_>, trust: &TrustList, issuer: Option<&TrustedIssuer>) {
    match &claimed.bundle.proof {
        // A result of an issuer nobody knows may stand in a log nobody knows.
        Some(proof) if issuer.is_none() && !proof.checkpoint.starts_with(&format!("{}\n", trust.log.origin)) => {
            findings.skip(
                CheckName::Log,
                "存证属于另一个日志，信任清单里没有它的公钥。",
                "the proof is of another log, whose key is not in the trust list",
            )
        }
        Some(proof) => findings.check(CheckName::Log, checks::log(claimed, proof, &trust.log)),
        None => findings.skip(
            CheckName::Log,
            "文件里没有存证，没有核对是否登记在日志中；请向持有人索取完整的成绩文件。",
            "the file holds no log proof; ask the holder for the whole result bundle",
        ),
    }
    if let Some(issuer) = issuer {
        let index = claimed.bundle.proof.as_ref().filter(|_| findings.holds(CheckName::Log)).map(|proof| proof.index);
        findings.check(CheckName::KeyRevocation, checks::key_revocation(issuer, index));
    }
}

fn check_holder(findings: &mut Findings, claimed: &Claimed<'_>, person: Option<&Person>) {
    match (person, &claimed.bundle.identity_salt) {
        (Some(person), Some(salt)) => {
            findings.check(CheckName::Holder, checks::holder(claimed.credential, person, salt))
        }
        (Some(_), None) => findings.skip(
            CheckName::Holder,
            "文件里没有核对姓名和证件所需的数据；请向持有人索取完整的成绩文件。",
            "the file lacks what is needed to check a person; ask the holder for the whole result bundle",
        ),
        (None, _) => findings.skip(
            CheckName::Holder,
            "没有核对这份成绩是不是本人的；请填写本人证件上的姓名和号码再核对。",
            "whose result it is was not checked; enter name and number from the person's ID document",
        ),
    }
}

fn report(
    findings: Findings,
    jws: Option<&Unverified>,
    credential: Option<ResultCredential>,
    issuer: Option<&TrustedIssuer>,
    impostor: bool,
) -> Report {
    let verdict = verdict(&findings, credential.is_some(), impostor);
    let sample = credential.as_ref().is_some_and(|credential| credential.credential_subject.label.is_some());
    let passed = credential.as_ref().map(|credential| credential.credential_subject.outcome);
    Report {
        verdict,
        summary: summary(verdict, sample, passed),
        checks: findings.checks,
        not_checked: findings.not_checked,
        issuer: issuer.map(|issuer| issuer.name.clone()),
        issued_on: credential
            .as_ref()
            .and_then(|credential| checks::day_of(&credential.valid_from))
            .map(|day| day.to_string()),
        credential,
        sample,
        key: jws.map(|jws| jws.key_id().clone()),
        identity: jws.map(Unverified::identity),
    }
}

fn verdict(findings: &Findings, readable: bool, impostor: bool) -> Verdict {
    let mut failed = findings.checks.iter().filter(|check| !check.ok).map(|check| check.check);
    let missing_signature = failed.clone().any(|check| check == CheckName::RequiredSignatures);
    match (failed.next(), failed.next()) {
        _ if !readable && !missing_signature => Verdict::Unreadable,
        (None, _) => Verdict::Valid,
        (Some(CheckName::Issuer), None) if !impostor && findings.holds(CheckName::Signature) => {
            Verdict::ValidUnknownIssuer
        }
        (Some(CheckName::Issuer), None) if !impostor => Verdict::Unchecked,
        _ => Verdict::Invalid,
    }
}

fn summary(verdict: Verdict, sample: bool, outcome: Option<Outcome>) -> Text {
    match (verdict, sample, outcome) {
        (Verdict::Valid, true, _) => Text::new(
            "真实，没有改动；但这是样题成绩，不能当作技能等级认定结果。",
            "genuine and unaltered, but from sample items: it certifies nobody",
        ),
        (Verdict::Valid, false, Some(Outcome::Failed)) => {
            Text::new("真实，没有改动；认定结论：不合格。", "genuine and unaltered; the outcome is: failed")
        }
        (Verdict::Valid, false, _) => {
            Text::new("真实，没有改动；认定结论：合格。", "genuine and unaltered; the outcome is: passed")
        }
        (Verdict::ValidUnknownIssuer, ..) => Text::new(
            "签名有效，但信任清单里没有这个发证机构，不能采信。",
            "the signature holds, but the issuer is not in the trust list: do not rely on it",
        ),
        (Verdict::Unchecked, ..) => Text::new(
            "不认识发证机构，也没有它的公钥，不能采信。",
            "the issuer is unknown and its key is not at hand: do not rely on it",
        ),
        (Verdict::Invalid, ..) => Text::new(
            "核对不通过，不能采信。原因见下面。",
            "it does not hold: do not rely on it; the reasons are below",
        ),
        (Verdict::Unreadable, ..) => {
            Text::new("这不是考评成绩文件，或者文件已损坏。", "this is no result, or it is damaged")
        }
    }
}

#[cfg(test)]
mod tests;
