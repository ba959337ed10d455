//! What all scores of a batch rest on, once it is found to be what the basis names.

use super::finding::{AuditDefect, Refusal};
use super::key_corrections::KeyCorrections;
use super::lots::Lots;
use super::{AUDIT_BUNDLE_KIND, AUDIT_BUNDLE_VERSION, AuditHeader};
use crate::bank::ItemType;
use crate::draw::basis::Basis;
use crate::draw::manifest::Manifest;
use crate::kinds::{self, Record};
use crate::practical::sheet::ValidSheet;
use crate::practical::total::{FunctionWeight, FunctionWeights};
use crate::session::answers::SeveralOptions;
use crate::theory::policy::ScoringPolicy;
use crate::verify::file::trust::TrustList;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::key::Verifier;
use kaoping_record::message::{Message, Signed};
use serde_json::Value;
use std::collections::BTreeMap;

/// The rules of a batch.
pub(super) struct Rules {
    pub(super) header: AuditHeader,
    pub(super) manifest: Digest,
    pub(super) policy: ScoringPolicy,
    pub(super) weights: FunctionWeights,
    pub(super) sheets: BTreeMap<Digest, ValidSheet>,
    pub(super) several: SeveralOptions,
    pub(super) corrections: KeyCorrections,
    pub(super) lots: Lots,
}

impl Rules {
    /// Reads the first line.
    pub(super) fn read(line: &str, trust: &TrustList, verifier: &dyn Verifier) -> Result<Self, Refusal> {
        let header: AuditHeader =
            canonical::from_large(line.as_bytes()).map_err(|error| AuditDefect::Header.because(error))?;
        let known = header.kind == AUDIT_BUNDLE_KIND && header.v == AUDIT_BUNDLE_VERSION;
        AuditDefect::Header.unless(known, "no header of an audit bundle")?;
        let (basis, manifest) = basis_and_manifest(&header, trust, verifier)?;
        check_banks(&header, &basis)?;
        let corrections = KeyCorrections::read(&header, trust, verifier)?;
        let blueprint = header.blueprint.digest().map_err(|error| AuditDefect::Blueprint.because(error))?;
        AuditDefect::Blueprint.unless(blueprint == basis.blueprint, "the blueprint is not the basis's")?;
        let policy = serde_json::from_value(header.blueprint.scoring.as_str().into())
            .map_err(|error| AuditDefect::Blueprint.because(error))?;
        let practical =
            canonical::to_bytes(&header.practical).map_err(|error| AuditDefect::Practical.because(error))?;
        let committed = basis.practical == Some(Digest::of(&practical));
        AuditDefect::Practical.unless(committed, "the practical plan is not the basis's")?;
        let fixed = &header.practical;
        let planned = fixed.plan.sheets().into_iter().eq(fixed.sheets.keys());
        AuditDefect::Practical.unless(planned, "the plan and the digests name other sheets")?;
        let weights = fixed.plan.functions.iter();
        let weights = weights.map(|function| FunctionWeight { function: function.function, percent: function.weight });
        let weights = FunctionWeights::new(weights.collect()).map_err(|error| AuditDefect::Practical.because(error))?;
        let mut sheets = BTreeMap::new();
        for sheet in &header.sheets {
            let bytes = canonical::to_bytes(sheet).map_err(|error| AuditDefect::Sheet.because(error))?;
            let valid = ValidSheet::from_json(&bytes).map_err(|error| AuditDefect::Sheet.because(error))?;
            sheets.insert(valid.digest(), valid);
        }
        let given = sheets.iter().map(|(digest, sheet)| (&sheet.sheet().id, digest)).collect::<BTreeMap<_, _>>();
        let same = given.into_iter().eq(&fixed.sheets) && header.sheets.len() == fixed.sheets.len();
        AuditDefect::Sheet.unless(same, "the sheets are not those of the practical plan")?;
        let items = header.indexes.iter().flat_map(|index| &index.items);
        let several = items.filter(|item| item.item_type == ItemType::MultipleChoice).map(|item| item.id.clone());
        let several = several.collect();
        let lots = Lots::draw(&header, &basis, &manifest)?;
        let manifest = identity(&manifest)?;
        Ok(Self { header, manifest, policy, weights, sheets, several, lots, corrections })
    }
}

/// The basis, and the manifest that names it.
fn basis_and_manifest(
    header: &AuditHeader,
    trust: &TrustList,
    verifier: &dyn Verifier,
) -> Result<(Basis, Signed<Manifest>), Refusal> {
    let basis: Signed<Basis> = trusted(&header.basis, trust, verifier)?;
    let manifest: Signed<Manifest> = trusted(&header.manifest, trust, verifier)?;
    AuditDefect::Manifest.unless(basis.payload.batch == header.batch, "the basis is of another batch")?;
    let named = manifest.payload.basis == identity(&basis)?;
    AuditDefect::Manifest.unless(named, "the manifest names another basis")?;
    Ok((basis.payload, manifest))
}

fn identity<T: Message>(record: &Signed<T>) -> Result<Digest, Refusal> {
    record.identity().map_err(|error| AuditDefect::Manifest.because(error))
}

fn trusted<T: Record>(record: &Value, trust: &TrustList, verifier: &dyn Verifier) -> Result<Signed<T>, Refusal> {
    signed_by_trusted(record, trust, verifier).map_err(|error| AuditDefect::Manifest.because(error))
}

/// A record that a trusted issuer signed.
///
/// # Errors
/// What is wrong with it, in the program's own words.
pub(super) fn signed_by_trusted<T: Record>(
    record: &Value,
    trust: &TrustList,
    verifier: &dyn Verifier,
) -> Result<Signed<T>, String> {
    let bytes = canonical::to_bytes(record).map_err(|error| error.to_string())?;
    let signed: Signed<T> = kinds::read(&bytes).map_err(|error| error.to_string())?;
    let trusted = trust.issuers.iter().any(|line| signed.verify(verifier, &line.key).is_ok());
    if trusted { Ok(signed) } else { Err(format!("no trusted issuer signed the `{}`", T::KIND)) }
}

fn check_banks(header: &AuditHeader, basis: &Basis) -> Result<(), Refusal> {
    let same = header.indexes.len() == basis.banks.len() && header.keys.len() == basis.banks.len();
    AuditDefect::Bank.unless(same, "other banks than the basis's")?;
    for entry in &basis.banks {
        let index = header.indexes.iter().find(|index| index.bank == entry.bank);
        let keys = header.keys.iter().find(|keys| keys.bank == entry.bank);
        let (Some(index), Some(keys)) = (index, keys) else {
            return Err(AuditDefect::Bank.because(format!("bank `{}` is missing", entry.bank)));
        };
        let digest = index.digest().map_err(|error| AuditDefect::Bank.because(error))?;
        let committed = digest == entry.index && index.answer_keys() == entry.answer_keys;
        AuditDefect::Bank.unless(committed, "an index or its keys are not those of the basis")?;
        keys.check(index).map_err(|error| AuditDefect::Bank.because(error))?;
    }
    Ok(())
}
