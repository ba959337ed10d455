//! Doing a work: who does it, what the work rests on because of that, and another attempt when
//! somebody else was faster.

use crate::app::App;
use crate::refusal::Refusal;
use crate::work::Work;

/// Does a work, again when another request committed first: `transact!(app, doer, |work| { … })`
/// gives the body's value once everything is committed. Each attempt admits who does it: a login
/// that has ended meanwhile decides nothing. The body may `return` a refusal; then nothing happens.
macro_rules! transact {
    ($app:expr, $doer:expr, |$work:ident| $body:expr) => {{
        let mut attempt = 1;
        loop {
            let mut unit = $app.work($crate::operations::doer::Doer::actor($doer));
            let $work = &mut unit;
            let outcome: Result<_, $crate::refusal::Refusal> = async {
                $crate::operations::doer::Doer::admit($doer, $app, $work).await?;
                $body
            }
            .await;
            match outcome {
                Err(error) => {
                    if attempt == $crate::work::ATTEMPTS || !unit.has_moved().await? {
                        break Err(error);
                    }
                    attempt += 1;
                }
                Ok(value) => match unit.commit().await {
                    Err(error) if error.is_race() && attempt < $crate::work::ATTEMPTS => attempt += 1,
                    Err(error) => break Err(error),
                    Ok(()) => break Ok(value),
                },
            }
        }
    }};
}
pub(crate) use transact;

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
