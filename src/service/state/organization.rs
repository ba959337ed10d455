//! The evaluation organization; there is one, under the key [`KEY`].

use crate::work::Aggregate;
use kaoping_engine::plan::organization::Organization;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// The key of the one organization.
pub const KEY: &str = "main";

/// The organization as it stands.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct OrganizationState {
    /// Its data, once they are entered.
    pub organization: Option<Organization>,
    /// Since when its key signs.
    pub since_ms: Option<Time>,
}

/// What happens to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum OrganizationEvent {
    /// Its data were entered or corrected.
    Filed {
        /// The data.
        organization: Organization,
    },
}

impl Aggregate for OrganizationState {
    const FAMILY: &'static str = "organization";
    const COLLECTION: Collection = Collection::Organization;
    type Event = OrganizationEvent;

    fn apply(&mut self, event: Self::Event, at: Time, _actor: &str) {
        let OrganizationEvent::Filed { organization } = event;
        self.organization = Some(organization);
        self.since_ms = self.since_ms.or(Some(at));
    }
}
