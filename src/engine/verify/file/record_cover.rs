//! Whether a signed record is one that its signer might sign then, and whether the marks in it
//! agree.

use super::checks;
use super::defect::Defect;
use super::report::Finding;
use super::trust::TrustedIssuer;
use crate::bank::Level;
use crate::date::Date;
use crate::fault::Text;
use crate::kinds::any::AnyRecord;
use crate::plan::organization::OCCUPATION_CODE;
use kaoping_record::time::Time;

/// Whether a line of the trust list covers a record: its key was in use at the record's time, and
/// its filing names the level and held on that day. `None` for a record that says neither time nor
/// level.
pub(in crate::verify) fn covered(record: &AnyRecord, line: &TrustedIssuer) -> Option<Finding> {
    let (at, level) = (time(record), level(record));
    (at.is_some() || level.is_some()).then(|| covers(at, level, line))
}

fn covers(at: Option<Time>, level: Option<Level>, line: &TrustedIssuer) -> Finding {
    if let Some(at) = at {
        checks::key_time(line, at)?;
    }
    let Some(level) = level else {
        return Ok(Text::new("签名时密钥在用。", "the key was in use when it was signed"));
    };
    let number = &line.filing.number;
    if line.filing.occupation != OCCUPATION_CODE {
        return Defect::FilingOccupation.says(
            format!("职业 {OCCUPATION_CODE} 不在备案范围内（备案号 {number}）。"),
            format!("occupation {OCCUPATION_CODE} is outside filing {number}"),
        );
    }
    checks::level_filed(level, line)?;
    if let Some(day) = at.and_then(|at| Date::in_china(at).ok()) {
        checks::day_filed(day, line)?;
    }
    Ok(Text::new(
        format!("{} 在备案范围内（备案号 {number}），签名时密钥在用。", level.chinese()),
        format!("level {} lies within filing {number}, and the key was in use", level.number()),
    ))
}

/// Whether the marks in an absence agree; `None` for any other record.
pub(in crate::verify) fn marks(record: &AnyRecord) -> Option<Finding> {
    let AnyRecord::Absence(signed) = record else { return None };
    let absence = &signed.payload;
    let agree = checks::marks_of_parts(absence.theory.result.as_ref(), absence.practical.result.as_ref());
    Some(agree.map(|()| {
        Text::new("分数与合格与否一致。", "the mark of the part that was sat agrees with its text and its pass")
    }))
}

/// The level of the batch, in the two records that tell it.
fn level(record: &AnyRecord) -> Option<Level> {
    match record {
        AnyRecord::Roster(signed) => Some(signed.payload.level),
        AnyRecord::DrawBasis(signed) => Some(signed.payload.level),
        _ => None,
    }
}

/// When a record was made, as it claims itself.
fn time(record: &AnyRecord) -> Option<Time> {
    Some(match record {
        AnyRecord::Roster(signed) => signed.payload.at_ms,
        AnyRecord::SecretOpening(signed) => signed.payload.at_ms,
        AnyRecord::Opening(signed) => signed.payload.at_ms,
        AnyRecord::DrawVoid(signed) => signed.payload.at_ms,
        AnyRecord::Absence(signed) => signed.payload.at_ms,
        AnyRecord::SittingEnd(signed) => signed.payload.at_ms,
        AnyRecord::PaperUse(signed) => signed.payload.at_ms,
        AnyRecord::Closing(signed) => signed.payload.at_ms,
        AnyRecord::KeyCorrection(signed) => signed.payload.at_ms,
        AnyRecord::Revocation(signed) => signed.payload.at_ms,
        AnyRecord::Acknowledgement(signed) => signed.payload.at_ms,
        _ => return None,
    })
}
