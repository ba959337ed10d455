//! What a place is founded with: the installation that it belongs to, a value by which the right
//! key is known, and the link to the data folder that opened it last.

use crate::cipher::Cipher;
use crate::error::StoreError;
use crate::installation::{InstallationId, Link};

/// The expected state of a place.
#[derive(Clone, Copy, Debug)]
pub enum Expected<'a> {
    /// New, or founded for this installation and without any event.
    Empty(InstallationId),
    /// Of this installation, and last opened under one of these links.
    Bound { installation: InstallationId, links: &'a [Link] },
    /// Of whichever installation has the key: for restores that somebody declares.
    Founded,
}

/// How a store is opened.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// Encrypts what is stored.
    pub key: &'a [u8; 32],
    pub expected: Expected<'a>,
    /// The link that the place holds from now on.
    pub next: Link,
    /// Whether no other program may open the place the same way as long as this store is open. A
    /// server sees to that; beside a file it is the caller's lock.
    pub alone: bool,
}

/// The stored row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Founding {
    pub(crate) installation: InstallationId,
    pub(crate) salt: [u8; 32],
    pub(crate) key_check: [u8; 32],
    pub(crate) link: Link,
}

impl Founding {
    /// The row of a new place.
    pub(crate) fn new(installation: InstallationId, opening: &Opening<'_>, salt: [u8; 32]) -> Self {
        let key_check = Cipher::new(opening.key, &salt).key_check();
        Self { installation, salt, key_check, link: opening.next }
    }

    /// The row from stored columns.
    pub(crate) fn stored(place: &str, [installation, salt, key_check, link]: [&[u8]; 4]) -> Result<Self, StoreError> {
        let row = || {
            Some(Self {
                installation: InstallationId(installation.try_into().ok()?),
                salt: salt.try_into().ok()?,
                key_check: key_check.try_into().ok()?,
                link: Link(link.try_into().ok()?),
            })
        };
        row().ok_or_else(|| StoreError::Corrupt {
            place: place.to_owned(),
            cause: "its founding row has other lengths than it was written with".to_owned(),
        })
    }

    /// Refuses a place that is not the expected one; returns its cipher. The link is another
    /// question.
    pub(crate) fn admit(&self, place: &str, holds_events: bool, opening: &Opening<'_>) -> Result<Cipher, StoreError> {
        let place = || place.to_owned();
        match opening.expected {
            Expected::Empty(installation) if self.installation != installation || holds_events => {
                return Err(StoreError::Founded { place: place(), installation: self.installation });
            }
            Expected::Bound { installation, .. } if self.installation != installation => {
                return Err(StoreError::OtherInstallation { place: place(), found: self.installation, installation });
            }
            _ => {}
        }
        let cipher = Cipher::new(opening.key, &self.salt);
        if cipher.key_check() == self.key_check { Ok(cipher) } else { Err(StoreError::WrongKey { place: place() }) }
    }

    /// Refuses a place that another folder has opened since, or that was put back.
    pub(crate) fn linked(&self, place: &str, opening: &Opening<'_>) -> Result<(), StoreError> {
        match opening.expected {
            Expected::Bound { links, .. } if !links.contains(&self.link) => {
                Err(StoreError::Unlinked { place: place.to_owned() })
            }
            _ => Ok(()),
        }
    }
}

/// The installation for which a place without a founding row is founded.
pub(crate) fn to_found(place: &str, holds_events: bool, opening: &Opening<'_>) -> Result<InstallationId, StoreError> {
    let place = place.to_owned();
    match opening.expected {
        _ if holds_events => Err(StoreError::Corrupt { place, cause: "it has events but no founding row".to_owned() }),
        Expected::Empty(installation) => Ok(installation),
        Expected::Bound { .. } | Expected::Founded => Err(StoreError::Missing { place }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: InstallationId = InstallationId([1; 16]);
    const TWO: InstallationId = InstallationId([2; 16]);

    fn opening(expected: Expected<'_>) -> Opening<'_> {
        Opening { key: &[7; 32], expected, next: Link([9; 16]), alone: false }
    }

    // Catches a store that is founded anew beside keys that have data, or beside another
    // installation's.
    #[test]
    fn a_place_is_what_was_expected_or_is_named() {
        let place = "here";
        let row = Founding::new(ONE, &opening(Expected::Empty(ONE)), [3; 32]);
        let admitted = |expected, events| row.admit(place, events, &opening(expected)).map(drop);
        let bound = |installation| Expected::Bound { installation, links: &[] };
        assert_eq!(admitted(Expected::Empty(ONE), false), Ok(()), "a first start that was cut off");
        let founded = Err(StoreError::Founded { place: place.into(), installation: ONE });
        assert_eq!(admitted(Expected::Empty(ONE), true), founded);
        assert_eq!(admitted(Expected::Empty(TWO), false), founded);
        assert_eq!(admitted(bound(ONE), true), Ok(()));
        let other = StoreError::OtherInstallation { place: place.into(), found: ONE, installation: TWO };
        assert_eq!(admitted(bound(TWO), true), Err(other));
        assert_eq!(admitted(Expected::Founded, true), Ok(()));
        let wrong = Opening { key: &[8; 32], ..opening(Expected::Founded) };
        assert_eq!(row.admit(place, true, &wrong).map(drop), Err(StoreError::WrongKey { place: place.into() }));

        assert_eq!(to_found(place, false, &opening(Expected::Empty(ONE))), Ok(ONE));
        for expected in [bound(ONE), Expected::Founded] {
            let missing = StoreError::Missing { place: place.into() };
            assert_eq!(to_found(place, false, &opening(expected)), Err(missing));
        }
        assert!(matches!(to_found(place, true, &opening(Expected::Empty(ONE))), Err(StoreError::Corrupt { .. })));
    }

    #[test]
    fn a_place_that_was_opened_elsewhere_is_not_linked() {
        let row = Founding::new(ONE, &opening(Expected::Empty(ONE)), [3; 32]);
        let linked = |links| row.linked("here", &opening(Expected::Bound { installation: ONE, links }));
        assert_eq!(linked(&[Link([4; 16]), Link([9; 16])]), Ok(()));
        assert_eq!(linked(&[Link([4; 16])]), Err(StoreError::Unlinked { place: "here".into() }));
        assert_eq!(row.linked("here", &opening(Expected::Founded)), Ok(()));
    }
}
