//! Makes all documents again from the streams, with the code that makes them live.

use crate::state::account::AccountState;
use crate::state::assignment::AssignmentState;
use crate::state::bank::BankState;
use crate::state::batch::BatchState;
use crate::state::enrolment::EnrolmentState;
use crate::state::export::ExportState;
use crate::state::log::LogState;
use crate::state::login::LoginState;
use crate::state::organization::OrganizationState;
use crate::state::panel::PanelState;
use crate::state::paper::PaperState;
use crate::state::result::ResultState;
use crate::state::room::RoomState;
use crate::state::seat::SeatState;
use crate::state::serial::SerialState;
use crate::state::sitting::SittingState;
use crate::work::{Aggregate, Document, unseal};
use kaoping_engine::session::answers::Answers;
use kaoping_engine::session::event::SeatEvent;
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use kaoping_store::{Change, Collection, Document as Stored, Lookup, Placed, Projector};
use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;

/// Folds every stream again.
#[derive(Default)]
pub struct Rebuild {
    states: BTreeMap<String, Value>,
    /// Where each stream ends so far: every event must continue the one before.
    heads: BTreeMap<Stream, Head>,
    /// The answers that each sitting's latest stream leads to.
    answers: BTreeMap<String, Answers>,
}

type Changes = Result<Vec<Change>, Box<dyn Error + Send + Sync>>;

impl Projector for Rebuild {
    fn project(&mut self, placed: &Placed) -> Changes {
        let event = &placed.event;
        let stream = &event.event().stream;
        event.continues(stream, self.heads.get(stream).copied().unwrap_or(Head::EMPTY))?;
        self.heads.insert(stream.clone(), event.head());
        match event.event().stream.family() {
            OrganizationState::FAMILY => self.fold::<OrganizationState>(event),
            AccountState::FAMILY => self.fold::<AccountState>(event),
            LoginState::FAMILY => self.fold::<LoginState>(event),
            BankState::FAMILY => self.fold::<BankState>(event),
            BatchState::FAMILY => self.fold::<BatchState>(event),
            PaperState::FAMILY => self.fold::<PaperState>(event),
            RoomState::FAMILY => self.fold::<RoomState>(event),
            SittingState::FAMILY => self.fold::<SittingState>(event),
            EnrolmentState::FAMILY => self.fold::<EnrolmentState>(event),
            AssignmentState::FAMILY => self.fold::<AssignmentState>(event),
            PanelState::FAMILY => self.fold::<PanelState>(event),
            ResultState::FAMILY => self.fold::<ResultState>(event),
            LogState::FAMILY => self.fold::<LogState>(event),
            SerialState::FAMILY => self.fold::<SerialState>(event),
            ExportState::FAMILY => self.fold::<ExportState>(event),
            "seat" => self.seat(event),
            // A tablet's stream has no document of its own; the service reads its events.
            "tablet" => Ok(Vec::new()),
            other => Err(format!("unknown stream family `{other}`").into()),
        }
    }
}

impl Rebuild {
    fn fold<A: Aggregate>(&mut self, sealed: &Sealed) -> Changes {
        let event = sealed.event();
        let stream = event.stream.as_str();
        let key = stream.strip_prefix(A::FAMILY).and_then(|rest| rest.strip_prefix('/')).unwrap_or_default();
        let happened: A::Event = unseal::<A>(sealed)?;
        let mut state: A = match self.states.remove(stream) {
            None => A::default(),
            Some(state) => serde_json::from_value(state)?,
        };
        let mut changes = state.further(&happened);
        state.apply(happened, event.at_ms, &event.actor);
        let lookup = Lookup::from(state.lookup());
        let document = Stored::of(&Document { head: sealed.head(), state: &state })?;
        self.states.insert(stream.to_owned(), serde_json::to_value(&state)?);
        changes.push(Change::Put { collection: A::COLLECTION, key: key.to_owned(), lookup, document });
        Ok(changes)
    }

    fn seat(&mut self, sealed: &Sealed) -> Changes {
        let event = sealed.event();
        let touch = SeatEvent::open(sealed)?;
        let sitting = event.stream.as_str().split('/').nth(1).ok_or(EventError::Stream(String::new()))?;
        let answers = self.answers.entry(sitting.to_owned()).or_default();
        answers.fold(&touch);
        let state = SeatState { answers: answers.clone(), last_at_ms: Some(event.at_ms) };
        Ok(vec![Change::Put {
            collection: Collection::Seat,
            key: event.stream.as_str().to_owned(),
            lookup: Lookup::NONE,
            document: Stored::of(&Document { head: sealed.head(), state })?,
        }])
    }
}
