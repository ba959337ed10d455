//! Batches: a plan is accepted, and what it names is found.

use super::doer::transact;
use super::member::Member;
use super::requests::{made, saying};
use super::{banks, organization};
use crate::aggregates::account::AccountState;
use crate::aggregates::account::Role;
use crate::aggregates::account::Role::{Custodian, Examiner, Invigilator, Lead, Supervisor};
use crate::aggregates::batch::{BatchEvent, BatchState};
use crate::aggregates::request::RequestKey;
use crate::app::App;
use crate::library::library;
use crate::refusal::Refusal;
use kaoping_engine::bank::Profile;
use kaoping_engine::blueprint::Blueprint;
use kaoping_engine::fault::{Fault, Text};
use kaoping_engine::plan::schedule::{Conflicts, FixedPractical, Plan};
use kaoping_engine::practical::panel_policy::PanelPolicy;
use kaoping_engine::practical::sheet::ValidSheet;
use kaoping_engine::result::credential::SAMPLE_LABEL;
use kaoping_record::id::{AccountId, BatchId, SheetId};
use serde_json::Value;

/// Makes a batch from a plan as a page writes it; the service names the batch.
///
/// # Errors
/// `plan_form` when it is no plan, `faults` with every defect of the plan.
pub async fn plan_batch(app: &App, member: &Member, plan: Value, request: &RequestKey) -> Result<BatchId, Refusal> {
    let organization = organization::needed(app).await?;
    let decision = saying("batch", &plan)?;
    let plan = read_plan(plan, BatchId::random(app.id_seed()?))?;
    let mut faults = plan.faults(&organization);
    faults.extend(unknown_names(app, &plan).await?);
    faults.extend(bank_fault(app, &plan).await?);
    if !faults.is_empty() {
        return Err(Refusal::faulty(("考试计划", "the plan"), faults));
    }
    transact!(app, member, |work| {
        if let Some(batch) = made(work, member, request, &decision, plan.batch.as_str()).await? {
            return Ok(BatchId::new(batch)?);
        }
        let event = BatchEvent::Planned { plan: plan.clone() };
        work.append::<BatchState>(plan.batch.as_str(), event).await.map(|()| plan.batch.clone())
    })
}

fn read_plan(mut plan: Value, batch: BatchId) -> Result<Plan, Refusal> {
    if let Some(fields) = plan.as_object_mut() {
        fields.insert("batch".to_owned(), batch.as_str().into());
    }
    serde_json::from_value(plan).map_err(|error| {
        Refusal::invalid(
            "plan_form",
            "",
            (&format!("计划的格式不对：{error}"), &format!("the plan has another form: {error}")),
            ("请按页面填写后重新提交。", "fill in the page and submit again"),
        )
    })
}

/// The blueprint of a plan.
///
/// # Errors
/// [`Refusal::not_found`] when the program knows none of that name.
pub fn blueprint(plan: &Plan) -> Result<Blueprint, Refusal> {
    let found = library().blueprints.iter().find(|blueprint| blueprint.id == plan.theory.blueprint);
    found.cloned().ok_or_else(|| Refusal::not_found("blueprint"))
}

/// Number of items of a plan's papers.
///
/// # Errors
/// As [`blueprint`].
pub fn items(plan: &Plan) -> Result<u32, Refusal> {
    Ok(blueprint(plan)?.items())
}

/// The label that papers and results of sample banks bear.
#[must_use]
pub fn label(profile: Profile) -> Option<String> {
    (profile == Profile::Sample).then(|| SAMPLE_LABEL.to_owned())
}

/// A sheet of the library.
///
/// # Errors
/// [`Refusal::not_found`] when there is none of that name.
pub fn sheet(id: &SheetId) -> Result<&'static ValidSheet, Refusal> {
    library().sheets.get(id).ok_or_else(|| Refusal::not_found("sheet"))
}

/// The practical exam of a plan with conflicts of interest and what its sheets say today.
///
/// # Errors
/// `not_found` when the program lacks a sheet of the plan.
pub fn fixed_practical(plan: &Plan, conflicts: Conflicts) -> Result<FixedPractical, Refusal> {
    let sheets = plan.practical.sheets().into_iter().map(|id| Ok((id.clone(), sheet(id)?.digest())));
    let sheets = sheets.collect::<Result<_, Refusal>>()?;
    Ok(FixedPractical { plan: plan.practical.clone(), conflicts, sheets })
}

/// The policy that a plan names.
///
/// # Errors
/// [`Refusal::internal`] when no program knows it.
pub fn policy(plan: &Plan) -> Result<PanelPolicy, Refusal> {
    PanelPolicy::named(&plan.practical.policy).ok_or_else(|| Refusal::internal("unknown panel policy"))
}

/// A formal batch needs a bank that is no sample: certification uses the national bank
/// (医保发〔2025〕11号 三（八）).
async fn bank_fault(app: &App, plan: &Plan) -> Result<Option<Fault>, Refusal> {
    let banks = banks::sealed_banks(app).await?;
    let mut labels = banks.iter().filter(|(_, sealed)| sealed.level == plan.level).map(|(_, sealed)| &sealed.label);
    let exists = labels.clone().next().is_some();
    let samples = labels.any(|label| label == SAMPLE_LABEL);
    if exists && (plan.profile == Profile::Sample || !samples) {
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

/// Blueprint, sheets and accounts that the plan names must exist, and each account must be open and
/// have its role.
async fn unknown_names(app: &App, plan: &Plan) -> Result<Vec<Fault>, Refusal> {
    let mut faults = Vec::new();
    let mut unknown = |place: &str, what: (&str, &str), cure: (&str, &str)| {
        faults.push(Fault::new("unknown", place, Text::new(what.0, what.1), Text::new(cure.0, cure.1)));
    };
    let blueprint = library().blueprints.iter().find(|known| known.id == plan.theory.blueprint);
    if blueprint.is_none_or(|blueprint| blueprint.level != plan.level) {
        unknown(
            "theory.blueprint",
            ("所选的组卷方案不是所考等级的，或不存在。", "the blueprint is of another level, or does not exist"),
            ("请选所考等级的组卷方案。", "choose a blueprint of the plan's level"),
        );
    }
    for function in &plan.practical.functions {
        for sheet in function.required.iter().chain(&function.by_lot) {
            let known = library().sheets.get(sheet).map(|sheet| sheet.sheet());
            if known.is_none_or(|known| known.level != plan.level || known.function != function.function) {
                unknown(
                    "practical.functions",
                    (
                        "有一道考核题目不是所考等级或职业功能的，或不存在。",
                        "a sheet is of another level or function, or does not exist",
                    ),
                    ("请从列表中重新选考核题目。", "choose the sheets from the list again"),
                );
            }
        }
    }
    let panels = plan.practical.panels.iter();
    let people = panels
        .flat_map(|panel| panel.examiners.iter().map(|id| (id, Examiner)).chain([(&panel.lead, Lead)]))
        .chain(plan.theory.rooms.iter().flat_map(|room| room.invigilators.iter().map(|id| (id, Invigilator))))
        .chain(plan.custodians.iter().map(|custodian| (&custodian.account, Custodian)))
        .chain([(&plan.supervisor, Supervisor)]);
    let people: Vec<(AccountId, Role)> = people.map(|(id, role)| (id.clone(), role)).collect();
    for (id, role) in people {
        let account: Option<AccountState> = app.read(id.as_str()).await?;
        let name = account.as_ref().map_or("有一名人员", |account| &account.name);
        let english = account.as_ref().map_or("a member of staff", |account| &account.name);
        if account.as_ref().is_none_or(|account| !account.may_serve_as(role)) {
            let what = (
                format!("{name}不能担任所选的职责，或账号已经关闭。"),
                format!("{english} cannot serve as {}, or the account is closed", role.name()),
            );
            let cure = (
                "请另选人员，或在“工作人员账号”页核对职责。",
                "choose somebody else, or check the roles of the account",
            );
            unknown("staff", (&what.0, &what.1), cure);
        }
    }
    Ok(faults)
}
