//! CBOR in its deterministic form (RFC 8949, section 4.2.1), as far as [`cose`](crate::cose) needs
//! it: integers, byte strings, texts, lists, tags, and maps with integer keys.
//!
//! Every value has one writing: lengths are definite and as short as they can be, keys stand in the
//! order of their bytes. Any other writing is refused.

/// The deepest nesting that is read.
const MAX_DEPTH: usize = 8;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// An integer.
    Integer(i64),
    /// A byte string.
    Bytes(Vec<u8>),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A map by integer keys; it is written in the order of the keys' bytes.
    Map(Vec<(i64, Value)>),
    /// A value with a tag.
    Tagged(u64, Box<Value>),
}

/// Bytes that are not one value of the kinds of [`Value`] in the deterministic form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not deterministic CBOR of the known kinds")]
pub struct CborError;

impl Value {
    /// The bytes of the value.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        bytes
    }

    /// Reads one value, which must fill the bytes.
    ///
    /// # Errors
    /// [`CborError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CborError> {
        let mut rest = bytes;
        let value = read(&mut rest, MAX_DEPTH)?;
        // Whatever is written longer, or in another order, writes other bytes.
        if rest.is_empty() && value.to_bytes() == bytes { Ok(value) } else { Err(CborError) }
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Integer(number) => write_integer(bytes, *number),
            Self::Bytes(content) => {
                head(bytes, 2, content.len() as u64);
                bytes.extend(content);
            }
            Self::Text(text) => {
                head(bytes, 3, text.len() as u64);
                bytes.extend(text.as_bytes());
            }
            Self::List(values) => {
                head(bytes, 4, values.len() as u64);
                values.iter().for_each(|value| value.write(bytes));
            }
            Self::Map(entries) => {
                let mut written: Vec<(Vec<u8>, &Self)> = entries
                    .iter()
                    .map(|(key, value)| {
                        let mut bytes = Vec::new();
                        write_integer(&mut bytes, *key);
                        (bytes, value)
                    })
                    .collect();
                written.sort_by(|a, b| a.0.cmp(&b.0));
                head(bytes, 5, written.len() as u64);
                for (key, value) in written {
                    bytes.extend(key);
                    value.write(bytes);
                }
            }
            Self::Tagged(tag, value) => {
                head(bytes, 6, *tag);
                value.write(bytes);
            }
        }
    }
}

fn write_integer(bytes: &mut Vec<u8>, number: i64) {
    match u64::try_from(number) {
        Ok(number) => head(bytes, 0, number),
        Err(_) => head(bytes, 1, number.unsigned_abs() - 1),
    }
}

/// The first byte of a value and its argument, as short as it can be.
fn head(bytes: &mut Vec<u8>, major: u8, argument: u64) {
    let first = major << 5;
    match argument {
        0..=23 => bytes.push(first | argument.to_be_bytes()[7]),
        24..=0xFF => bytes.extend([first | 24, argument.to_be_bytes()[7]]),
        0x100..=0xFFFF => {
            bytes.push(first | 25);
            bytes.extend(&argument.to_be_bytes()[6..]);
        }
        0x1_0000..=0xFFFF_FFFF => {
            bytes.push(first | 26);
            bytes.extend(&argument.to_be_bytes()[4..]);
        }
        _ => {
            bytes.push(first | 27);
            bytes.extend(argument.to_be_bytes());
        }
    }
}

fn read(rest: &mut &[u8], depth: usize) -> Result<Value, CborError> {
    let depth = depth.checked_sub(1).ok_or(CborError)?;
    let first = take(rest, 1)?.first().copied().ok_or(CborError)?;
    let argument = match first & 31 {
        short @ 0..=23 => u64::from(short),
        long @ 24..=27 => take(rest, 1 << (long - 24))?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)),
        _ => return Err(CborError),
    };
    let integer = || i64::try_from(argument).map_err(|_| CborError);
    let length = || usize::try_from(argument).map_err(|_| CborError);
    Ok(match first >> 5 {
        0 => Value::Integer(integer()?),
        1 => Value::Integer(-1 - integer()?),
        2 => Value::Bytes(take(rest, length()?)?.to_vec()),
        3 => Value::Text(String::from_utf8(take(rest, length()?)?.to_vec()).map_err(|_| CborError)?),
        4 => Value::List((0..count(rest, argument)?).map(|_| read(rest, depth)).collect::<Result<_, _>>()?),
        5 => {
            let mut entries: Vec<(i64, Value)> = Vec::new();
            for _ in 0..count(rest, argument)? {
                let Value::Integer(key) = read(rest, depth)? else { return Err(CborError) };
                if entries.iter().any(|(known, _)| *known == key) {
                    return Err(CborError);
                }
                entries.push((key, read(rest, depth)?));
            }
            Value::Map(entries)
        }
        6 => Value::Tagged(argument, Box::new(read(rest, depth)?)),
        _ => return Err(CborError),
    })
}

/// How many values a list or map announces: no more than there are bytes left.
fn count(rest: &[u8], argument: u64) -> Result<usize, CborError> {
    usize::try_from(argument).ok().filter(|count| *count <= rest.len()).ok_or(CborError)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], CborError> {
    let (taken, left) = rest.split_at_checked(length).ok_or(CborError)?;
    *rest = left;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{from_hex, to_hex};

    // From RFC 8949, appendix A.
    #[test]
    fn the_examples_of_the_rfc() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (hex, value) in [
            ("00", Value::Integer(0)),
            ("1818", Value::Integer(24)),
            ("1903e8", Value::Integer(1000)),
            ("1a000f4240", Value::Integer(1_000_000)),
            ("1b000000e8d4a51000", Value::Integer(1_000_000_000_000)),
            ("3903e7", Value::Integer(-1000)),
            ("4401020304", Value::Bytes(vec![1, 2, 3, 4])),
            ("63e6b0b4", text("水")),
            ("83010203", Value::List(vec![Value::Integer(1), Value::Integer(2), Value::Integer(3)])),
            ("a201020304", Value::Map(vec![(1, Value::Integer(2)), (3, Value::Integer(4))])),
            ("d818456449455446", Value::Tagged(24, Box::new(Value::Bytes(b"dIETF".to_vec())))),
        ] {
            assert_eq!(to_hex(&value.to_bytes()), hex);
            assert_eq!(Value::from_bytes(&from_hex(hex).expect("hex")), Ok(value));
        }
    }

    // Catches a second writing of a value, by which signed bytes could be altered, and lengths that
    // would fill memory.
    #[test]
    fn other_writings_are_refused() {
        for (hex, what) in [
            ("1817", "a number in more bytes than it needs"),
            ("a203040102", "keys out of order"),
            ("a201020103", "a key twice"),
            ("a1616101", "a key that is a text"),
            ("5f4101ff", "an indefinite length"),
            ("62c328", "a text that is not UTF-8"),
            ("0000", "bytes behind the value"),
            ("9bffffffffffffffff", "a list longer than the bytes"),
            ("5bffffffffffffffff", "bytes longer than the bytes"),
            ("818181818181818100", "nested too deep"),
            ("f5", "true"),
            ("fb3ff199999999999a", "a fraction"),
            ("3b8000000000000000", "an integer beyond 64 bits"),
            ("", "nothing"),
        ] {
            assert_eq!(Value::from_bytes(&from_hex(hex).expect("hex")), Err(CborError), "{what}");
        }
    }
}
