//! The keys of a service, without the files that keep them: opening those takes a slow hash for
//! each key.

use kaoping_keys::ring::{KeyRing, OrganizationKey};
use kaoping_record::software::{Ed25519Signer, Es256Signer};
use zeroize::Zeroizing;

/// The secrets of organization, log, room, identities and data.
#[derive(Clone, Copy)]
pub(crate) struct Secrets([[u8; 32]; 5]);

impl Secrets {
    pub(crate) fn random() -> Self {
        let mut secrets = [[0; 32]; 5];
        secrets.iter_mut().for_each(|secret| getrandom::fill(secret).unwrap());
        Self(secrets)
    }

    /// The keys, with another key of the organization if one is given.
    pub(crate) fn ring(&self, organization: Option<OrganizationKey>) -> KeyRing {
        let [own, log, room, identity, data] = self.0;
        KeyRing {
            organization: organization.unwrap_or_else(|| Box::new(Es256Signer::from_scalar(&own).unwrap())),
            beside: None,
            log: Ed25519Signer::from_seed(&log).unwrap(),
            room: Ed25519Signer::from_seed(&room).unwrap(),
            identity: Zeroizing::new(identity),
            data: Zeroizing::new(data),
        }
    }
}
