//! The pairs of RFC 8785's reference: the library writes them as published; the records' profile does too, or refuses.

use kaoping_record::canonical;
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
