//! The sheets of a panel side by side. Examiners are A, B and C; their names are on no page of the
//! lead examiner.

use crate::aggregates::panel::panel_key;
use crate::app::App;
use crate::http::path::PanelPath;
use crate::operations::batches::sheet;
use crate::operations::member::Member;
use crate::operations::practical::comparison::{ComparedSheet, by_difference, compared_sheets};
use crate::refusal::Refusal;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::practical::sheet::{SheetItem, Veto, VetoEffect};
use kaoping_record::time::Time;
use serde::Serialize;
use utoipa::ToSchema;

/// A panel's sheets, item by item. Each list of awards and marks is in the order of `sheets`.
#[derive(Serialize, ToSchema)]
pub struct PanelSheetsView {
    sheets: Vec<SheetColumn>,
    /// First the items on which the examiners differ, by how much; then the others, in the sheet's
    /// order.
    items: Vec<ComparedItem>,
    /// The vetoes that at least one examiner marked.
    vetoes: Vec<ComparedVeto>,
}

/// One examiner's sheet.
#[derive(Serialize, ToSchema)]
pub struct SheetColumn {
    /// `A`, `B`, `C` …; it means another examiner on each sheet.
    label: String,
    total_half_marks: u32,
    started_at_ms: Option<i64>,
    handed_in_at_ms: i64,
    /// What the clock of the task has counted.
    task_used_ms: i64,
}

/// An item with what each examiner gave.
#[derive(Serialize, ToSchema)]
pub struct ComparedItem {
    item: String,
    content: String,
    half_marks: u32,
    /// How far the examiners lie apart, in half-marks.
    spread_half_marks: u32,
    awards: Vec<Option<ComparedAward>>,
}

/// An award that an examiner gave.
#[derive(Serialize, ToSchema)]
pub struct ComparedAward {
    label: String,
    half_marks: u32,
}

/// A veto with who marked it.
#[derive(Serialize, ToSchema)]
pub struct ComparedVeto {
    veto: String,
    text: String,
    effect: VetoEffect,
    marks: Vec<Option<ComparedMark>>,
}

/// A veto that an examiner marked.
#[derive(Serialize, ToSchema)]
pub struct ComparedMark {
    /// What was seen.
    note: String,
    at_ms: i64,
}

/// The sheets of a panel for its lead examiner, once all are in.
#[utoipa::path(get, path = "/api/v1/panels/{sitting}/{sheet}/sheets", params(PanelPath), responses((status = 200, body = PanelSheetsView)))]
pub async fn compare_sheets(
    State(app): State<App>,
    member: Member,
    Path(PanelPath { sitting, sheet: id }): Path<PanelPath>,
) -> Result<Json<PanelSheetsView>, Refusal> {
    let sheets = compared_sheets(&app, &member, &panel_key(&sitting, &id)).await?;
    let form = sheet(&id)?;
    let vetoes = form.sheet().vetoes.iter().filter_map(|veto| compared_veto(veto, &sheets));
    Ok(Json(PanelSheetsView {
        items: by_difference(form, &sheets).into_iter().map(|(item, spread)| compared(item, spread, &sheets)).collect(),
        vetoes: vetoes.collect(),
        sheets: ('A'..='Z').zip(&sheets).map(|(label, compared)| column(label, compared)).collect(),
    }))
}

fn column(label: char, compared: &ComparedSheet) -> SheetColumn {
    SheetColumn {
        label: label.to_string(),
        total_half_marks: compared.sheet.total.get(),
        started_at_ms: compared.started_at_ms.map(Time::millis),
        handed_in_at_ms: compared.sheet.at_ms.millis(),
        task_used_ms: compared.task_used_ms,
    }
}

fn compared(item: &SheetItem, spread: u32, sheets: &[ComparedSheet]) -> ComparedItem {
    let award = |compared: &ComparedSheet| {
        let award = item.award(compared.sheet.scores.get(&item.id)?)?;
        Some(ComparedAward { label: award.label.clone(), half_marks: award.half_marks.get() })
    };
    ComparedItem {
        item: item.id.to_string(),
        content: item.content.clone(),
        half_marks: item.half_marks.get(),
        spread_half_marks: spread,
        awards: sheets.iter().map(award).collect(),
    }
}

/// `None` for a veto that nobody marked.
fn compared_veto(veto: &Veto, sheets: &[ComparedSheet]) -> Option<ComparedVeto> {
    let mark = |compared: &ComparedSheet| {
        let marked = compared.sheet.vetoes.get(&veto.id)?;
        let note = veto.notes.iter().find(|note| note.code == marked.note)?;
        Some(ComparedMark { note: note.label.clone(), at_ms: marked.at_ms.millis() })
    };
    let marks: Vec<Option<ComparedMark>> = sheets.iter().map(mark).collect();
    marks.iter().any(Option::is_some).then(|| ComparedVeto {
        veto: veto.id.to_string(),
        text: veto.text.clone(),
        effect: veto.effect.clone(),
        marks,
    })
}
