//! A PC that asks for a seat, until an invigilator binds or refuses it.

use super::reason::reason;
use crate::refusal::Refusal;
use crate::work::Aggregate;
use kaoping_record::digest::Digest;
use kaoping_record::id::SittingId;
use kaoping_record::key::PublicKey;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// What a PC asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EnrolmentRequest {
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

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EnrolmentState {
    /// What was asked for.
    pub request: EnrolmentRequest,
    /// What the invigilator has decided.
    pub stage: EnrolmentStage,
}

/// What the invigilator has decided about a PC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EnrolmentStage {
    /// Nothing yet.
    Waiting,
    /// Bound to the sitting.
    Bound {
        /// The PC's number in the sitting, from 0.
        number: u32,
    },
    Refused {
        reason: String,
    },
}

/// The invigilator has already bound or refused this PC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoLongerWaiting;

impl From<NoLongerWaiting> for Refusal {
    fn from(NoLongerWaiting: NoLongerWaiting) -> Self {
        Self::conflict(
            "no_longer_waiting",
            "enrolment",
            ("这台电脑已经处理过了。", "this PC was dealt with already"),
            ("刷新页面查看。", "reload the page"),
        )
    }
}

impl EnrolmentState {
    /// Binds the PC as number `number` of its sitting, from 0.
    ///
    /// # Errors
    /// [`NoLongerWaiting`].
    pub fn bind(&self, number: u32) -> Result<EnrolmentEvent, NoLongerWaiting> {
        self.waiting().map(|()| EnrolmentEvent::Bound { number })
    }

    /// Refuses the PC.
    ///
    /// # Errors
    /// [`NoLongerWaiting`]; `reason` without one.
    pub fn refuse(&self, why: &str) -> Result<EnrolmentEvent, Refusal> {
        let reason = reason(why)?;
        self.waiting()?;
        Ok(EnrolmentEvent::Refused { reason })
    }

    fn waiting(&self) -> Result<(), NoLongerWaiting> {
        if self.stage == EnrolmentStage::Waiting { Ok(()) } else { Err(NoLongerWaiting) }
    }
}

/// What happens to an enrolment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum EnrolmentEvent {
    /// A PC asked.
    Asked {
        request: EnrolmentRequest,
    },
    Bound {
        /// The PC's number.
        number: u32,
    },
    Refused {
        reason: String,
    },
}

impl Aggregate for EnrolmentState {
    const FAMILY: &'static str = "enrolment";
    const COLLECTION: Collection = Collection::Enrolment;
    type Event = EnrolmentEvent;

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        match event {
            EnrolmentEvent::Asked { request } => Some(Self { request, stage: EnrolmentStage::Waiting }),
            EnrolmentEvent::Bound { .. } | EnrolmentEvent::Refused { .. } => None,
        }
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        match event {
            EnrolmentEvent::Asked { request } => self.request = request,
            EnrolmentEvent::Bound { number } => self.stage = EnrolmentStage::Bound { number },
            EnrolmentEvent::Refused { reason } => self.stage = EnrolmentStage::Refused { reason },
        }
    }
}
