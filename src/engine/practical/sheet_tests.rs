//! Tests of `sheet.rs`.

use super::super::example;
use super::*;
use serde_json::{Value, json};

type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn changed(pointer: &str, value: Value) -> Result<ValidSheet, SheetFileError> {
    let mut json = example::json();
    if let Some(place) = json.pointer_mut(pointer) {
        *place = value;
    }
    ValidSheet::from_json(json.to_string().as_bytes())
}

#[test]
fn a_sheet_comes_back_and_its_digest_ignores_spaces() -> TestResult {
    let sheet = example::sheet()?;
    let again = ValidSheet::from_json(&canonical::to_bytes(sheet.sheet())?)?;
    let spaced = ValidSheet::from_json(serde_json::to_string_pretty(&example::json())?.as_bytes())?;
    assert_eq!((again.digest(), spaced.digest()), (sheet.digest(), sheet.digest()));
    assert_ne!(changed("/task", json!("别的任务"))?.digest(), sheet.digest());
    assert_eq!(sheet.sheet().items().count(), 6);
    Ok(())
}

#[test]
fn modules_may_count_for_other_functions() -> TestResult {
    let sheet = example::sheet()?;
    let functions: Vec<_> = sheet.sheet().modules.iter().map(|module| sheet.sheet().function_of(module)).collect();
    assert_eq!(functions, [Function::DailyCare, Function::BasicNursing]);
    Ok(())
}

#[test]
fn what_the_format_does_not_know_is_refused() {
    let refused = |pointer: &str, value: Value| matches!(changed(pointer, value), Err(SheetFileError::Form(_)));
    assert!(refused("/level", json!(2)));
    assert!(refused("/function", json!("housekeeping")));
    assert!(refused("/id", json!("S5 进食")));
    assert!(refused("/modules/0/sections/0/items/0/kind", json!({ "type": "binary", "unit": 1 })));
    assert!(refused("/modules/0/sections/0/items/0/kind", json!({ "type": "points" })));
    assert!(refused("/modules/0/sections/0/items/0/half_marks", json!(1.5)));
    assert!(refused("/vetoes/1/effect", json!({ "type": "zero_sheet", "item": "b" })));
    assert!(refused("/preparation", json!({ "notice": "准备", "supplies": [], "more": 1 })));
    let twice = example::json().to_string().replacen("\"v\":1", "\"v\":1,\"v\":1", 1);
    assert!(matches!(
        ValidSheet::from_json(twice.as_bytes()),
        Err(SheetFileError::Form(CanonicalError::DuplicateKey(_)))
    ));
    assert_eq!(ValidSheet::from_json(&[b' '; MAX_SHEET_BYTES + 1]), Err(SheetFileError::Length(MAX_SHEET_BYTES + 1)));
}

#[test]
fn a_time_that_equals_its_limit_still_earns_its_award() -> TestResult {
    let sheet = example::sheet()?;
    let code = |item: &str, used_ms: i64| -> TestResult<_> {
        let item = sheet.item(&SheetItemId::new(item)?).ok_or("no such item")?;
        Ok(item.award_for_time(used_ms).map(|award| award.code.to_string()))
    };
    assert_eq!(code("t", 0)?.as_deref(), Some("a"));
    assert_eq!(code("t", 60_000)?.as_deref(), Some("a"));
    assert_eq!(code("t", 60_001)?.as_deref(), Some("b"));
    assert_eq!(code("t", 90_000)?.as_deref(), Some("b"));
    assert_eq!(code("t", 90_001)?.as_deref(), Some("c"));
    assert_eq!(code("b", 0)?, None);
    Ok(())
}
