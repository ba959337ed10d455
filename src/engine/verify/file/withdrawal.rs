//! Whether what was signed was corrected or revoked later.

use super::Verification;
use super::report::{CheckName, Finding, Findings};
use super::status::Status;
use crate::fault::Text;

/// Notes what the status set says; `find` looks in it for the document.
pub(super) fn check(
    findings: &mut Findings,
    against: &Verification<'_>,
    find: impl FnOnce(&Status) -> Option<Finding>,
) {
    let Some(status) = against.status else {
        return findings.skip(
            CheckName::Revocation,
            "没有核对是否在发出以后被更正或撤销；请向发证机构或技能人才评价工作网查询。",
            "whether it was corrected or revoked later was not looked up; ask the issuer",
        );
    };
    if let Some(day) = against.now.and_then(|now| status.stale_since(now)) {
        findings.stale = true;
        findings.skip(
            CheckName::Revocation,
            &format!("更正与撤销名单只到 {day} 有效，此后的更正和撤销不在其中。"),
            &format!("the list of corrections and revocations counts until {day}; later ones are not in it"),
        );
    }
    findings.check(
        CheckName::Revocation,
        find(status).unwrap_or_else(|| {
            Ok(Text::new(
                "给出的更正与撤销名单里没有它；没有核对这份名单是否齐全。",
                "not among the corrections and revocations that were given; whether those are all was not checked",
            ))
        }),
    );
}
