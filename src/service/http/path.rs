//! The parameters in the paths of routes.

use crate::operations::rooms::RoomAt;
use kaoping_record::id::{AccountId, AssignmentId, BatchId, ItemId, PseudonymId, RoomId, SheetId, SittingId};
use serde::Deserialize;
use utoipa::IntoParams;

/// A batch.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct BatchPath {
    #[param(value_type = String)]
    pub batch: BatchId,
}

/// An account.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AccountPath {
    #[param(value_type = String)]
    pub account: AccountId,
}

/// An open login, by its name on the list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct LoginPath {
    pub login: String,
}

/// A person in a batch.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ResultPath {
    #[param(value_type = String)]
    pub batch: BatchId,
    #[param(value_type = String)]
    pub pseudonym: PseudonymId,
}

/// An item of a batch's banks.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct KeyItemPath {
    #[param(value_type = String)]
    pub batch: BatchId,
    #[param(value_type = String)]
    pub item: ItemId,
}

/// A room in a session of a batch.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct RoomPath {
    #[param(value_type = String)]
    pub batch: BatchId,
    pub session: u32,
    #[param(value_type = String)]
    pub room: RoomId,
}

/// A sitting.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SittingPath {
    #[param(value_type = String)]
    pub sitting: SittingId,
}

/// A panel's mark: one sheet of one practical sitting.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PanelPath {
    #[param(value_type = String)]
    pub sitting: SittingId,
    #[param(value_type = String)]
    pub sheet: SheetId,
}

/// An examiner's assignment.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AssignmentPath {
    #[param(value_type = String)]
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
    #[param(value_type = String)]
    pub sitting: SittingId,
    pub receipt: String,
}

/// The part after `tile/` in a tile's address.
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
