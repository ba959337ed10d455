//! Canonical bytes beside other people's: the pairs of RFC 8785's reference, which the records' profile writes as published or refuses,
//! and random values of the profile, which another implementation writes just so.

use kaoping_record::canonical;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

const CASES: &str = include_str!("../../../tests/vectors/jcs/cases.json");

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    input: String,
    output: String,
    profile: Profile,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Profile {
    Accepted,
    Refused,
}

#[test]
fn published_pairs() -> Result<(), Box<dyn std::error::Error>> {
    let Cases { cases } = serde_json::from_str(CASES)?;
    assert_eq!(cases.len(), 6);
    for case in cases {
        let value: Value = serde_json::from_str(&case.input)?;
        assert_eq!(serde_json_canonicalizer::to_string(&value)?, case.output, "{}", case.name);
        let authored: Result<Value, _> = canonical::from_authored(case.input.as_bytes());
        match case.profile {
            Profile::Accepted => {
                assert_eq!(canonical::to_bytes(&authored?)?, case.output.as_bytes(), "{}", case.name);
                assert_eq!(canonical::from_bytes::<Value>(case.output.as_bytes())?, value, "{}", case.name);
                assert!(canonical::from_bytes::<Value>(case.input.as_bytes()).is_err(), "{}: not canonical", case.name);
            }
            Profile::Refused => {
                assert!(authored.is_err(), "{}", case.name);
                assert!(canonical::to_bytes(&value).is_err(), "{}", case.name);
            }
        }
    }
    Ok(())
}

/// Values of the profile: awkward texts, the bounds of integers, names in any order.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-canonical::MAX_INTEGER..=canonical::MAX_INTEGER).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[\\x00-\\x7f\"\\\\/\u{80}-\u{9f}\u{2028}\u{2029}\u{fffd}𠮷]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec(("[ -~]{0,6}", inner), 0..8).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn another_implementation_writes_the_same(value in values()) {
        let bytes = canonical::to_bytes(&value).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let other = serde_json_canonicalizer::to_vec(&value).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&other));
        prop_assert_eq!(canonical::from_bytes::<Value>(&bytes), Ok(value));
    }
}
