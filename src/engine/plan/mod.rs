//! Who examines whom, when and where: the organization, its plan, the seating and the numbers of certificates.

pub mod certificate;
pub mod certificate_template;
pub mod organization;
mod plan_faults;
pub mod schedule;
pub mod seating;
