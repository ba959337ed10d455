//! What the paths of routes name.

use crate::operations::rooms::RoomAt;
use kaoping_record::id::{AssignmentId, BatchId, PseudonymId, RoomId, SheetId, SittingId};
use serde::Deserialize;
use utoipa::IntoParams;

/// A batch.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct BatchPath {
    pub batch: BatchId,
}

/// A person in a batch.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ResultPath {
    pub batch: BatchId,
    pub pseudonym: PseudonymId,
}

/// A room in a session of a batch.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RoomPath {
    pub batch: BatchId,
    pub session: u32,
    pub room: RoomId,
}

/// A sitting.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SittingPath {
    pub sitting: SittingId,
}

/// A panel's mark: one sheet of one practical sitting.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PanelPath {
    pub sitting: SittingId,
    pub sheet: SheetId,
}

/// An examiner's assignment.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AssignmentPath {
    pub assignment: AssignmentId,
}

/// A PC that asked for a seat.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct EnrolmentPath {
    pub enrolment: String,
}

/// A receipt of a sitting, by its identity.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ReceiptPath {
    pub sitting: SittingId,
    pub receipt: String,
}

/// What follows `tile/` in a tile's address.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct TilePathText {
    pub path: String,
}

impl From<RoomPath> for RoomAt {
    fn from(RoomPath { batch, session, room }: RoomPath) -> Self {
        Self { batch, session, room }
    }
}
