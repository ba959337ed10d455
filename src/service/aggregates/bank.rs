//! Banks: the public index, and by digest the sealed content and keys.

use crate::work::Aggregate;
use kaoping_engine::bank::{BankKind, Level};
use kaoping_record::digest::Digest;
use kaoping_record::time::Time;
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};

/// A bank as it was sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SealedBankRecord {
    pub title: String,
    /// National or extended.
    pub kind: BankKind,
    pub level: Level,
    /// `样题，非国家题库` for sample banks.
    pub label: String,
    /// Number of items.
    pub items: u32,
    /// Number of points (鉴定点).
    pub points: u32,
    /// Digest and blob of the public index.
    pub index: Digest,
    /// Blob of the content.
    pub content: Digest,
    /// Blob of the keys.
    pub keys: Digest,
}

/// A bank; empty before it is sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BankState {
    pub sealed: SealedBankRecord,
}

/// What happens to a bank.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum BankEvent {
    /// It was checked, salted and sealed.
    Sealed { bank: SealedBankRecord },
}

impl Aggregate for BankState {
    const FAMILY: &'static str = "bank";
    const COLLECTION: Collection = Collection::Bank;
    type Event = BankEvent;

    fn begin(event: Self::Event, _at: Time, _actor: &str) -> Option<Self> {
        let BankEvent::Sealed { bank } = event;
        Some(Self { sealed: bank })
    }

    fn apply(&mut self, event: Self::Event, _at: Time, _actor: &str) {
        let BankEvent::Sealed { bank } = event;
        self.sealed = bank;
    }
}
