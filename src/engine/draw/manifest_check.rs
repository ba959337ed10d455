//! Whether the documents, secrets and entropy of a draw are those that its basis and manifest name.

use super::basis::{BankEntry, Basis};
use super::manifest::Commitment;
use super::seed::{Secret, commitment};
use super::{BasisInput, DrawInput};
use crate::bank::Index;
use crate::fault::{Fault, Text};
use kaoping_record::canonical::CanonicalError;
use kaoping_record::digest::Digest;
use std::collections::BTreeMap;

/// The longest public entropy, in bytes.
pub(super) const MOST_ENTROPY: usize = 4096;

/// That the manifest is of another basis.
pub(super) fn other_basis() -> Fault {
    Fault::new(
        "document_other",
        "/basis",
        Text::new("清单所定的不是这份依据", "the basis is not the one that the basis names"),
        Text::new("使用定清单时的原文件", "use the document as it was"),
    )
}

/// Every document that is not the one that the basis names.
///
/// # Errors
/// [`CanonicalError`] when one lies outside the canonical profile.
pub(super) fn compare(input: &BasisInput<'_>) -> Result<Vec<Fault>, CanonicalError> {
    let basis = input.basis;
    let mut faults = Vec::new();
    if input.blueprint.digest()? != basis.blueprint || input.blueprint.level != basis.level {
        faults.push(other("/blueprint", "组卷方案", "the blueprint"));
    }
    if input.seating.digest()? != basis.seating || input.seating.batch != basis.batch {
        faults.push(other("/seating", "座位表", "the seating"));
    }
    for (place, entry) in basis.banks.iter().enumerate() {
        let mut found = input.indexes.iter().filter(|index| index.bank == entry.bank);
        let one = (found.next(), found.next());
        let same = match one {
            (Some(index), None) => is_named(index, entry, basis)?,
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
        if basis.banks.iter().all(|entry| entry.bank != index.bank) {
            faults.push(other("/banks", &format!("题库 {} 的索引", index.bank), "the index of another bank"));
        }
    }
    Ok(faults)
}

fn is_named(index: &Index, entry: &BankEntry, basis: &Basis) -> Result<bool, CanonicalError> {
    Ok(index.kind == entry.kind
        && index.level == basis.level
        && index.digest()? == entry.index
        && index.answer_keys() == entry.answer_keys)
}

/// The secrets in the basis's order.
///
/// # Errors
/// Every custodian whose secret is missing, not the one committed to or another's too, and every
/// foreign secret.
pub(super) fn secrets<'a>(input: &DrawInput<'a>) -> Result<Vec<&'a Secret>, Vec<Fault>> {
    let manifest = input.manifest;
    let mut holders: BTreeMap<&[u8; 32], &Secret> = BTreeMap::new();
    let (mut ordered, mut faults) = (Vec::new(), Vec::new());
    for (place, entry) in manifest.commitments.iter().enumerate() {
        let mut found = input.secrets.iter().filter(|secret| secret.custodian == entry.custodian);
        let place = format!("/commitments/{place}");
        match (found.next(), found.next()) {
            (Some(secret), None) if is_committed(secret, entry, &manifest.basis) => ordered.push(secret),
            (Some(_), None) => faults.push(Fault::new(
                "secret_altered",
                place,
                Text::new(
                    format!("保管人 {} 开启的秘密数与封存值不符", entry.custodian),
                    format!("the secret of `{}` is not the one committed to", entry.custodian),
                ),
                Text::new("使用为这份依据封存的秘密数", "open the secret that was committed for this basis"),
            )),
            _ => faults.push(Fault::new(
                "secret_missing",
                place,
                Text::new(
                    format!("保管人 {} 的秘密数没有开启，或给了两次", entry.custodian),
                    format!("the secret of `{}` is missing or given twice", entry.custodian),
                ),
                Text::new(
                    "请保管人开启秘密数；遗失时启用密封备份，否则作废重抽",
                    "let the custodian or its sealed backup open it, or void the attempt",
                ),
            )),
        }
    }
    for secret in input.secrets {
        let before = holders.insert(secret.secret.as_bytes(), secret);
        if let Some(before) = before.filter(|before| before.custodian != secret.custodian) {
            faults.push(Fault::new(
                "secret_again",
                "/commitments",
                Text::new(
                    format!("保管人 {} 和 {} 的秘密数相同", before.custodian, secret.custodian),
                    format!("`{}` and `{}` have one secret", before.custodian, secret.custodian),
                ),
                Text::new("作废重抽，每名保管人用自己的秘密数", "void the attempt; each custodian makes a secret"),
            ));
        }
        if manifest.commitments.iter().all(|entry| entry.custodian != secret.custodian) {
            faults.push(Fault::new(
                "secret_foreign",
                "/commitments",
                Text::new(
                    format!("{} 不是这次抽题的保管人", secret.custodian),
                    format!("`{}` is no custodian of this draw", secret.custodian),
                ),
                Text::new("去掉这个秘密数", "leave this secret out"),
            ));
        }
    }
    if faults.is_empty() { Ok(ordered) } else { Err(faults) }
}

fn is_committed(secret: &Secret, entry: &Commitment, basis: &Digest) -> bool {
    commitment(basis, &secret.custodian, &secret.secret) == entry.commitment
}

/// The bytes of the public entropy; empty when the basis names none.
///
/// # Errors
/// One fault when it is missing, empty, too long, or given without being named.
pub(super) fn entropy<'a>(input: &DrawInput<'a>) -> Result<&'a [u8], Vec<Fault>> {
    match (&input.basis.public_entropy, input.public_entropy) {
        (None, None) => Ok(&[]),
        (Some(_), Some(bytes)) if (1..=MOST_ENTROPY).contains(&bytes.len()) => Ok(bytes),
        (named, _) => Err(vec![Fault::new(
            if named.is_some() { "entropy_missing" } else { "entropy_unnamed" },
            "/public_entropy",
            Text::new(
                "公开随机数与依据不符：依据写明了却没有给出，或没有写明却给出了",
                "public entropy is named but not given, or given but not named",
            ),
            Text::new("按依据写明的来源和规则取值", "take it from the source and by the rule of the basis"),
        )]),
    }
}

fn other(place: &str, chinese: &str, english: &str) -> Fault {
    Fault::new(
        "document_other",
        place,
        Text::new(
            format!("{chinese}不是依据所定的那一份"),
            format!("{english} is missing or not the one that the basis names"),
        ),
        Text::new("使用定依据时的原文件；确需改动时，重新定依据", "use the document as it was, or make a new basis"),
    )
}
