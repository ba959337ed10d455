//! Entry bundles (C2SP tlog-tiles): the entries below a tile of level 0, each after its length as two big-endian bytes.

use super::tile::TILE_WIDTH;

/// Why entries are no bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntriesError {
    /// An entry of more than 65,535 bytes.
    #[error("an entry of {0} bytes is too long for a bundle")]
    Long(usize),
    /// None, or more than a tile has.
    #[error("a bundle holds 1 to 256 entries, not {0}")]
    Count(usize),
    /// The bytes end within an entry.
    #[error("the bundle ends within an entry")]
    Short,
}

/// The bytes of a bundle.
///
/// # Errors
/// [`EntriesError`] when there are too many entries or one is too long.
pub fn encode<T: AsRef<[u8]>>(entries: &[T]) -> Result<Vec<u8>, EntriesError> {
    counted(entries.len())?;
    let mut bytes = Vec::new();
    for entry in entries {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len()).map_err(|_| EntriesError::Long(entry.len()))?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(entry);
    }
    Ok(bytes)
}

/// The entries of a bundle.
///
/// # Errors
/// [`EntriesError`] when the bytes end too early or there are too many entries.
pub fn decode(mut bytes: &[u8]) -> Result<Vec<&[u8]>, EntriesError> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>().ok_or(EntriesError::Short)?;
        let (entry, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into()).ok_or(EntriesError::Short)?;
        entries.push(entry);
        bytes = rest;
    }
    counted(entries.len())?;
    Ok(entries)
}

const fn counted(count: usize) -> Result<(), EntriesError> {
    if count == 0 || count > TILE_WIDTH { Err(EntriesError::Count(count)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_stand_before_entries() {
        let bytes = encode(&[b"ab".as_slice(), b"", &[7; 258]]).expect("a bundle");
        assert_eq!(bytes[..8], [0, 2, b'a', b'b', 0, 0, 1, 2]);
        assert_eq!(decode(&bytes).expect("a bundle"), [b"ab".as_slice(), b"", &[7; 258]]);
    }

    #[test]
    fn what_is_no_bundle_is_refused() {
        assert_eq!(encode(&[vec![0; 65_536]]), Err(EntriesError::Long(65_536)));
        assert_eq!(encode(&vec![b""; 257]), Err(EntriesError::Count(257)));
        assert_eq!(decode(b""), Err(EntriesError::Count(0)));
        assert_eq!(decode(&[0; 2 * 257]), Err(EntriesError::Count(257)));
        for short in [[0].as_slice(), &[0, 1], &[0, 2, 9], &[0, 0, 1]] {
            assert_eq!(decode(short), Err(EntriesError::Short), "{short:?}");
        }
    }
}
