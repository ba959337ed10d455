//! Names of members of staff on a room's pages.

use crate::aggregates::account::AccountState;
use crate::app::App;
use crate::refusal::Refusal;
use std::collections::BTreeMap;

/// Names of members of staff, each read once.
pub(super) struct Names<'app> {
    app: &'app App,
    known: BTreeMap<String, String>,
}

impl<'app> Names<'app> {
    pub(super) fn new(app: &'app App) -> Self {
        Self { app, known: BTreeMap::new() }
    }

    pub(super) async fn of(&mut self, account: &str) -> Result<String, Refusal> {
        if let Some(name) = self.known.get(account) {
            return Ok(name.clone());
        }
        let state: Option<AccountState> = self.app.read(account).await?;
        let name = state.map_or_else(|| account.to_owned(), |state| state.name);
        self.known.insert(account.to_owned(), name.clone());
        Ok(name)
    }
}
