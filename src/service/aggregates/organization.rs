//! The evaluation organization and its signing keys; there is one, under the key [`KEY`].

use crate::aggregates::log::Recorded;
use crate::work::{Aggregate, begin_empty};
use kaoping_engine::kinds::key_event::{KeyChange, KeyPurpose};
use kaoping_engine::plan::certificate_template::CertificateTemplate;
use kaoping_engine::plan::organization::Organization;
use kaoping_engine::verify::file::trust::Revocation;
use kaoping_record::key::{KeyId, PublicKey};
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
    /// Keys by which it signed or signs, in the order in which they came into use.
    pub keys: Vec<SigningKey>,
    /// What happened to them, as it was logged.
    pub key_records: Vec<Recorded>,
    /// Keys whose signatures stand beside credentials (SM2).
    pub beside: Vec<PublicKey>,
    /// Its layout of printed certificates.
    pub certificate_template: Option<CertificateTemplate>,
}

/// A key by which the organization signs records (ES256).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SigningKey {
    /// The public half.
    pub key: PublicKey,
    pub since_ms: Time,
    /// Until when, once another took over.
    pub retired_ms: Option<Time>,
    /// From which leaf on it does not count.
    pub cut: Option<Revocation>,
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
    /// Something happened to a key, and was logged.
    KeyChanged {
        change: KeyChange,
        /// The signed record.
        record: Recorded,
    },
    /// A key came into use whose signatures stand beside credentials.
    Beside { key: PublicKey },
    /// Certificates are printed by another layout.
    TemplateKept { template: CertificateTemplate },
}

impl OrganizationState {
    /// The key that signs now.
    #[must_use]
    pub fn present_key(&self) -> Option<&SigningKey> {
        self.keys.iter().rev().find(|known| known.retired_ms.is_none() && known.cut.is_none())
    }

    /// A key by its name.
    #[must_use]
    pub fn key(&self, id: &KeyId) -> Option<&SigningKey> {
        self.keys.iter().find(|known| known.key.id() == *id)
    }

    fn change(&mut self, id: &KeyId, change: impl FnOnce(&mut SigningKey)) {
        if let Some(known) = self.keys.iter_mut().find(|known| known.key.id() == *id) {
            change(known);
        }
    }

    fn changed(&mut self, change: KeyChange, index: u64, at: Time) {
        let begin = |state: &mut Self, key: PublicKey| {
            state.keys.push(SigningKey { key, since_ms: at, retired_ms: None, cut: None });
        };
        match change {
            KeyChange::Enrolled { key, purpose: KeyPurpose::Organization } => begin(self, key),
            KeyChange::Rotated { from, to, purpose: KeyPurpose::Organization } => {
                self.change(&from, |known| known.retired_ms = Some(at));
                begin(self, to);
            }
            KeyChange::Enrolled { .. } | KeyChange::Rotated { .. } => {}
            KeyChange::Revoked { key, reason } => {
                self.change(&key, |known| known.cut = Some(Revocation { from_index: index, reason }));
            }
            KeyChange::Compromised { from_index, key, reason } => {
                self.change(&key, |known| known.cut = Some(Revocation { from_index, reason }));
            }
        }
    }
}

impl Aggregate for OrganizationState {
    const FAMILY: &'static str = "organization";
    const COLLECTION: Collection = Collection::Organization;
    type Event = OrganizationEvent;

    fn begin(event: Self::Event, at: Time, actor: &str) -> Option<Self> {
        begin_empty(event, at, actor)
    }

    fn apply(&mut self, event: Self::Event, at: Time, _actor: &str) {
        match event {
            OrganizationEvent::Filed { organization } => self.organization = Some(organization),
            OrganizationEvent::KeyChanged { change, record } => {
                self.changed(change, record.leaf.index, at);
                self.key_records.push(record);
            }
            OrganizationEvent::Beside { key } => self.beside.push(key),
            OrganizationEvent::TemplateKept { template } => self.certificate_template = Some(template),
        }
    }
}
