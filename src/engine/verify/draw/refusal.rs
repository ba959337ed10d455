//! Why nothing is drawn from documents: the first refusal of the specification that applies,
//! whatever was looked at first.

use crate::draw::DrawError;
use crate::fault::Fault;

/// A refusal of section 8 of the specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its code.
    pub code: &'static str,
    /// What is wrong, where, and what to do.
    pub faults: Vec<Fault>,
}

/// A document that cannot be read.
impl From<Box<Fault>> for Refusal {
    fn from(fault: Box<Fault>) -> Self {
        Self { code: "form", faults: vec![*fault] }
    }
}

impl From<DrawError> for Refusal {
    fn from(error: DrawError) -> Self {
        Self { code: error.code(), faults: error.faults() }
    }
}
