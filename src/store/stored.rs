//! Rows as the durable backends keep them, checked as they come back.

use crate::error::StoreError;
use kaoping_record::digest::Digest;
use kaoping_record::event::{Head, Sealed, Stream};

/// The event of a stored row.
///
/// # Errors
/// [`StoreError::Corrupt`] when the bytes are not the event that was stored there.
pub(crate) fn event(place: &str, stream: &str, seq: i64, identity: &[u8], bytes: &[u8]) -> Result<Sealed, StoreError> {
    let corrupt =
        |cause: String| StoreError::Corrupt { place: format!("{place}, event {seq} of stream `{stream}`"), cause };
    if Digest::of(bytes).as_bytes() != identity {
        return Err(corrupt("its bytes do not have the stored digest".to_owned()));
    }
    let event = Sealed::parse(bytes).map_err(|error| corrupt(error.to_string()))?;
    if event.event().stream.as_str() != stream || integer(event.event().seq) != seq {
        return Err(corrupt("it is in another event's place".to_owned()));
    }
    Ok(event)
}

/// The head of a stored row.
///
/// # Errors
/// [`StoreError::Corrupt`] when the row cannot be a head.
pub(crate) fn head(place: &str, stream: &str, next_seq: i64, last: &[u8]) -> Result<Head, StoreError> {
    let corrupt = || StoreError::Corrupt {
        place: format!("{place}, head of stream `{stream}`"),
        cause: "not a number and a digest".to_owned(),
    };
    Ok(Head {
        next_seq: u64::try_from(next_seq).map_err(|_| corrupt())?,
        last: Digest::from_bytes(last.try_into().map_err(|_| corrupt())?),
    })
}

/// The name of a stored stream.
///
/// # Errors
/// [`StoreError::Corrupt`] when the text cannot be a name.
pub(crate) fn stream(place: &str, name: &str) -> Result<Stream, StoreError> {
    Stream::new(name).map_err(|error| StoreError::Corrupt { place: place.to_owned(), cause: error.to_string() })
}

/// A number as databases keep it; sequences and positions never come near the end of the range.
pub(crate) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A stored position, which is never negative.
pub(crate) fn position(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
