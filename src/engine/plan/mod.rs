//! Who examines whom, when and where: the organization, its plan, the roster and certificates.

pub mod candidate;
pub mod certificate;
pub mod organization;
pub mod roster;
pub mod schedule;
