//! Whether the documents, secrets and entropy of a draw are those that its manifest names.

use super::DrawInput;
use super::manifest::{BankEntry, CustodianEntry, Manifest};
use super::seed::{Secret, commitment};
use crate::bank::Index;
use crate::fault::{Fault, Text};
use kaoping_record::canonical::{self, CanonicalError};
use kaoping_record::digest::Digest;

/// The longest public entropy, in bytes.
pub(super) const MOST_ENTROPY: usize = 4096;

/// The digest of a manifest's canonical bytes.
///
/// # Errors
/// [`CanonicalError`] when it lies outside the canonical profile.
pub(super) fn manifest_digest(manifest: &Manifest) -> Result<Digest, CanonicalError> {
    Ok(Digest::of(&canonical::to_bytes(manifest)?))
}

/// Every document that is not the one named.
///
/// # Errors
/// [`CanonicalError`] when one lies outside the canonical profile.
pub(super) fn compare(input: &DrawInput<'_>) -> Result<Vec<Fault>, CanonicalError> {
    let manifest = input.manifest;
    let mut faults = Vec::new();
    if input.blueprint.digest()? != manifest.blueprint || input.blueprint.level != manifest.level {
        faults.push(other("/blueprint", "组卷方案", "the blueprint"));
    }
    if input.seating.digest()? != manifest.seating || input.seating.batch != manifest.batch {
        faults.push(other("/seating", "座位表", "the seating"));
    }
    for (place, entry) in manifest.banks.iter().enumerate() {
        let mut found = input.indexes.iter().filter(|index| index.bank == entry.bank);
        let one = (found.next(), found.next());
        let same = match one {
            (Some(index), None) => is_named(index, entry, manifest)?,
            _ => false,
        };
        if !same {
            faults.push(other(
                &format!("/banks/{place}"),
                &format!("题库 {} 的索引", entry.bank),
                "the index of a bank",
            ));
        }
    }
    for index in input.indexes {
        if manifest.banks.iter().all(|entry| entry.bank != index.bank) {
            faults.push(other("/banks", &format!("题库 {} 的索引", index.bank), "the index of another bank"));
        }
    }
    Ok(faults)
}

fn is_named(index: &Index, entry: &BankEntry, manifest: &Manifest) -> Result<bool, CanonicalError> {
    Ok(index.kind == entry.kind
        && index.level == manifest.level
        && index.digest()? == entry.index
        && index.answer_keys() == entry.answer_keys)
}

/// The secrets in the manifest's order.
///
/// # Errors
/// Every custodian whose secret is missing or not the one committed to, and every foreign secret.
pub(super) fn secrets<'a>(input: &DrawInput<'a>) -> Result<Vec<&'a Secret>, Vec<Fault>> {
    let manifest = input.manifest;
    let (mut ordered, mut faults) = (Vec::new(), Vec::new());
    for (place, entry) in manifest.custodians.iter().enumerate() {
        let mut found = input.secrets.iter().filter(|secret| secret.custodian == entry.custodian);
        let place = format!("/custodians/{place}");
        match (found.next(), found.next()) {
            (Some(secret), None) if is_committed(secret, entry, manifest) => ordered.push(secret),
            (Some(_), None) => faults.push(Fault::new(
                "secret_altered",
                place,
                Text::new(
                    format!("保管人 {} 打开的密钥与承诺不符", entry.custodian),
                    format!("the secret of `{}` is not the one committed to", entry.custodian),
                ),
                Text::new("使用这一批次、这一次抽题时承诺的密钥", "open the secret of this batch and attempt"),
            )),
            _ => faults.push(Fault::new(
                "secret_missing",
                place,
                Text::new(
                    format!("保管人 {} 的密钥没有打开，或给了两次", entry.custodian),
                    format!("the secret of `{}` is missing or given twice", entry.custodian),
                ),
                Text::new(
                    "请保管人打开密钥；遗失时启用密封备份，否则作废重抽",
                    "let the custodian or its sealed backup open it, or void the attempt",
                ),
            )),
        }
    }
    for secret in input.secrets {
        if manifest.custodians.iter().all(|entry| entry.custodian != secret.custodian) {
            faults.push(Fault::new(
                "secret_foreign",
                "/custodians",
                Text::new(
                    format!("{} 不是这次抽题的保管人", secret.custodian),
                    format!("`{}` is no custodian of this draw", secret.custodian),
                ),
                Text::new("去掉这一密钥", "leave this secret out"),
            ));
        }
    }
    if faults.is_empty() { Ok(ordered) } else { Err(faults) }
}

fn is_committed(secret: &Secret, entry: &CustodianEntry, manifest: &Manifest) -> bool {
    commitment(&manifest.batch, manifest.attempt, &secret.custodian, &secret.secret) == entry.commitment
}

/// The bytes of the public entropy; empty when the manifest names none.
///
/// # Errors
/// One fault when it is missing, empty, too long, or given without being named.
pub(super) fn entropy<'a>(input: &DrawInput<'a>) -> Result<&'a [u8], Vec<Fault>> {
    match (&input.manifest.public_entropy, input.public_entropy) {
        (None, None) => Ok(&[]),
        (Some(_), Some(bytes)) if (1..=MOST_ENTROPY).contains(&bytes.len()) => Ok(bytes),
        (named, _) => Err(vec![Fault::new(
            if named.is_some() { "entropy_missing" } else { "entropy_unnamed" },
            "/public_entropy",
            Text::new(
                "公开随机数与清单不符：清单写明了却没有给出，或没有写明却给出了",
                "public entropy is named but not given, or given but not named",
            ),
            Text::new("按清单写明的来源和规则取值", "take it from the source and by the rule of the manifest"),
        )]),
    }
}

fn other(place: &str, chinese: &str, english: &str) -> Fault {
    Fault::new(
        "document_other",
        place,
        Text::new(
            format!("{chinese}不是清单所定的那一份"),
            format!("{english} is missing or not the one that the manifest names"),
        ),
        Text::new(
            "使用定清单时的原文件；确需改动时，作废后重新定清单",
            "use the document as it was, or make a new manifest",
        ),
    )
}
