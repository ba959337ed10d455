//! What all scores of a batch rest on, once it is found to be what the manifest committed to.

use super::finding::{AuditDefect, Refusal};
use super::{AUDIT_BUNDLE_KIND, AUDIT_BUNDLE_VERSION, AuditHeader};
use crate::bank::ItemType;
use crate::draw::manifest::Manifest;
use crate::kinds;
use crate::practical::sheet::ValidSheet;
use crate::practical::total::{FunctionWeight, FunctionWeights};
use crate::result::verify::trust::TrustList;
use crate::session::answers::SeveralOptions;
use crate::theory::policy::ScoringPolicy;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::key::Verifier;
use kaoping_record::message::Signed;
use std::collections::BTreeMap;

/// The rules of a batch.
pub(super) struct Rules {
    pub(super) header: AuditHeader,
    pub(super) manifest: Digest,
    pub(super) policy: ScoringPolicy,
    pub(super) weights: FunctionWeights,
    pub(super) sheets: BTreeMap<Digest, ValidSheet>,
    pub(super) several: SeveralOptions,
}

impl Rules {
    /// Reads the first line.
    pub(super) fn read(line: &str, trust: &TrustList, verifier: &dyn Verifier) -> Result<Self, Refusal> {
        let header: AuditHeader =
            canonical::from_authored(line.as_bytes()).map_err(|error| AuditDefect::Header.because(error))?;
        let known = header.kind == AUDIT_BUNDLE_KIND && header.v == AUDIT_BUNDLE_VERSION;
        AuditDefect::Header.unless(known, "no header of an audit bundle")?;
        let signed = manifest(&header, trust, verifier)?;
        let manifest = &signed.payload;
        check_banks(&header, manifest)?;
        let blueprint = header.blueprint.digest().map_err(|error| AuditDefect::Blueprint.because(error))?;
        AuditDefect::Blueprint.unless(blueprint == manifest.blueprint, "the blueprint is not the manifest's")?;
        let policy = serde_json::from_value(header.blueprint.scoring.as_str().into())
            .map_err(|error| AuditDefect::Blueprint.because(error))?;
        let practical =
            canonical::to_bytes(&header.practical).map_err(|error| AuditDefect::Practical.because(error))?;
        let committed = manifest.practical == Some(Digest::of(&practical));
        AuditDefect::Practical.unless(committed, "the practical plan is not the manifest's")?;
        let weights = header.practical.functions.iter();
        let weights = weights.map(|function| FunctionWeight { function: function.function, percent: function.weight });
        let weights = FunctionWeights::new(weights.collect()).map_err(|error| AuditDefect::Practical.because(error))?;
        let mut sheets = BTreeMap::new();
        for sheet in &header.sheets {
            let bytes = canonical::to_bytes(sheet).map_err(|error| AuditDefect::Sheet.because(error))?;
            let valid = ValidSheet::from_json(&bytes).map_err(|error| AuditDefect::Sheet.because(error))?;
            sheets.insert(valid.digest(), valid);
        }
        let items = header.indexes.iter().flat_map(|index| &index.items);
        let several = items.filter(|item| item.item_type == ItemType::MultipleChoice).map(|item| item.id.clone());
        let several = several.collect();
        let manifest = signed.identity().map_err(|error| AuditDefect::Manifest.because(error))?;
        Ok(Self { header, manifest, policy, weights, sheets, several })
    }
}

fn manifest(header: &AuditHeader, trust: &TrustList, verifier: &dyn Verifier) -> Result<Signed<Manifest>, Refusal> {
    let bytes = canonical::to_bytes(&header.manifest).map_err(|error| AuditDefect::Manifest.because(error))?;
    let signed: Signed<Manifest> = kinds::read(&bytes).map_err(|error| AuditDefect::Manifest.because(error))?;
    let trusted = trust.issuers.iter().any(|line| signed.verify(verifier, &line.key).is_ok());
    AuditDefect::Manifest.unless(trusted, "no trusted issuer signed the manifest")?;
    AuditDefect::Manifest.unless(signed.payload.batch == header.batch, "the manifest is of another batch")?;
    Ok(signed)
}

fn check_banks(header: &AuditHeader, manifest: &Manifest) -> Result<(), Refusal> {
    let same = header.indexes.len() == manifest.banks.len() && header.keys.len() == manifest.banks.len();
    AuditDefect::Bank.unless(same, "other banks than the manifest's")?;
    for entry in &manifest.banks {
        let index = header.indexes.iter().find(|index| index.bank == entry.bank);
        let keys = header.keys.iter().find(|keys| keys.bank == entry.bank);
        let (Some(index), Some(keys)) = (index, keys) else {
            return Err(AuditDefect::Bank.because(format!("bank `{}` is missing", entry.bank)));
        };
        let digest = index.digest().map_err(|error| AuditDefect::Bank.because(error))?;
        let committed = digest == entry.index && index.answer_keys() == entry.answer_keys;
        AuditDefect::Bank.unless(committed, "an index or its keys are not those of the manifest")?;
        keys.check(index).map_err(|error| AuditDefect::Bank.because(error))?;
    }
    Ok(())
}
