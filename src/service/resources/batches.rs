//! Batches: the plan, and how far they have come.

use super::{organization, roster};
use crate::access::Member;
use crate::app::App;
use crate::error::ApiError;
use crate::library::library;
use crate::state::account::AccountState;
use crate::state::bank::BankState;
use crate::state::batch::{BatchEvent, BatchState, Stage};
use crate::state::result::{ResultState, result_key};
use crate::state::sitting::SittingState;
use crate::work::transact;
use axum::Json;
use axum::extract::{Path, State};
use kaoping_engine::bank::Profile;
use kaoping_engine::blueprint::Blueprint;
use kaoping_engine::fault::{Fault, Text};
use kaoping_engine::plan::schedule::Plan;
use kaoping_engine::result::credential::SAMPLE_LABEL;
use kaoping_engine::result::outcome::Outcome;
use kaoping_record::id::{AccountId, BatchId};
use kaoping_store::Collection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A batch on the list.
#[derive(Serialize, ToSchema)]
pub struct BatchLine {
    batch: String,
    title: String,
    level: u8,
    exam_day: String,
    stage: Stage,
    candidates: u32,
}

/// All batches.
#[derive(Serialize, ToSchema)]
pub struct BatchesView {
    batches: Vec<BatchLine>,
}

/// A new batch's identifier.
#[derive(Serialize, ToSchema)]
pub struct CreatedBatch {
    batch: String,
}

/// Counts of a batch.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct Counts {
    /// On the roster.
    pub candidates: u32,
    /// Bound to a PC.
    pub bound: u32,
    /// Theory papers that are in.
    pub handed_in: u32,
    /// Marked absent from theory.
    pub absent: u32,
    /// Theory papers that are scored.
    pub theory_scored: u32,
    /// Practical marks that are formed.
    pub practical_complete: u32,
    /// Results that are signed.
    pub signed: u32,
    /// Terminal leaves in the log.
    pub logged: u32,
    /// Passed.
    pub passed: u32,
}

/// A batch.
#[derive(Serialize, ToSchema)]
pub struct BatchView {
    plan: Plan,
    stage: Stage,
    attempt: u32,
    counts: Counts,
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

/// Lists batches.
#[utoipa::path(get, path = "/api/v1/batches", responses((status = 200, body = BatchesView)))]
pub async fn list(State(app): State<App>) -> Result<Json<BatchesView>, ApiError> {
    let mut batches = Vec::new();
    for row in super::all(&app, Collection::Batch, "").await? {
        let state: BatchState = super::state_of(&row)?;
        let Some(plan) = state.plan else { continue };
        batches.push(BatchLine {
            batch: plan.batch.to_string(),
            title: plan.title,
            level: plan.level.number(),
            exam_day: plan.exam_day.to_string(),
            stage: state.stage,
            candidates: state.candidates,
        });
    }
    batches.sort_by(|a, b| b.exam_day.cmp(&a.exam_day).then(a.title.cmp(&b.title)));
    Ok(Json(BatchesView { batches }))
}

/// Makes a batch from a plan. Without `batch` the service names it.
#[utoipa::path(post, path = "/api/v1/batches", request_body(content = Object), responses((status = 200, body = CreatedBatch)))]
pub async fn create(
    State(app): State<App>,
    member: Member,
    Json(mut plan): Json<serde_json::Value>,
) -> Result<Json<CreatedBatch>, ApiError> {
    let organization = organization::needed(&app).await?;
    let batch = BatchId::random(app.id_seed()?);
    if let Some(fields) = plan.as_object_mut() {
        fields.insert("batch".to_owned(), batch.as_str().into());
    }
    let plan: Plan = serde_json::from_value(plan).map_err(|error| {
        ApiError::invalid(
            "plan_form",
            "",
            (&format!("计划的格式不对：{error}"), &format!("the plan has another form: {error}")),
            ("请按页面填写后重新提交。", "fill in the page and submit again"),
        )
    })?;
    let mut faults = plan.faults(&organization);
    faults.extend(known(&app, &plan).await?);
    faults.extend(bank_fault(&app, &plan).await?);
    if !faults.is_empty() {
        return Err(ApiError::faulty(("考试计划", "the plan"), faults));
    }
    transact!(app, &member.actor, |work| {
        work.append::<BatchState>(batch.as_str(), BatchEvent::Planned { plan: plan.clone() }).await
    })?;
    Ok(Json(CreatedBatch { batch: batch.to_string() }))
}

/// A batch with its counts.
#[utoipa::path(get, path = "/api/v1/batches/{batch}", params(("batch" = String, Path)), responses((status = 200, body = BatchView)))]
pub async fn read(State(app): State<App>, Path(batch): Path<BatchId>) -> Result<Json<BatchView>, ApiError> {
    let state: BatchState = app.need(batch.as_str(), "batch").await?;
    let counts = counts(&app, &state).await?;
    Ok(Json(BatchView { plan: state.plan()?.clone(), stage: state.stage, attempt: state.attempt, counts }))
}

/// Blueprints that come with the program.
#[utoipa::path(get, path = "/api/v1/blueprints", responses((status = 200, body = BlueprintsView)))]
pub async fn blueprints() -> Json<BlueprintsView> {
    Json(BlueprintsView { blueprints: library().blueprints.clone() })
}

/// Score sheets that come with the program.
#[utoipa::path(get, path = "/api/v1/sheets", responses((status = 200, body = SheetsView)))]
pub async fn sheets() -> Json<SheetsView> {
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

/// How many of a batch have come how far.
///
/// # Errors
/// 500 when the store fails.
pub async fn counts(app: &App, state: &BatchState) -> Result<Counts, ApiError> {
    let mut counts = Counts { candidates: state.candidates, ..Counts::default() };
    let Some(batch) = state.id() else { return Ok(counts) };
    for entry in roster::entries(app, state).await?.iter() {
        let theory: SittingState = app.read(entry.theory.as_str()).await?;
        let practical: SittingState = app.read(entry.practical.as_str()).await?;
        let result: ResultState = app.read(&result_key(batch, &entry.pseudonym)).await?;
        counts.bound += u32::from(!theory.pcs.is_empty());
        counts.handed_in += u32::from(theory.ending.is_some());
        counts.absent += u32::from(theory.absent);
        counts.theory_scored += u32::from(theory.theory.is_some());
        counts.practical_complete += u32::from(practical.practical_mark.is_some());
        counts.logged += u32::from(result.leaf.is_some());
        if let Some(signed) = result.signed {
            counts.signed += 1;
            counts.passed += u32::from(signed.outcome == Outcome::Passed);
        }
    }
    Ok(counts)
}

/// The blueprint of a plan.
///
/// # Errors
/// 404 when the program knows none of that name.
pub fn blueprint(_app: &App, plan: &Plan) -> Result<Blueprint, ApiError> {
    let found = library().blueprints.iter().find(|blueprint| blueprint.id == plan.theory.blueprint);
    found.cloned().ok_or_else(|| ApiError::not_found("blueprint"))
}

/// Number of items of a plan's papers.
///
/// # Errors
/// As [`blueprint`].
pub async fn items(app: &App, plan: &Plan) -> Result<u32, ApiError> {
    Ok(blueprint(app, plan)?.items())
}

/// The label that papers and results of sample banks bear.
#[must_use]
pub fn label(profile: Profile) -> Option<String> {
    (profile == Profile::Sample).then(|| SAMPLE_LABEL.to_owned())
}

/// A formal batch needs a bank that is no sample: certification uses the national bank (医保发〔2025〕11号 三（八）).
async fn bank_fault(app: &App, plan: &Plan) -> Result<Option<Fault>, ApiError> {
    let mut labels = Vec::new();
    for row in super::all(app, Collection::Bank, "").await? {
        let bank: BankState = super::state_of(&row)?;
        labels.extend(bank.sealed.filter(|sealed| sealed.level == plan.level).map(|sealed| sealed.label));
    }
    let samples = labels.iter().any(|label| label == SAMPLE_LABEL);
    if !labels.is_empty() && (plan.profile == Profile::Sample || !samples) {
        return Ok(None);
    }
    Ok(Some(Fault::new(
        "bank_not_formal",
        "profile",
        Text::new(
            "正式考试必须使用国家题库；本机只有样题，或没有该等级的题库。",
            "certification needs the national bank; only samples, or no bank of this level, are here",
        ),
        Text::new("改为样题演练，或先导入国家题库。", "plan a sample exam, or bring in the national bank first"),
    )))
}

/// Blueprint, sheets and accounts that the plan names must exist, and each account must have its role.
async fn known(app: &App, plan: &Plan) -> Result<Vec<Fault>, ApiError> {
    use crate::access::Role::{Custodian, Examiner, Invigilator, Lead, Supervisor};
    let mut faults = Vec::new();
    let mut unknown = |place: &str, name: &str| {
        faults.push(Fault::new(
            "unknown",
            place,
            Text::new(
                format!("没有“{name}”，或等级、角色不符。"),
                format!("`{name}` does not exist, or has another level or role"),
            ),
            Text::new("从页面的列表中选择。", "choose from the page's lists"),
        ));
    };
    let blueprint = library().blueprints.iter().find(|known| known.id == plan.theory.blueprint);
    if blueprint.is_none_or(|blueprint| blueprint.level != plan.level) {
        unknown("theory.blueprint", plan.theory.blueprint.as_str());
    }
    for function in &plan.practical.functions {
        for sheet in function.required.iter().chain(&function.by_lot) {
            let known = library().sheets.get(sheet).map(|sheet| sheet.sheet());
            if known.is_none_or(|known| known.level != plan.level || known.function != function.function) {
                unknown("practical.functions", sheet.as_str());
            }
        }
    }
    let panels = plan.practical.panels.iter();
    let people = panels
        .flat_map(|panel| panel.examiners.iter().map(|id| (id, Examiner)).chain([(&panel.lead, Lead)]))
        .chain(plan.theory.rooms.iter().flat_map(|room| room.invigilators.iter().map(|id| (id, Invigilator))))
        .chain(plan.custodians.iter().map(|custodian| (&custodian.account, Custodian)))
        .chain([(&plan.supervisor, Supervisor)]);
    let people: Vec<(AccountId, crate::access::Role)> = people.map(|(id, role)| (id.clone(), role)).collect();
    for (id, role) in people {
        let account: AccountState = app.read(id.as_str()).await?;
        if !account.roles.contains(&role) {
            unknown("staff", id.as_str());
        }
    }
    Ok(faults)
}
