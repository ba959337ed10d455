//! What the findings come to.

use super::credential_form::Credential;
use super::defect::Defect;
use super::report::{CheckName, FileKind, Findings, Report, Verdict};
use crate::date::Date;
use crate::fault::Text;
use crate::result::certificate_code::CertificateCode;
use crate::result::outcome::Outcome;
use kaoping_record::jws::Unverified;

impl Report {
    /// A report without a file's content.
    fn bare(kind: FileKind, verdict: Verdict, summary: Text, findings: Findings) -> Self {
        Self {
            kind,
            verdict,
            summary,
            checks: findings.checks,
            not_checked: findings.not_checked,
            credential: None,
            certificate: None,
            code: None,
            receipt: None,
            record: None,
            issuer: None,
            issued_on: None,
            sample: false,
            key: None,
            identity: None,
        }
    }

    /// The same with the name of the JWS that it is about.
    pub(super) fn of(mut self, jws: &Unverified) -> Self {
        self.key = Some(jws.key_id().clone());
        self.identity = Some(jws.identity());
        self
    }
}

/// The report on a file that cannot be read.
pub(super) fn unreadable(findings: Findings, kind: FileKind) -> Report {
    let summary = Text::new("这不是考评文件，或者文件已损坏。", "this is no file of ours, or it is damaged");
    Report::bare(kind, Verdict::Unreadable, summary, findings)
}

/// The report on a credential that lacks a signature which nobody here can check.
pub(super) fn lacking(findings: Findings) -> Report {
    Report::bare(FileKind::Unknown, Verdict::Invalid, invalid(), findings)
}

/// The report on a result or certificate.
pub(super) fn of_credential(
    findings: Findings,
    jws: &Unverified,
    credential: Credential,
    issuer: Option<String>,
    impostor: bool,
) -> Report {
    let verdict = verdict(&findings, impostor);
    let claims = credential.claims();
    let (sample, issued_on) = (claims.sample, Date::of_rfc3339(claims.valid_from).ok().map(|day| day.to_string()));
    let mut report = Report::bare(FileKind::Unknown, verdict, summary(verdict, sample, &credential), findings).of(jws);
    (report.issuer, report.issued_on, report.sample) = (issuer, issued_on, sample);
    match credential {
        Credential::Result(result) => {
            report.kind = FileKind::Result;
            report.credential = Some(*result);
        }
        Credential::Certificate(certificate) => {
            report.kind = FileKind::Certificate;
            report.certificate = Some(*certificate);
        }
    }
    report
}

/// The report on the code of a printed certificate. What withdraws it goes before the missing proof
/// of the log, which a code never holds.
pub(super) fn of_code(findings: Findings, code: CertificateCode, issuer: Option<String>, impostor: bool) -> Report {
    let verdict = match by_checks(&findings, impostor) {
        withdrawn @ (Verdict::Superseded | Verdict::Revoked) => withdrawn,
        _ => verdict(&findings, impostor),
    };
    let level = code.level.chinese();
    let summary = match verdict {
        Verdict::Valid if code.sample => Text::new(
            "真实，没有改动；但这是样证，不能当作职业技能等级证书。",
            "genuine and unaltered, but from sample items: it certifies nobody",
        ),
        Verdict::Valid => Text::new(
            format!("证书真实，没有改动；等级：{level}。"),
            format!("the certificate is genuine and unaltered; level {}", code.level.number()),
        ),
        Verdict::Unlogged => Text::new(
            "签名有效：这些内容由信任清单中的机构签发。二维码里没有存证，不能单独作为凭据；请和证书文件一起核对，或向发证机构查询。",
            "the signature holds: an issuer of the trust list says this. A code holds no log proof, so do not rely on it alone: check it together with the certificate's file, or ask the issuer",
        ),
        Verdict::ValidUnknownIssuer => unknown_issuer(),
        Verdict::Unchecked => unchecked(),
        Verdict::Unwitnessed => unwitnessed(),
        Verdict::Stale => stale(),
        Verdict::Superseded => Text::new(
            "证书真实，但成绩已被更正，不能再采信；请索取更正后的证书。",
            "genuine, but a corrected certificate has replaced it: ask for that one",
        ),
        Verdict::Revoked => {
            Text::new("证书真实，但已被撤销，不能采信。", "genuine, but it was revoked: do not rely on it")
        }
        Verdict::Invalid | Verdict::Unreadable => invalid(),
    };
    let mut report = Report::bare(FileKind::CertificateCode, verdict, summary, findings);
    (report.issuer, report.issued_on, report.sample) = (issuer, Some(code.issued_on.to_string()), code.sample);
    report.code = Some(code);
    report
}

/// The report on another file; `genuine` is what it says when every check holds.
pub(super) fn of_other(findings: Findings, kind: FileKind, genuine: Text) -> Report {
    let verdict = verdict(&findings, false);
    let summary = match verdict {
        Verdict::Valid => genuine,
        Verdict::ValidUnknownIssuer => unknown_issuer(),
        Verdict::Unchecked => unchecked(),
        Verdict::Unwitnessed => unwitnessed(),
        Verdict::Stale => stale(),
        Verdict::Unlogged | Verdict::Superseded | Verdict::Revoked | Verdict::Invalid | Verdict::Unreadable => {
            invalid()
        }
    };
    Report::bare(kind, verdict, summary, findings)
}

/// The report on a fixed manifest, for a custodian who holds a secret or for anybody else.
pub(super) fn of_manifest(findings: Findings, with_secret: bool) -> Report {
    let impostor = findings.checks.iter().any(|check| check.defect == Some(Defect::IssuerImpostor));
    let verdict = verdict(&findings, impostor);
    let summary = match (verdict, with_secret) {
        (Verdict::Valid, true) => Text::new(
            "清单已固定并登记，写明了这个秘密数的封存值：可以开启。",
            "the manifest is fixed, logged and names the commitment to this secret: it may be opened",
        ),
        (Verdict::Valid, false) => Text::new(
            "清单真实，已登记在日志中；没有核对秘密数。",
            "the manifest is genuine and stands in the log; no secret was held against it",
        ),
        (Verdict::Unlogged, _) => Text::new(
            "清单有签名，但没有存证，不能证明已登记在日志中：不要开启秘密数。",
            "signed, but no proof shows that it stands in the log: do not open a secret",
        ),
        (Verdict::Unwitnessed, _) => Text::new(
            "清单已登记，但外部见证不够：不要开启秘密数。请考务人员先办理外部见证。",
            "logged, but too few outside witnesses have seen it: do not open a secret; ask the office to have the log cosigned",
        ),
        _ => Text::new(
            "清单核对不通过：不要开启秘密数。原因见下面。",
            "it does not hold: do not open a secret; the reasons are below",
        ),
    };
    Report::bare(FileKind::ManifestBundle, verdict, summary, findings)
}

/// The report on a secret's file without a manifest: never a pass.
pub(super) fn of_secret(findings: Findings) -> Report {
    let summary = Text::new(
        "这是保管人的秘密数文件。没有给出抽题清单，不要开启，也不要交给别人。",
        "a custodian’s secret; no manifest was given: do not open it, and hand it to nobody",
    );
    Report::bare(FileKind::Secret, Verdict::Unchecked, summary, findings)
}

/// Of several that apply the first counts: fails, nobody known, unlogged, withdrawn, unwitnessed,
/// stale.
fn verdict(findings: &Findings, impostor: bool) -> Verdict {
    match by_checks(findings, impostor) {
        Verdict::Valid | Verdict::Superseded | Verdict::Revoked if findings.unlogged => Verdict::Unlogged,
        Verdict::Valid if findings.unwitnessed => Verdict::Unwitnessed,
        Verdict::Valid if findings.stale => Verdict::Stale,
        verdict => verdict,
    }
}

fn by_checks(findings: &Findings, impostor: bool) -> Verdict {
    let mut failed = findings.checks.iter().filter(|check| !check.ok);
    match (failed.next(), failed.next()) {
        (None, _) => Verdict::Valid,
        (Some(only), None) => match (only.check, only.defect) {
            (CheckName::Issuer, _) if !impostor && findings.holds(CheckName::Signature) => Verdict::ValidUnknownIssuer,
            (CheckName::Issuer, _) if !impostor => Verdict::Unchecked,
            (CheckName::Revocation, Some(Defect::Superseded)) => Verdict::Superseded,
            (CheckName::Revocation, Some(Defect::Revoked)) => Verdict::Revoked,
            _ => Verdict::Invalid,
        },
        _ => Verdict::Invalid,
    }
}

fn summary(verdict: Verdict, sample: bool, credential: &Credential) -> Text {
    match (verdict, sample, credential) {
        (Verdict::Valid, true, Credential::Result(_)) => Text::new(
            "真实，没有改动；但这是样题成绩，不能当作技能等级认定结果。",
            "genuine and unaltered, but from sample items: it certifies nobody",
        ),
        (Verdict::Valid, true, Credential::Certificate(_)) => Text::new(
            "真实，没有改动；但这是样证，不能当作职业技能等级证书。",
            "genuine and unaltered, but from sample items: it certifies nobody",
        ),
        (Verdict::Valid, false, Credential::Result(result)) => match result.credential_subject.outcome {
            Outcome::Failed => {
                Text::new("真实，没有改动；认定结论：不合格。", "genuine and unaltered; the outcome is: failed")
            }
            Outcome::Passed => {
                Text::new("真实，没有改动；认定结论：合格。", "genuine and unaltered; the outcome is: passed")
            }
        },
        (Verdict::Valid, false, Credential::Certificate(certificate)) => {
            let level = certificate.credential_subject.level;
            Text::new(
                format!("证书真实，没有改动；等级：{}。", level.chinese()),
                format!("the certificate is genuine and unaltered; level {}", level.number()),
            )
        }
        (Verdict::ValidUnknownIssuer, ..) => unknown_issuer(),
        (Verdict::Unchecked, ..) => unchecked(),
        (Verdict::Unlogged, ..) => Text::new(
            "签名有效，但没有存证，不能证明已登记在日志中，不能采信；请向持有人索取完整的文件。",
            "the signature holds, but no proof shows that it stands in the log: do not rely on it; ask the holder for the whole file",
        ),
        (Verdict::Unwitnessed, ..) => unwitnessed(),
        (Verdict::Stale, ..) => stale(),
        (Verdict::Superseded, ..) => Text::new(
            "文件真实，但成绩已被更正，不能再采信；请索取更正后的成绩。",
            "genuine, but a corrected result has replaced it: ask for that one",
        ),
        (Verdict::Revoked, ..) => {
            Text::new("文件真实，但已被撤销，不能采信。", "genuine, but it was revoked: do not rely on it")
        }
        (Verdict::Invalid | Verdict::Unreadable, ..) => invalid(),
    }
}

fn unknown_issuer() -> Text {
    Text::new(
        "签名有效，但信任清单里没有这个发证机构，不能采信。",
        "the signature holds, but the issuer is not in the trust list: do not rely on it",
    )
}

fn unwitnessed() -> Text {
    Text::new(
        "真实，但见证过日志的外部见证人没有达到信任清单要求的人数，不能采信。",
        "genuine, but fewer outside witnesses have seen the log than the trust list asks for: do not rely on it",
    )
}

fn stale() -> Text {
    Text::new(
        "真实，但更正与撤销名单已过期，不知道是否已被撤销；请取得新的名单再核对。",
        "genuine, but the list of corrections and revocations is too old: get a newer one and check again",
    )
}

fn unchecked() -> Text {
    Text::new(
        "不认识签名人，也没有它的公钥，不能采信。",
        "the signer is unknown and its key is not at hand: do not rely on it",
    )
}

fn invalid() -> Text {
    Text::new("核对不通过，不能采信。原因见下面。", "it does not hold: do not rely on it; the reasons are below")
}
