//! The exam plan (考试计划) of a batch.

use crate::bank::{Function, Level, Profile};
use crate::date::Date;
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, BatchId, BlueprintId, PanelId, PseudonymId, RoomId, SheetId};
use kaoping_record::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A batch's plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of this form: 1.
    pub v: u32,
    /// The batch (批次) that it belongs to.
    pub batch: BatchId,
    /// Title, such as `2026 年第 1 批`.
    pub title: String,
    /// Code of the occupation, such as `4-14-01-03`.
    pub occupation: String,
    /// The level that is examined.
    pub level: Level,
    /// The day of the exam, by which ages are counted.
    pub exam_day: Date,
    /// The theory exam.
    pub theory: TheoryPlan,
    /// The practical exam.
    pub practical: PracticalPlan,
    /// Who holds the draw's secrets: at least two, one of them from outside the organization.
    pub custodians: Vec<PlanCustodian>,
    /// The quality supervisor (内部质量督导员), who is bound to every session and never scores.
    pub supervisor: AccountId,
    /// `sample` until a bank and a ceremony meet the formal rules.
    pub profile: Profile,
}

/// Holder of one of the draw's secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PlanCustodian {
    /// Account of the member of staff.
    pub account: AccountId,
    /// Whether it is from outside the organization.
    pub outside: bool,
}

/// Sessions and rooms of the theory exam.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TheoryPlan {
    /// Identifier of the blueprint.
    pub blueprint: BlueprintId,
    /// Minutes for one paper.
    pub minutes: u32,
    /// Sessions by time.
    pub sessions: Vec<Session>,
    /// Rooms, each used in every session.
    pub rooms: Vec<Room>,
    /// Sealed papers for print when power fails for good, beyond the spares of each room.
    pub reserve_papers: u32,
}

/// One start of the theory exam in all rooms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = PlanSession))]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Number from 1.
    pub number: u32,
    /// When it is planned to start.
    pub starts_at_ms: Time,
}

/// A theory room (考场).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = PlanRoom))]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// Id of the room (考场).
    pub room: RoomId,
    /// Name on the door.
    pub name: String,
    /// Seats, numbered from 1.
    pub seats: u32,
    /// Spare papers; at least 2.
    pub spares: u32,
    /// Invigilators (监考员).
    pub invigilators: Vec<AccountId>,
}

/// Stations and panels of the practical exam.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PracticalPlan {
    /// Minutes for a candidate, all stations together.
    pub minutes: u32,
    /// Functions with their weights in percent, which sum to 100.
    pub functions: Vec<PracticalFunction>,
    /// Panels of examiners.
    pub panels: Vec<Panel>,
    /// Name of the panel policy, such as `mean-1`.
    pub policy: String,
}

/// The panels that must not examine a person (考培分离、回避), by pseudonym. Who has no conflict of
/// interest is left out. Fixed with the basis, before anybody can know the seed.
pub type Conflicts = BTreeMap<PseudonymId, BTreeSet<PanelId>>;

/// The practical exam as the basis of a draw commits to it: the plan, conflicts of
/// interest, and what its sheets say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedPractical {
    /// The plan.
    pub plan: PracticalPlan,
    /// Which panels must not examine whom.
    pub conflicts: Conflicts,
    /// The digest of each sheet that the plan names.
    pub sheets: BTreeMap<SheetId, Digest>,
}

impl FixedPractical {
    /// The digest by which the basis of a draw names it.
    ///
    /// # Errors
    /// [`CanonicalError`] when it lies outside the canonical profile.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        Ok(Digest::of(&canonical::to_bytes(self)?))
    }
}

/// A function's stations: tasks that everyone does, and tasks drawn by lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PracticalFunction {
    /// The function (职业功能): a row of the standard's weight tables.
    pub function: Function,
    /// Weight in percent.
    pub weight: u32,
    /// Sheets that everyone does.
    pub required: Vec<SheetId>,
    /// Sheets of which some are drawn.
    pub by_lot: Vec<SheetId>,
    /// How many of `by_lot` each candidate does.
    pub draw: u32,
}

/// A panel (考评组): an odd number of examiners, at least three, one of whom leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = PlanPanel))]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// Id of the panel (考评组).
    pub panel: PanelId,
    /// Name, such as `第 1 考评组`.
    pub name: String,
    /// Examiners (考评员).
    pub examiners: Vec<AccountId>,
    /// The lead examiner (考评组长), who decides and does not score.
    pub lead: AccountId,
}

impl PracticalPlan {
    /// Every sheet that a candidate may be examined on.
    #[must_use]
    pub fn sheets(&self) -> BTreeSet<&SheetId> {
        self.functions.iter().flat_map(|function| function.required.iter().chain(&function.by_lot)).collect()
    }
}

impl TheoryPlan {
    /// The name on a room's door; of a room that the plan lacks, what it was called by.
    #[must_use]
    pub fn room_name<'a>(&'a self, room: &'a RoomId) -> &'a str {
        self.rooms.iter().find(|known| known.room == *room).map_or(room.as_str(), |known| &known.name)
    }
}

impl Plan {
    /// Everybody who has a duty.
    pub fn people(&self) -> impl Iterator<Item = &AccountId> {
        let panels = self.practical.panels.iter();
        panels
            .flat_map(|panel| panel.examiners.iter().chain([&panel.lead]))
            .chain(self.theory.rooms.iter().flat_map(|room| &room.invigilators))
            .chain([&self.supervisor])
            .chain(self.custodians.iter().map(|custodian| &custodian.account))
    }

    /// Seats in all rooms and sessions.
    #[must_use]
    pub fn capacity(&self) -> usize {
        let seats: usize = self.theory.rooms.iter().map(|room| room.seats as usize).sum();
        seats * self.theory.sessions.len()
    }
}
