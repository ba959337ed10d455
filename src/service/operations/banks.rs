//! Banks: the sample bank is checked, salted and sealed when the service starts for the first time.

use super::doer::{SERVICE, transact};
use super::stored::{all, read_blob, state_of};
use crate::aggregates::bank::{BankEvent, BankState, SealedBankRecord};
use crate::app::App;
use crate::library;
use crate::refusal::Refusal;
use kaoping_engine::bank::check::check;
use kaoping_engine::bank::picture::{FOLDER, Pictures};
use kaoping_engine::bank::read::{SourceFile, bank};
use kaoping_engine::bank::seal::seal;
use kaoping_engine::bank::{BankKind, Index, Keys};
use kaoping_engine::plan::schedule::Plan;
use kaoping_files::picture::read_picture;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_store::Collection;

/// Seals the banks that come with the program and are not sealed yet.
///
/// # Errors
/// `faults` with every fault of a bank.
pub async fn seal_embedded(app: &App) -> Result<(), Refusal> {
    let prefix = "national/5/";
    let within = |(path, bytes): (String, Vec<u8>)| Some((path.strip_prefix(prefix)?.to_owned(), bytes));
    seal_bank(app, &library::files(prefix).filter_map(within).collect::<Vec<_>>()).await
}

/// Seals the bank of these files, by their paths within its folder, unless it is sealed already.
///
/// # Errors
/// `faults` with every fault of the bank.
pub async fn seal_bank(app: &App, files: &[(String, Vec<u8>)]) -> Result<(), Refusal> {
    let sources: Vec<SourceFile<'_>> = files.iter().map(|(path, bytes)| SourceFile { path, bytes }).collect();
    let refuse = |faults| Refusal::faulty(("题库", "the bank"), faults);
    let bank = bank(&sources).map_err(refuse)?;
    let id = bank.head.id.clone();
    if app.read::<BankState>(id.as_str()).await?.is_some() {
        return Ok(());
    }
    let pictures: Pictures = files
        .iter()
        .filter(|(path, _)| path.starts_with(FOLDER))
        .map(|(path, bytes)| (path.clone(), read_picture(path, bytes)))
        .collect();
    let bank = bank.with_pictures(pictures);
    let faults = check(&bank);
    if !faults.is_empty() {
        return Err(refuse(faults));
    }
    let mut salts = Vec::new();
    for _ in 0..2 * bank.items().count() {
        salts.push(app.random::<32>()?);
    }
    let mut salts = salts.into_iter();
    let sealed = seal(&bank, &mut || salts.next().unwrap_or_default()).map_err(Refusal::internal)?;
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    transact!(app, &SERVICE, |work| {
        let record = SealedBankRecord {
            title: bank.head.title.clone(),
            kind: bank.head.kind,
            level: bank.head.level,
            label: bank.head.label.clone(),
            items: count(bank.items().count()),
            points: count(bank.points().count()),
            index: work.blob(canonical::to_bytes(&sealed.index)?),
            content: work.blob(canonical::to_bytes(&sealed.content)?),
            keys: work.blob(canonical::to_bytes(&sealed.keys)?),
        };
        for picture in sealed.pictures.values() {
            work.blob(picture.bytes.clone());
        }
        work.append::<BankState>(id.as_str(), BankEvent::Sealed { bank: record }).await
    })?;
    app.bank_texts.clear();
    Ok(())
}

/// All sealed banks, by identifier.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn sealed_banks(app: &App) -> Result<Vec<(String, SealedBankRecord)>, Refusal> {
    let rows = all(app, Collection::Bank, "").await?;
    rows.into_iter().map(|row| Ok((row.key.clone(), state_of::<BankState>(&row)?.sealed))).collect()
}

/// The indexes of the plan's banks with their digests: the national bank of the level.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn indexes(app: &App, plan: &Plan) -> Result<Vec<(Index, Digest)>, Refusal> {
    let mut indexes = Vec::new();
    for (_, sealed) in sealed_banks(app).await? {
        if sealed.level == plan.level && sealed.kind == BankKind::National {
            indexes.push((read_blob(app, &sealed.index).await?, sealed.index));
        }
    }
    Ok(indexes)
}

/// The keys of all banks.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn keys(app: &App) -> Result<Vec<Keys>, Refusal> {
    let mut keys = Vec::new();
    for (_, sealed) in sealed_banks(app).await? {
        keys.push(read_blob(app, &sealed.keys).await?);
    }
    Ok(keys)
}
