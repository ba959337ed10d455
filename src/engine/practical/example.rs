//! A small sheet for tests: an integrated case with every kind of item and every effect of a veto.

use super::sheet::{Sheet, SheetFileError, ValidSheet};
use serde_json::{Value, json};

/// The sheet as JSON. Module `m1` is worth 60 marks (daily care), `m2` 40 (basic nursing).
pub(crate) fn json() -> Value {
    let award = |code: &str, half_marks: u32| json!({ "code": code, "label": code, "half_marks": half_marks });
    let awards = |rows: &[(&str, u32)]| rows.iter().map(|(code, marks)| award(code, *marks)).collect::<Vec<_>>();
    let item = |id: &str, kind: Value, rows: &[(&str, u32)]| {
        json!({
            "id": id, "content": "内容", "points": "要点", "criterion": "标准", "oral": false, "kind": kind,
            "half_marks": rows.first().map_or(0, |(_, marks)| *marks), "awards": awards(rows),
        })
    };
    let veto = |id: &str, effect: Value| json!({ "id": id, "text": "不得发生", "effect": effect, "notes": [{ "code": "n1", "label": "看到" }, { "code": "n2", "label": "听到" }] });
    json!({
        "v": 1, "id": "example", "level": 3, "function": "daily_care", "title": "综合案例", "bank": "sample",
        "label": "样题，非国家题库", "standard": "国家职业标准（2024年版）", "sources": ["自编"],
        "minutes_prepare": 5, "minutes": 12,
        "preparation": { "notice": "准备", "supplies": [{ "name": "床", "quantity": "1 张" }] },
        "case": "案例", "task": "任务",
        "modules": [
            { "id": "m1", "title": "模块一", "weight": 60, "sections": [
                { "id": "s1", "title": "操作前", "items": [
                    item("b", json!({ "type": "binary" }), &[("full", 20), ("none", 0)]),
                    item("g", json!({ "type": "graded" }), &[("a", 20), ("b", 10), ("c", 0)]),
                ] },
                { "id": "s2", "title": "操作中", "items": [
                    item("d", json!({ "type": "deduct_per_omission", "unit": 15 }), &[("0", 40), ("1", 25), ("2", 10), ("3", 0)]),
                    item("c", json!({ "type": "count", "full": 3 }), &[("3", 40), ("2", 25), ("1", 12), ("0", 0)]),
                ] },
            ] },
            { "id": "m2", "title": "模块二", "weight": 40, "function": "basic_nursing", "sections": [
                { "id": "s3", "title": "操作后", "items": [
                    item("t", json!({ "type": "timed", "limits_s": [60, 90] }), &[("a", 40), ("b", 20), ("c", 0)]),
                    item("j", json!({ "type": "judge" }), &[("a", 40), ("b", 30), ("c", 10), ("d", 0)]),
                ] },
            ] },
        ],
        "vetoes": [
            veto("item", json!({ "type": "zero_item", "item": "b" })),
            veto("sheet", json!({ "type": "zero_sheet" })),
            veto("cap", json!({ "type": "cap", "half_marks": 118 })),
            veto("end", json!({ "type": "terminate" })),
        ],
    })
}

/// The sheet, checked.
pub(crate) fn sheet() -> Result<ValidSheet, SheetFileError> {
    ValidSheet::from_json(json().to_string().as_bytes())
}

/// The sheet, unchecked.
pub(crate) fn draft() -> Result<Sheet, serde_json::Error> {
    serde_json::from_value(json())
}
