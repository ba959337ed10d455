//! A PC that asks for a seat, until an invigilator binds or refuses it.

use crate::work::Aggregate;
use kaoping_record::digest::Digest;
use kaoping_record::id::SittingId;
use kaoping_record::key::PublicKey;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where an enrolment stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentStatus {
    /// Waits for the invigilator.
    #[default]
    Waiting,
    /// Bound to the sitting.
    Bound,
    /// Refused.
    Refused,
}

/// What a PC asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The ticket that was typed in.
    pub ticket: String,
    /// The sitting of that ticket.
    pub sitting: SittingId,
    /// The room's key.
    pub room: String,
    /// The PC's key.
    pub key: PublicKey,
    /// Four digits that the PC shows, so that the invigilator finds it.
    pub code: String,
    /// Digest of the PC's secret, which becomes its token.
    pub secret: Digest,
    /// Since when it waits.
    pub since_ms: Time,
}

/// An enrolment.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct EnrolmentState {
    /// What was asked for.
    pub request: Option<Request>,
    /// Where it stands.
    pub status: EnrolmentStatus,
    /// The PC's number in the sitting, from 0, once bound.
    pub number: Option<u32>,
    /// Why it was refused.
    pub reason: Option<String>,
}

/// What happens to an enrolment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum EnrolmentEvent {
    /// A PC asked.
    Asked {
        /// For what.
        request: Request,
    },
    /// It was bound.
    Bound {
        /// The PC's number.
        number: u32,
    },
    /// It was refused.
    Refused {
        /// Why.
        reason: String,
    },
}

impl Aggregate for EnrolmentState {
    const FAMILY: &'static str = "enrolment";
    const COLLECTION: Collection = Collection::Enrolment;
    type Event = EnrolmentEvent;

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            EnrolmentEvent::Asked { request } => self.request = Some(request),
            EnrolmentEvent::Bound { number } => {
                self.status = EnrolmentStatus::Bound;
                self.number = Some(number);
            }
            EnrolmentEvent::Refused { reason } => {
                self.status = EnrolmentStatus::Refused;
                self.reason = Some(reason);
            }
        }
    }

    /// Found by the room while it waits.
    fn lookup(&self) -> Option<String> {
        let waiting = self.status == EnrolmentStatus::Waiting;
        self.request.as_ref().filter(|_| waiting).map(|request| request.room.clone())
    }
}
