//! Base45 (RFC 9285): bytes as the 45 characters of a QR code's alphanumeric mode.

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Text that is not Base45.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not Base45")]
pub struct Base45Error;

/// The text of some bytes: three characters for each pair, two for a last single byte.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(2) * 3);
    for chunk in bytes.chunks(2) {
        let value = chunk.iter().fold(0_usize, |value, byte| value << 8 | usize::from(*byte));
        let digits = [value % 45, value / 45 % 45, value / 45 / 45];
        let count = chunk.len() + 1;
        text.extend(
            digits.iter().take(count).filter_map(|digit| ALPHABET.get(*digit)).map(|letter| char::from(*letter)),
        );
    }
    text
}

/// The bytes of a text.
///
/// # Errors
/// [`Base45Error`] for another character, a group of one character, or a group above 65,535 (255
/// for two characters).
pub fn decode(text: &str) -> Result<Vec<u8>, Base45Error> {
    let digits = text.bytes().map(|byte| ALPHABET.iter().position(|letter| *letter == byte));
    let digits: Vec<usize> = digits.collect::<Option<_>>().ok_or(Base45Error)?;
    let mut bytes = Vec::with_capacity(digits.len() / 3 * 2 + 1);
    for group in digits.chunks(3) {
        let value = group.iter().rev().fold(0, |value, digit| value * 45 + digit);
        match group.len() {
            3 => bytes.extend(u16::try_from(value).map_err(|_| Base45Error)?.to_be_bytes()),
            2 => bytes.push(u8::try_from(value).map_err(|_| Base45Error)?),
            _ => return Err(Base45Error),
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The examples of RFC 9285, sections 4.3 and 4.4.
    #[test]
    fn the_examples_of_the_rfc() {
        for (bytes, text) in
            [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0")]
        {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text), Ok(bytes.as_bytes().to_vec()));
        }
        assert_eq!(encode(&[]), "");
    }

    // Catches groups that wrap around, by which two texts would mean the same bytes.
    #[test]
    fn other_texts_are_refused() {
        for text in ["A", "GGW", ":::", "abc", "BB8A", "5:", "::", "京"] {
            assert_eq!(decode(text), Err(Base45Error), "{text}");
        }
        assert_eq!(decode("FGW"), Ok(vec![0xFF, 0xFF]), "the greatest group");
    }
}
