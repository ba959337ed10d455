//! Banks: the sample bank is checked, salted and sealed when the service starts for the first time.

use crate::app::App;
use crate::error::ApiError;
use crate::library::files;
use crate::state::bank::{BankEvent, BankState, SealedBankRecord};
use crate::work::transact;
use axum::Json;
use axum::extract::State;
use kaoping_engine::bank::check::check;
use kaoping_engine::bank::read::{SourceFile, bank};
use kaoping_engine::bank::seal::seal;
use kaoping_record::canonical;
use kaoping_store::Collection;
use serde::Serialize;
use utoipa::ToSchema;

/// A bank on the list.
#[derive(Serialize, ToSchema)]
pub struct BankLine {
    bank: String,
    title: String,
    kind: String,
    level: u8,
    label: String,
    items: u32,
    points: u32,
    /// Digest of the public index.
    index: String,
}

/// All banks.
#[derive(Serialize, ToSchema)]
pub struct BanksView {
    banks: Vec<BankLine>,
}

/// Lists banks.
#[utoipa::path(get, path = "/api/v1/banks", responses((status = 200, body = BanksView)))]
pub async fn list(State(app): State<App>) -> Result<Json<BanksView>, ApiError> {
    let mut banks = Vec::new();
    for row in super::all(&app, Collection::Bank, "").await? {
        let state: BankState = super::state_of(&row)?;
        let Some(sealed) = state.sealed else { continue };
        banks.push(BankLine {
            bank: row.key,
            title: sealed.title,
            kind: sealed.kind.code().to_owned(),
            level: sealed.level.number(),
            label: sealed.label,
            items: sealed.items,
            points: sealed.points,
            index: sealed.index.to_hex(),
        });
    }
    Ok(Json(BanksView { banks }))
}

/// Seals the banks that come with the program and are not sealed yet.
///
/// # Errors
/// 422 with every fault of a bank.
pub async fn seal_embedded(app: &App) -> Result<(), ApiError> {
    let prefix = "national/5/";
    let files: Vec<(String, Vec<u8>)> = files(prefix).collect();
    let sources: Vec<SourceFile<'_>> =
        files.iter().filter_map(|(path, bytes)| Some(SourceFile { path: path.strip_prefix(prefix)?, bytes })).collect();
    let refuse = |faults| ApiError::faulty(("题库", "the bank"), faults);
    let bank = bank(&sources).map_err(refuse)?;
    let id = bank.head.id.clone();
    if app.read::<BankState>(id.as_str()).await?.sealed.is_some() {
        return Ok(());
    }
    let faults = check(&bank);
    if !faults.is_empty() {
        return Err(refuse(faults));
    }
    let mut salts = Vec::new();
    for _ in 0..2 * bank.items().count() {
        salts.push(app.random::<32>()?);
    }
    let mut salts = salts.into_iter();
    let sealed = seal(&bank, &mut || salts.next().unwrap_or_default()).map_err(ApiError::internal)?;
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    transact!(app, "service", |work| {
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
        work.append::<BankState>(id.as_str(), BankEvent::Sealed { bank: record }).await
    })?;
    app.bank_texts.clear();
    Ok(())
}
