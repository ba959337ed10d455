//! The one byte form of a record: RFC 8785 (JCS) in a narrow profile.
//!
//! Profile: no floating-point numbers, integers within ±(2^53−1), keys of printable ASCII, no key
//! twice, at most [`MAX_DEPTH`] levels. Bytes that come from outside are accepted only when they
//! already are in this form, and what was read from them writes just these bytes again, so that two
//! readers cannot understand one record differently.

use crate::shape::{self, pointer};
use crate::tree::{DUPLICATE, Room, TOO_MUCH, Tree};
use crate::tree_reader::Reader;
use crate::tree_writer;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};
use std::cell::Cell;
use std::fmt;

/// The largest integer of the profile, 2^53 − 1 (RFC 7493, section 2.2).
pub const MAX_INTEGER: i64 = 9_007_199_254_740_991;
/// The deepest nesting of objects and arrays.
pub const MAX_DEPTH: usize = 32;

/// Why bytes or a value are not a record of the profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// Not JSON at all, or not of the type that was asked for.
    #[error("not the JSON that was expected: {0}")]
    Json(String),
    /// An object holds a key twice.
    #[error("key `{0}` occurs twice in one object")]
    DuplicateKey(String),
    /// A number with a fraction or an exponent.
    #[error("number `{0}` is not an integer")]
    Float(String),
    /// An integer beyond ±(2^53−1).
    #[error("integer `{0}` lies beyond ±(2^53−1)")]
    IntegerRange(String),
    /// A key with a character outside printable ASCII.
    #[error("key `{0}` is not printable ASCII")]
    Key(String),
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} levels")]
    Depth,
    /// More values than such a document is read with.
    #[error("the document takes too much memory")]
    Room,
    /// The same value, written in other bytes (spaces, order of keys, escapes).
    #[error("bytes are not in canonical form")]
    Form,
    /// A list in place of an object, an object in place of a name, or a member left out that is
    /// always written; at this place (a JSON pointer, empty for the whole).
    #[error("not of the shape of its kind at `{0}`")]
    Shape(String),
}

/// The canonical bytes of a value.
///
/// # Errors
/// [`CanonicalError`] when the value lies outside the profile.
pub fn to_bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let tree = tree_writer::tree(value).map_err(json_error)?;
    check(&tree, 0)?;
    write(&tree)
}

/// Appends the canonical bytes of a long list, made element by element, so that the list as a whole
/// takes no memory but theirs.
///
/// # Errors
/// [`CanonicalError`] when an element lies outside the profile.
pub fn append_list<T: Serialize>(bytes: &mut Vec<u8>, elements: &[T]) -> Result<(), CanonicalError> {
    bytes.push(b'[');
    for (place, element) in elements.iter().enumerate() {
        if place > 0 {
            bytes.push(b',');
        }
        bytes.extend_from_slice(&to_bytes(element)?);
    }
    bytes.push(b']');
    Ok(())
}

/// Reads canonical bytes into a value, which must write just these bytes again: a list for an
/// object or a member left out that is always written would be read here and refused elsewhere.
///
/// # Errors
/// [`CanonicalError`] when the bytes are not canonical, lie outside the profile or do not fit `T`.
pub fn from_bytes<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, CanonicalError> {
    let read = typed(&strict(bytes, Room::USUAL)?, Room::USUAL);
    match read {
        // One comparison shows both: the bytes are canonical, and the value is written so.
        Ok(read) if to_bytes(&read).is_ok_and(|again| again == bytes) => Ok(read),
        read => explained(bytes, read),
    }
}

/// Reads JSON of the profile in any form (spaces, order): what people write by hand. Members that
/// may be left out are those of `T`.
///
/// # Errors
/// [`CanonicalError`] when it lies outside the profile or does not fit `T`.
pub fn from_authored<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, CanonicalError> {
    shaped(&strict(bytes, Room::USUAL)?, Room::USUAL)
}

/// The same for a document that names all candidates of a batch, of up to 200,000.
///
/// # Errors
/// As [`from_authored`].
pub fn from_large<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, CanonicalError> {
    shaped(&strict(bytes, Room::LARGE)?, Room::LARGE)
}

/// Reads a part of a document that was itself read from bytes.
///
/// # Errors
/// [`CanonicalError`] when it does not fit `T`.
pub fn from_value<T: Serialize + DeserializeOwned>(value: &Value) -> Result<T, CanonicalError> {
    shaped(&tree_writer::tree(value).map_err(json_error)?, Room::USUAL)
}

fn typed<T: DeserializeOwned>(tree: &Tree<'_>, room: Room) -> Result<T, CanonicalError> {
    let untyped = Cell::new(room.untyped);
    T::deserialize(Reader { tree, untyped: &untyped }).map_err(json_error)
}

fn shaped<T: Serialize + DeserializeOwned>(tree: &Tree<'_>, room: Room) -> Result<T, CanonicalError> {
    let read = typed(tree, room)?;
    shape::check(tree, &read).map_err(|misshapen| CanonicalError::Shape(misshapen.0))?;
    Ok(read)
}

/// Why bytes were not read: their own form comes before what they say.
fn explained<T: Serialize>(bytes: &[u8], read: Result<T, CanonicalError>) -> Result<T, CanonicalError> {
    let given = strict(bytes, Room::USUAL)?;
    if write(&given)? != bytes {
        return Err(CanonicalError::Form);
    }
    let read = read?;
    match differing(&given, &tree_writer::tree(&read).map_err(json_error)?) {
        Some(place) => Err(CanonicalError::Shape(place)),
        None => Ok(read),
    }
}

/// The first place at which two documents differ, as a JSON pointer (RFC 6901).
fn differing(given: &Tree<'_>, read: &Tree<'_>) -> Option<String> {
    match (given, read) {
        (Tree::Object(members), Tree::Object(others)) => {
            let mut names = members.iter().chain(others).map(|member| &*member.name);
            names.find_map(|name| below(given.get(name), read.get(name), name))
        }
        (Tree::List(given), Tree::List(read)) => (0..given.len().max(read.len()))
            .find_map(|place| below(given.get(place), read.get(place), &place.to_string())),
        (given, read) => (given != read).then(String::new),
    }
}

fn below(given: Option<&Tree<'_>>, read: Option<&Tree<'_>>, name: &str) -> Option<String> {
    let rest = match (given, read) {
        (Some(given), Some(read)) => differing(given, read)?,
        _ => String::new(),
    };
    Some(pointer(name, &rest))
}

fn strict(bytes: &[u8], room: Room) -> Result<Tree<'_>, CanonicalError> {
    let tree = Tree::parse(bytes, room).map_err(json_error)?;
    check(&tree, 0)?;
    Ok(tree)
}

/// A document as RFC 8785 has it. `serde_json` writes its strings and integers just so (sections
/// 3.2.2.2 and 3.2.2.3), and names of printable ASCII sort alike by bytes and by UTF-16 units
/// (3.2.3).
fn write(tree: &Tree<'_>) -> Result<Vec<u8>, CanonicalError> {
    serde_json::to_vec(tree).map_err(json_error)
}

fn check(tree: &Tree<'_>, depth: usize) -> Result<(), CanonicalError> {
    if depth > MAX_DEPTH {
        return Err(CanonicalError::Depth);
    }
    match tree {
        Tree::Null | Tree::Bool(_) | Tree::Text(_) => Ok(()),
        Tree::Number(number) => check_number(number),
        Tree::List(values) => values.iter().try_for_each(|value| check(value, depth + 1)),
        Tree::Object(members) => members.iter().try_for_each(|member| {
            if member.name.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
                check(&member.value, depth + 1)
            } else {
                Err(CanonicalError::Key(member.name.clone().into_owned()))
            }
        }),
    }
}

fn check_number(number: &Number) -> Result<(), CanonicalError> {
    if number.is_f64() {
        return Err(CanonicalError::Float(number.to_string()));
    }
    match number.as_i64() {
        Some(integer) if (-MAX_INTEGER..=MAX_INTEGER).contains(&integer) => Ok(()),
        _ => Err(CanonicalError::IntegerRange(number.to_string())),
    }
}

fn json_error(error: impl fmt::Display) -> CanonicalError {
    let text = error.to_string();
    if text.starts_with(TOO_MUCH) {
        return CanonicalError::Room;
    }
    match text.strip_prefix(DUPLICATE) {
        // serde_json appends the place: ` at line 1 column 9`.
        Some(key) => CanonicalError::DuplicateKey(key.rsplit_once(" at line ").map_or(key, |(key, _)| key).to_owned()),
        None => CanonicalError::Json(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> CanonicalError {
        from_bytes::<Value>(text.as_bytes()).expect_err("must be refused")
    }

    #[test]
    fn names_each_defect() {
        assert_eq!(refused(r#"{"a":1,"a":2}"#), CanonicalError::DuplicateKey("a".into()));
        assert_eq!(refused("1.5"), CanonicalError::Float("1.5".into()));
        assert_eq!(refused("9007199254740992"), CanonicalError::IntegerRange("9007199254740992".into()));
        assert_eq!(refused(r#"{"键":1}"#), CanonicalError::Key("键".into()));
        assert_eq!(refused(r#"{"b":1,"a":2}"#), CanonicalError::Form);
        assert_eq!(refused(r#"{"a": 1}"#), CanonicalError::Form);
        assert_eq!(refused(r#""\u0061""#), CanonicalError::Form);
        assert_eq!(
            refused(&"[".repeat(40).chars().chain("]".repeat(40).chars()).collect::<String>()),
            CanonicalError::Depth
        );
        assert!(matches!(refused("{"), CanonicalError::Json(_)));
    }

    // Each is an integer to some reader and none to another; both ways of reading refuse each of
    // them.
    #[test]
    fn numbers_that_readers_understand_differently_are_refused() {
        for text in [
            "-0",
            "-0.0",
            "0.0",
            "1.0",
            "1e0",
            "10e-1",
            "01",
            "-01",
            "+1",
            ".5",
            "1.",
            "0x1",
            "NaN",
            "18446744073709551616",
        ] {
            assert!(from_bytes::<Value>(text.as_bytes()).is_err(), "{text}");
            assert!(from_authored::<i64>(text.as_bytes()).is_err(), "{text}");
            assert!(from_authored::<Vec<Mark>>(format!(r#"[{{"num": {text}}}]"#).as_bytes()).is_err(), "{text}");
        }
        assert_eq!(from_authored::<i64>(b"-1"), Ok(-1));
    }

    // Catches a document of few bytes that fills memory: it is refused while it is read.
    #[test]
    fn what_takes_too_much_memory_is_refused() {
        let many = |part: &str, count: usize| format!("[{}0]", part.repeat(count));
        let text = many("0,", 2 << 20);
        assert_eq!(from_authored::<Value>(text.as_bytes()), Err(CanonicalError::Room));
        // Each object takes a node of a map, once it has no type.
        let text = many(r#"{"a":0},"#, 50_000);
        assert_eq!(from_authored::<Value>(text.as_bytes()), Err(CanonicalError::Room));
        assert_eq!(from_large::<Value>(text.as_bytes()), Err(CanonicalError::Room));
        let text = format!("[{}]", vec![r#"{"num":1}"#; 50_000].join(","));
        assert_eq!(from_authored::<Vec<Mark>>(text.as_bytes()).map(|marks| marks.len()), Ok(50_000));
    }

    #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Mark {
        num: i64,
        label: Option<String>,
    }

    // Other readers refuse each of these, or read something else.
    #[test]
    fn another_shape_is_refused_with_its_place() {
        let read = |text: &str| from_bytes::<Vec<Mark>>(text.as_bytes());
        let shape = |place: &str| Err(CanonicalError::Shape(place.into()));
        assert_eq!(read(r#"[{"label":null,"num":1}]"#), Ok(vec![Mark { num: 1, label: None }]));
        assert_eq!(read(r#"[{"label":null,"num":1},[2,"x"]]"#), shape("/1"));
        assert_eq!(read(r#"[{"num":1}]"#), shape("/0/label"));
        assert_eq!(read(r#"[{"num":1,"label":null}]"#), Err(CanonicalError::Form), "the order comes first");
        assert_eq!(read(r#"[[1, "x"]]"#), Err(CanonicalError::Form));
        let authored = |text: &str| from_authored::<Vec<Mark>>(text.as_bytes());
        assert_eq!(authored(r#"[{ "num": 1 }]"#), Ok(vec![Mark { num: 1, label: None }]));
        assert_eq!(authored(r#"[{ "num": 1 }, [2, "x"]]"#), shape("/1"));
    }

    #[test]
    fn round_trip_keeps_bytes() {
        let text = r#"{"a":[1,-9007199254740991,null,true],"name":"王𠮷·\n"}"#;
        let value: Value = from_bytes(text.as_bytes()).expect("canonical");
        assert_eq!(to_bytes(&value).expect("in profile"), text.as_bytes());
    }

    #[test]
    fn authored_text_may_have_spaces() {
        let value: Value = from_authored(b"{ \"b\": 1, \"a\": 2 }").expect("in profile");
        assert_eq!(to_bytes(&value).expect("in profile"), br#"{"a":2,"b":1}"#);
        assert_eq!(from_authored::<Value>(br#"{ "b": 1, "b": 2 }"#), Err(CanonicalError::DuplicateKey("b".into())));
    }
}
