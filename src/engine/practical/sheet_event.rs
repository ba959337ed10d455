//! What happens on an examiner's sheet: the kinds `sheet.…` of the shared event envelope, version 1.

use super::code::{AwardCode, NoteCode, VetoCode};
use crate::marks::HalfMarks;
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::Digest;
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use kaoping_record::id::{AssignmentId, SheetId, SheetItemId};
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The version of the bodies below.
pub const SHEET_EVENT_VERSION: u32 = 1;

/// An event of an examiner's sheet. In JSON `{"kind": …, "body": …}`, the two members of the
/// envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", deny_unknown_fields)]
pub enum SheetEvent {
    /// The examiner opened the sheet; the first event.
    #[serde(rename = "sheet.started")]
    Started {
        /// The examiner's task: this sheet for one sitting.
        assignment: AssignmentId,
        /// Id of the score sheet (考核评分记录表).
        sheet: SheetId,
        /// What the sheet said ([`super::sheet::ValidSheet::digest`]).
        sheet_digest: Digest,
    },
    /// An item got an award, in place of any that it had.
    #[serde(rename = "sheet.scored")]
    Scored {
        /// Number of the item on the score sheet, such as `1.2`.
        item: SheetItemId,
        /// The award, of the item's table.
        award: AwardCode,
    },
    /// An item's award was taken back; the item is unscored again.
    #[serde(rename = "sheet.cleared")]
    Cleared {
        /// Number of the item on the score sheet, such as `1.2`.
        item: SheetItemId,
    },
    /// The examiner saw what must never happen.
    #[serde(rename = "sheet.veto_marked")]
    VetoMarked {
        /// Code of the veto (否定项) on the sheet.
        veto: VetoCode,
        /// What was seen.
        note: NoteCode,
    },
    /// The examiner takes a veto back.
    #[serde(rename = "sheet.veto_withdrawn")]
    VetoWithdrawn {
        /// Code of the veto (否定项) on the sheet.
        veto: VetoCode,
    },
    /// The last award, clearing or veto that was not undone yet is as it was before.
    #[serde(rename = "sheet.undone")]
    Undone {},
    /// A timer runs from now.
    #[serde(rename = "sheet.timer_started")]
    TimerStarted {
        /// The timer of the sheet that was used.
        timer: Timer,
    },
    /// A timer is stopped now; started again it continues.
    #[serde(rename = "sheet.timer_stopped")]
    TimerStopped {
        /// The timer of the sheet that was used.
        timer: Timer,
    },
    /// The examiner hands in; nothing follows.
    #[serde(rename = "sheet.handed_in")]
    HandedIn {
        /// The sum of the awards that the examiner saw and confirmed, before any veto.
        total: HalfMarks,
    },
}

/// What is timed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
#[serde(deny_unknown_fields)]
pub enum Timer {
    /// The minutes of preparation.
    Prepare {},
    /// The minutes of the task.
    Task {},
    /// A timed item.
    Item {
        /// Number of the item on the score sheet, such as `1.2`.
        item: SheetItemId,
    },
}

impl SheetEvent {
    /// Puts the event into the envelope, after `head`.
    ///
    /// # Errors
    /// [`EventError`] when the actor's name is not allowed in an envelope.
    pub fn seal(&self, stream: &Stream, head: Head, at: Time, actor: &str) -> Result<Sealed, EventError> {
        let written = serde_json::to_value(self).map_err(json_error)?;
        let kind = written.get("kind").and_then(Value::as_str).unwrap_or_default();
        let body = written.get("body").unwrap_or(&Value::Null);
        Sealed::next(stream, head, at, actor, kind, SHEET_EVENT_VERSION, body)
    }

    /// Reads the event out of its envelope.
    ///
    /// # Errors
    /// [`EventError::Unknown`] for another kind or version, [`EventError::Canonical`] for a body
    /// that does not fit.
    pub fn open(sealed: &Sealed) -> Result<Self, EventError> {
        let event = sealed.event();
        if event.v != SHEET_EVENT_VERSION || !KINDS.contains(&event.kind.as_str()) {
            return Err(EventError::Unknown { kind: event.kind.clone(), v: event.v });
        }
        Ok(canonical::from_value(&json!({ "kind": event.kind, "body": event.body }))?)
    }
}

/// All kinds, so that an unknown kind is distinguished from a body of the wrong form.
const KINDS: [&str; 9] = [
    "sheet.started",
    "sheet.scored",
    "sheet.cleared",
    "sheet.veto_marked",
    "sheet.veto_withdrawn",
    "sheet.undone",
    "sheet.timer_started",
    "sheet.timer_stopped",
    "sheet.handed_in",
];

fn json_error(error: serde_json::Error) -> EventError {
    CanonicalError::Json(error.to_string()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

    fn every_kind() -> TestResult<Vec<SheetEvent>> {
        let item = SheetItemId::new("1.1")?;
        let veto = VetoCode::new("flat")?;
        Ok(vec![
            SheetEvent::Started {
                assignment: AssignmentId::new("a1")?,
                sheet: SheetId::new("s5-feeding")?,
                sheet_digest: Digest::ZERO,
            },
            SheetEvent::Scored { item: item.clone(), award: AwardCode::new("full")? },
            SheetEvent::Cleared { item: item.clone() },
            SheetEvent::VetoMarked { veto: veto.clone(), note: NoteCode::new("seen")? },
            SheetEvent::VetoWithdrawn { veto },
            SheetEvent::Undone {},
            SheetEvent::TimerStarted { timer: Timer::Task {} },
            SheetEvent::TimerStopped { timer: Timer::Item { item } },
            SheetEvent::HandedIn { total: HalfMarks::new(171) },
        ])
    }

    #[test]
    fn every_kind_comes_back_from_its_envelope() -> TestResult {
        let stream = Stream::new("tablet/a1")?;
        let events = every_kind()?;
        assert_eq!(events.len(), KINDS.len());
        for (event, kind) in events.iter().zip(KINDS) {
            let sealed = event.seal(&stream, Head::EMPTY, Time::from_millis(9), "account:e1")?;
            assert_eq!(sealed.event().kind, kind);
            assert_eq!(SheetEvent::open(&Sealed::parse(sealed.bytes())?)?, *event);
        }
        Ok(())
    }

    #[test]
    fn bytes_of_version_1_stay() -> TestResult {
        let stream = Stream::new("tablet/a1")?;
        let event = SheetEvent::Scored { item: SheetItemId::new("1.1")?, award: AwardCode::new("full")? };
        let sealed = event.seal(&stream, Head::EMPTY, Time::from_millis(9), "account:e1")?;
        let zeros = "0".repeat(64);
        assert_eq!(
            String::from_utf8_lossy(sealed.bytes()),
            format!(
                r#"{{"actor":"account:e1","at_ms":9,"body":{{"award":"full","item":"1.1"}},"kind":"sheet.scored","prev":"{zeros}","seq":0,"stream":"tablet/a1","v":1}}"#
            )
        );
        Ok(())
    }

    #[test]
    fn other_kinds_versions_and_bodies_are_refused() -> TestResult {
        let stream = Stream::new("tablet/a1")?;
        let sealed = |kind: &str, v: u32, body: Value| {
            Sealed::next(&stream, Head::EMPTY, Time::from_millis(9), "account:e1", kind, v, &body)
        };
        let item = json!({ "item": "1.1" });
        assert!(SheetEvent::open(&sealed("sheet.cleared", 1, item.clone())?).is_ok());
        assert!(matches!(
            SheetEvent::open(&sealed("sheet.cleared", 2, item.clone())?),
            Err(EventError::Unknown { .. })
        ));
        assert!(matches!(SheetEvent::open(&sealed("sheet.erased", 1, item)?), Err(EventError::Unknown { .. })));
        for body in [json!({ "item": "1.1", "marks": 3 }), json!({}), json!({ "item": "项" }), json!(null)] {
            assert!(
                matches!(SheetEvent::open(&sealed("sheet.cleared", 1, body.clone())?), Err(EventError::Canonical(_))),
                "{body}"
            );
        }
        let timer = json!({ "timer": { "type": "task", "item": "1.1" } });
        assert!(SheetEvent::open(&sealed("sheet.timer_started", 1, timer)?).is_err());
        Ok(())
    }
}
