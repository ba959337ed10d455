//! Banks, and the blueprints and score sheets that come with the program.

use crate::app::App;
use crate::library::library;
use crate::operations::banks::sealed_banks;
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::State;
use kaoping_engine::blueprint::Blueprint;
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
pub async fn list_banks(State(app): State<App>) -> Result<Json<BanksView>, Refusal> {
    let banks = sealed_banks(&app).await?.into_iter().map(|(bank, sealed)| BankLine {
        bank,
        title: sealed.title,
        kind: sealed.kind.code().to_owned(),
        level: sealed.level.number(),
        label: sealed.label,
        items: sealed.items,
        points: sealed.points,
        index: sealed.index.to_hex(),
    });
    Ok(Json(BanksView { banks: banks.collect() }))
}

/// All blueprints.
#[derive(Serialize, ToSchema)]
pub struct BlueprintsView {
    blueprints: Vec<Blueprint>,
}

/// A sheet on the list.
#[derive(Serialize, ToSchema)]
pub struct SheetLine {
    id: String,
    title: String,
    function: String,
    level: u8,
    minutes_prepare: u32,
    minutes: u32,
}

/// All sheets.
#[derive(Serialize, ToSchema)]
pub struct SheetsView {
    sheets: Vec<SheetLine>,
}

/// Blueprints that come with the program.
#[utoipa::path(get, path = "/api/v1/blueprints", responses((status = 200, body = BlueprintsView)))]
pub async fn list_blueprints() -> Json<BlueprintsView> {
    Json(BlueprintsView { blueprints: library().blueprints.clone() })
}

/// Score sheets that come with the program.
#[utoipa::path(get, path = "/api/v1/sheets", responses((status = 200, body = SheetsView)))]
pub async fn list_sheets() -> Json<SheetsView> {
    let sheets = library().sheets.values().map(|sheet| sheet.sheet());
    let sheets = sheets.map(|sheet| SheetLine {
        id: sheet.id.to_string(),
        title: sheet.title.clone(),
        function: sheet.function.code().to_owned(),
        level: sheet.level.number(),
        minutes_prepare: sheet.minutes_prepare,
        minutes: sheet.minutes,
    });
    Json(SheetsView { sheets: sheets.collect() })
}
