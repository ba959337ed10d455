//! One file a command.

pub(crate) mod bench;
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod fmt;
pub(crate) mod generate;
pub(crate) mod layers;
pub(crate) mod setup;
pub(crate) mod sizes;
pub(crate) mod start;
pub(crate) mod test;
