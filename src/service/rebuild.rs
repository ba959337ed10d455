//! Makes all documents again from the streams, with the code that makes them live.

use crate::aggregates::for_each_aggregate;
use crate::document::Document;
use crate::work::{Aggregate, fold, unseal};
use kaoping_engine::session::progress::Progress;
use kaoping_record::event::{EventError, Head, Sealed, Stream};
use kaoping_store::{Change, Collection, Document as Stored, Lookup, Placed, Projector};
use std::any::Any;
use std::collections::BTreeMap;
use std::error::Error;

/// Folds every stream again.
#[derive(Default)]
pub struct Rebuild {
    states: BTreeMap<Stream, Box<dyn Any + Send>>,
    /// Where each stream ends so far: every event must continue the one before.
    heads: BTreeMap<Stream, Head>,
    /// The state of each sitting's streams.
    progress: BTreeMap<String, Progress>,
}

type Changes = Result<Vec<Change>, Box<dyn Error + Send + Sync>>;

macro_rules! fold_by_family {
    ($($aggregate:ty),+ $(,)?) => {
        impl Rebuild {
            fn fold_aggregate(&mut self, event: &Sealed) -> Option<Changes> {
                match event.event().stream.family() {
                    $(<$aggregate>::FAMILY => Some(self.fold::<$aggregate>(event)),)+
                    _ => None,
                }
            }
        }
    };
}
for_each_aggregate!(fold_by_family);

impl Projector for Rebuild {
    fn project(&mut self, placed: &Placed) -> Changes {
        let event = &placed.event;
        let stream = &event.event().stream;
        event.continues(stream, self.heads.get(stream).copied().unwrap_or(Head::EMPTY))?;
        self.heads.insert(stream.clone(), event.head());
        match stream.family() {
            "seat" => self.seat(event),
            // A tablet's stream has no document of its own; the service reads its events.
            "tablet" => Ok(Vec::new()),
            other => {
                let unknown = || Err(format!("unknown stream family `{other}`").into());
                self.fold_aggregate(event).unwrap_or_else(unknown)
            }
        }
    }
}

impl Rebuild {
    fn fold<A: Aggregate>(&mut self, sealed: &Sealed) -> Changes {
        let event = sealed.event();
        let key = event.stream.as_str().strip_prefix(A::FAMILY).and_then(|rest| rest.strip_prefix('/'));
        let happened: A::Event = unseal::<A>(sealed)?;
        let before = self.states.remove(&event.stream).and_then(|state| state.downcast::<A>().ok());
        let before = before.map(|state| *state);
        let mut changes = A::side_documents(before.as_ref(), &happened);
        let state = fold::<A>(before, happened, event.at_ms, &event.actor)?;
        changes.push(Change::Put {
            collection: A::COLLECTION,
            key: key.unwrap_or_default().to_owned(),
            lookup: Lookup::from(state.lookup()),
            document: Stored::of(&Document { head: sealed.head(), state: &state })?,
        });
        self.states.insert(event.stream.clone(), Box::new(state));
        Ok(changes)
    }

    fn seat(&mut self, sealed: &Sealed) -> Changes {
        let event = sealed.event();
        let sitting = event.stream.as_str().split('/').nth(1).ok_or(EventError::Stream(String::new()))?;
        let progress = self.progress.entry(sitting.to_owned()).or_default();
        progress.fold(sealed)?;
        Ok(vec![Change::Put {
            collection: Collection::Seat,
            key: event.stream.as_str().to_owned(),
            lookup: Lookup::NONE,
            document: Stored::of(&Document { head: sealed.head(), state: &*progress })?,
        }])
    }
}
