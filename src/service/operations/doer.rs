//! Who does a work, and what the work rests on because of that.

use crate::app::App;
use crate::refusal::Refusal;
use crate::work::Work;

/// Who does a work. Each work names one, and `transact!` admits it before the work's own body, so
/// that no operation can forget it.
pub(crate) trait Doer {
    /// Its name among actors of events.
    fn actor(&self) -> &str;

    /// Loads what its right to act rests on into the work, whose commit asserts it.
    ///
    /// # Errors
    /// [`Refusal::unauthenticated`] when it may not act any more.
    async fn admit(&self, app: &App, work: &mut Work) -> Result<(), Refusal>;
}

/// Who needs no login, by its name among actors of events: the program itself, whoever holds machine
/// and keys, a PC, and a person who is about to log in or out.
pub(crate) struct WithoutLogin<'a>(pub(crate) &'a str);

/// The program itself.
pub(crate) const SERVICE: WithoutLogin<'static> = WithoutLogin("service");

impl Doer for WithoutLogin<'_> {
    fn actor(&self) -> &str {
        self.0
    }

    async fn admit(&self, _app: &App, _work: &mut Work) -> Result<(), Refusal> {
        Ok(())
    }
}
