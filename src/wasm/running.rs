//! A session that a page drives: what every wasm entry point with a session offers.

use crate::boundary::{BoundaryError, answer, digest, parsed, time};
use kaoping_engine::session::journal::Journal;
use kaoping_engine::view::session::{DeviceKey, PageSession, Started, signed_checkpoint, unsent};
use kaoping_record::time::Time;
use wasm_bindgen::prelude::wasm_bindgen;

/// A session, once it is started.
pub(crate) struct Running<Session>(Option<Session>);

impl<Session> Default for Running<Session> {
    fn default() -> Self {
        Self(None)
    }
}

impl<Session: PageSession> Running<Session> {
    pub(crate) fn start(&mut self, now_ms: f64, start: &str) -> String {
        answer(self.begin(time(now_ms), start))
    }

    /// Lets something happen, then answers what the page stores and shows.
    pub(crate) fn act(
        &mut self,
        now_ms: f64,
        act: impl FnOnce(&mut Session, Time) -> Result<(), BoundaryError>,
    ) -> String {
        let now = time(now_ms);
        answer(self.session_mut().and_then(|session| {
            act(session, now)?;
            session.turn(now)
        }))
    }

    pub(crate) fn handle(&mut self, now_ms: f64, touch: &str) -> String {
        self.act(now_ms, |session, now| session.touch(now, parsed(touch)?))
    }

    pub(crate) fn tick(&mut self, now_ms: f64) -> String {
        self.act(now_ms, PageSession::tick)
    }

    pub(crate) fn confirm(&mut self, now_ms: f64, id: &str) -> String {
        self.note(now_ms, |journal| Ok(journal.confirm(digest(id)?)))
    }

    pub(crate) fn resume_after(&mut self, now_ms: f64, id: Option<&str>) -> String {
        self.note(now_ms, |journal| Ok(journal.resume_after(id.map(digest).transpose()?)))
    }

    pub(crate) fn unsent(&self) -> String {
        answer(self.session().map(unsent))
    }

    pub(crate) fn checkpoint(&self, seed: &str) -> String {
        answer(self.session().and_then(|session| signed_checkpoint(session, seed)))
    }

    pub(crate) fn session(&self) -> Result<&Session, BoundaryError> {
        self.0.as_ref().ok_or_else(not_started)
    }

    fn session_mut(&mut self) -> Result<&mut Session, BoundaryError> {
        self.0.as_mut().ok_or_else(not_started)
    }

    /// Notes what the service holds; answers the new view, or nothing when the note changes
    /// nothing.
    fn note(&mut self, now_ms: f64, note: impl FnOnce(&mut Journal) -> Result<bool, BoundaryError>) -> String {
        answer(self.session_mut().and_then(|session| {
            let changed = note(session.journal_mut())?;
            changed.then(|| session.view(time(now_ms))).transpose()
        }))
    }

    fn begin(&mut self, now: Time, start: &str) -> Result<Started<Session::View>, BoundaryError> {
        let (mut session, joined) = Session::begin(now, parsed(start)?)?;
        let turn = session.turn(now)?;
        self.0 = Some(session);
        Ok(Started { kept: joined.kept, aside: joined.aside, unreadable: joined.unreadable, turn })
    }
}

fn not_started() -> BoundaryError {
    BoundaryError::input("the session is not started")
}

/// A new key of this device: a `DeviceKey`.
#[wasm_bindgen(js_name = newDeviceKey)]
#[must_use]
pub fn new_device_key() -> String {
    let mut seed = [0; 32];
    answer(getrandom::fill(&mut seed).map_err(BoundaryError::input).and_then(|()| DeviceKey::from_seed(&seed)))
}

/// The methods that every entry point with a session has, on a struct whose member `running` holds
/// the session.
macro_rules! page_session {
    ($entry:ident) => {
        #[wasm_bindgen::prelude::wasm_bindgen]
        impl $entry {
            /// An entry point whose session is not started.
            #[wasm_bindgen(constructor)]
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            /// Starts the session with all events that device and service hold: answers a
            /// `Started`.
            pub fn start(&mut self, now_ms: f64, start: &str) -> String {
                self.running.start(now_ms, start)
            }

            /// Lets a touch happen: answers a `Turn`.
            pub fn handle(&mut self, now_ms: f64, touch: &str) -> String {
                self.running.handle(now_ms, touch)
            }

            /// Time has passed: answers a `Turn`.
            pub fn tick(&mut self, now_ms: f64) -> String {
                self.running.tick(now_ms)
            }

            /// The service has the event of this identity and all before it: answers the new view,
            /// or null when nobody waits for that event.
            pub fn confirm(&mut self, now_ms: f64, id: &str) -> String {
                self.running.confirm(now_ms, id)
            }

            /// The service names the last event that it holds, nothing when it holds none: answers
            /// the new view, or null when there is nothing to send that was not sent.
            #[wasm_bindgen(js_name = resumeAfter)]
            pub fn resume_after(&mut self, now_ms: f64, id: Option<String>) -> String {
                self.running.resume_after(now_ms, id.as_deref())
            }

            /// Everything that the service is not known to hold, oldest first: a list of `Unsent`.
            #[must_use]
            pub fn unsent(&self) -> String {
                self.running.unsent()
            }

            /// The present head of the stream, signed with the key of this seed: the message's
            /// canonical text.
            #[must_use]
            pub fn checkpoint(&self, seed: &str) -> String {
                self.running.checkpoint(seed)
            }
        }
    };
}
pub(crate) use page_session;
