//! Keys, and the ranges of them that one page reads.
//!
//! Keys are printable ASCII, so that every backend orders them by bytes, whatever collation it likes best.

use crate::error::StoreError;

/// The most rows of one page.
pub const MAX_PAGE: u32 = 1000;
/// The longest key, in bytes.
pub const MAX_KEY_BYTES: usize = 200;
/// The longest lookup value, in bytes.
pub const MAX_LOOKUP_BYTES: usize = 200;

/// Keys from `from` (included) to `until` (excluded), in byte order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) from: String,
    pub(crate) until: String,
}

/// The keys that begin with `prefix` and come after `after`.
pub(crate) fn range(prefix: &str, after: Option<&str>) -> Result<Range, StoreError> {
    if !prefix.is_empty() {
        check_key(prefix)?;
    }
    let mut from = prefix.to_owned();
    if let Some(after) = after {
        check_key(after)?;
        // A space sorts before every character of a key, so this is the smallest text above `after`.
        let next = format!("{after} ");
        from = from.max(next);
    }
    let mut until = prefix.to_owned();
    // DEL sorts after every character of a key, so the last character always has a successor.
    let last = until.pop().map_or('\x7f', |last| char::from((last as u8).saturating_add(1)));
    until.push(last);
    // `after` may lie behind the whole prefix: an empty range, not a reversed one.
    let from = from.min(until.clone());
    Ok(Range { from, until })
}

/// Checks a key: 1 to [`MAX_KEY_BYTES`] bytes of printable ASCII without spaces.
pub(crate) fn check_key(key: &str) -> Result<(), StoreError> {
    if (1..=MAX_KEY_BYTES).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()) {
        Ok(())
    } else {
        Err(StoreError::Key(key.chars().take(80).collect()))
    }
}

/// Checks the size of a page: 1 to [`MAX_PAGE`].
pub(crate) fn check_limit(limit: u32) -> Result<(), StoreError> {
    if (1..=MAX_PAGE).contains(&limit) { Ok(()) } else { Err(StoreError::Limit(limit)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(prefix: &str, after: Option<&str>, key: &str) -> bool {
        let range = range(prefix, after).expect("a range");
        range.from.as_str() <= key && key < range.until.as_str()
    }

    #[test]
    fn a_prefix_holds_its_keys_alone() {
        assert!(holds("", None, "~~~") && holds("", None, "!"));
        assert!(holds("a/", None, "a/") && holds("a/", None, "a/~"));
        assert!(!holds("a/", None, "a0") && !holds("a/", None, "a") && !holds("a/", None, "b/"));
        assert!(holds("a~", None, "a~~") && !holds("a~", None, "b"));
    }

    #[test]
    fn a_page_goes_on_after_the_last_key() {
        assert!(!holds("a", Some("ab"), "ab") && holds("a", Some("ab"), "ab!") && holds("a", Some("ab"), "ac"));
        assert!(!holds("a", Some("A"), "B") && holds("a", Some("A"), "a"));
        assert!(!holds("a", Some("b"), "bc") && !holds("a", Some("b"), "ab"));
    }

    #[test]
    fn sizes_out_of_bounds_are_refused() {
        assert_eq!(check_limit(0), Err(StoreError::Limit(0)));
        assert_eq!(check_limit(1001), Err(StoreError::Limit(1001)));
        assert_eq!(check_limit(1000), Ok(()));
    }
}
