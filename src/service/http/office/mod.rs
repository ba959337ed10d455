//! The organization's office, custodians and supervisors: from the plan to the certificates.

pub mod amendments;
pub mod banks;
pub mod batches;
pub mod bundles;
pub mod certificate_pages;
pub mod certificates;
pub mod closing;
pub mod draw;
pub mod key_corrections;
pub mod organization;
pub mod results;
pub mod roster;
pub mod scoring;
pub mod staff;
