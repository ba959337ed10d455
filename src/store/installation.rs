//! Which installation a place belongs to, and the link by which a data folder knows its place
//! again.

use kaoping_record::digest::{from_hex, to_hex};
use std::fmt;

/// Names one installation: an organization's folder of keys with its stores. Random, made once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstallationId(pub [u8; 16]);

/// The link that each start writes to a data folder and its store. A place that was restored from a
/// backup, or that another copy of the folder has opened since, holds another link than the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link(pub [u8; 16]);

macro_rules! hexadecimal {
    ($($name:ident),+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&to_hex(&self.0))
            }
        }

        impl $name {
            /// From 32 hexadecimal digits.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                from_hex(text)?.try_into().ok().map(Self)
            }
        }
    )+};
}
hexadecimal!(InstallationId, Link);
