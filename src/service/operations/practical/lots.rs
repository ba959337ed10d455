//! Tasks, panels and numbers by lot, from the seed of the draw.

use crate::aggregates::account::AccountState;
use crate::aggregates::assignment::{AssignmentEvent, AssignmentState, Task};
use crate::aggregates::batch::BatchState;
use crate::aggregates::panel::{PanelEvent, PanelState, Subject, panel_key};
use crate::aggregates::sitting::{PracticalPlace, SittingEvent, SittingState};
use crate::app::App;
use crate::operations::roster;
use crate::refusal::Refusal;
use crate::work::Work;
use kaoping_engine::bank::Function;
use kaoping_engine::draw::Seed;
use kaoping_engine::plan::schedule::{Conflicts, FixedPractical, Panel, Plan};
use kaoping_engine::plan::seating::RosterEntry;
use kaoping_engine::practical::lots::{DrawnPlace, NoPanel, draw_places, draw_tasks};
use kaoping_engine::roster::Candidate;
use kaoping_record::id::{AssignmentId, PanelId, SheetId};
use std::collections::{BTreeMap, BTreeSet};

/// Which panels must not examine whom, for the basis of a draw (考培分离、回避).
///
/// # Errors
/// `conflict_of_interest` when no panel is free of conflicts for a candidate; the cause names the
/// seat.
pub async fn conflicts(app: &App, state: &BatchState) -> Result<Conflicts, Refusal> {
    let plan = &state.plan;
    let employers = employers(app, plan).await?;
    let mut conflicts = Conflicts::new();
    for entry in roster::entries(app, state).await?.iter() {
        let person = roster::person(app, &entry.pseudonym).await?;
        let panels = plan.practical.panels.iter().filter(|panel| conflict(&employers, panel, &person));
        let panels: BTreeSet<PanelId> = panels.map(|panel| panel.panel.clone()).collect();
        if panels.len() == plan.practical.panels.len() {
            return Err(no_panel(plan, entry));
        }
        if !panels.is_empty() {
            conflicts.insert(entry.pseudonym.clone(), panels);
        }
    }
    Ok(conflicts)
}

/// Draws panels, numbers and tasks for all practical sittings of a batch.
///
/// Sittings in the order of the lot go to the panels in turn; a panel with a conflict of interest
/// that the basis fixed is passed over.
///
/// # Errors
/// `conflict_of_interest` when no panel is free of conflicts for a candidate.
pub async fn set_up(
    app: &App,
    work: &mut Work,
    state: &BatchState,
    fixed: &FixedPractical,
    seed: &Seed,
) -> Result<(), Refusal> {
    let plan = &state.plan;
    let roster = roster::entries(app, state).await?;
    let places = draw_places(seed, &plan.batch, &fixed.plan, &roster, &fixed.conflicts)
        .map_err(|NoPanel(entry)| no_panel(plan, entry))?;
    for (entry, DrawnPlace { panel, number }) in places {
        assign(app, work, plan, panel, entry, number, seed, entry.practical.as_str()).await?;
    }
    Ok(())
}

/// Sets up the practical exam of a late addition: the panel without a conflict that has the fewest
/// candidates, its next number, and tasks by the lot of the spare paper, which was fixed before
/// anybody knew the seed.
///
/// # Errors
/// `conflict_of_interest` when no panel is free of conflicts.
pub async fn add(
    app: &App,
    work: &mut Work,
    state: &BatchState,
    seed: &Seed,
    entry: &RosterEntry,
    person: &Candidate,
) -> Result<(), Refusal> {
    let plan = &state.plan;
    let employers = employers(app, plan).await?;
    let mut counts: BTreeMap<PanelId, (u32, u32)> = BTreeMap::new();
    for known in roster::entries(app, state).await?.iter() {
        if let Some(sitting) = work.load::<SittingState>(known.practical.as_str()).await? {
            let practical = &sitting.practical()?.place;
            let (count, highest) = counts.entry(practical.panel.clone()).or_default();
            *count += 1;
            *highest = practical.number.max(*highest);
        }
    }
    let of = |panel: &Panel| counts.get(&panel.panel).copied().unwrap_or_default();
    let free = plan.practical.panels.iter().filter(|panel| !conflict(&employers, panel, person));
    let Some(panel) = free.min_by_key(|panel| of(panel).0) else { return Err(no_panel(plan, entry)) };
    assign(app, work, plan, panel, entry, of(panel).1 + 1, seed, entry.seat.as_str()).await
}

/// Whether an examiner of the panel works where the person works or was trained (考培分离、回避).
fn conflict(employers: &BTreeMap<PanelId, Vec<String>>, panel: &Panel, person: &Candidate) -> bool {
    let mut of_panel = employers.get(&panel.panel).into_iter().flatten();
    of_panel
        .any(|employer| person.employer.as_ref() == Some(employer) || person.registered_by.as_ref() == Some(employer))
}

#[expect(clippy::too_many_arguments, reason = "one candidate's practical exam, named in full")]
async fn assign(
    app: &App,
    work: &mut Work,
    plan: &Plan,
    panel: &Panel,
    entry: &RosterEntry,
    number: u32,
    seed: &Seed,
    subject: &str,
) -> Result<(), Refusal> {
    let mut keys = Vec::new();
    let mut order = 0;
    for function in &plan.practical.functions {
        let by_lot = draw_tasks(seed, function, subject);
        for sheet in function.required.iter().chain(&by_lot) {
            order += 1;
            keys.push(panel_key(&entry.practical, sheet));
            set_up_sheet(app, work, plan, panel, entry, number, sheet, function.function, order).await?;
        }
    }
    let practical = PracticalPlace { panel: panel.panel.clone(), number, panels: keys };
    work.append::<SittingState>(entry.practical.as_str(), SittingEvent::Assigned { practical }).await
}

#[expect(clippy::too_many_arguments, reason = "one sheet of one sitting, named in full")]
async fn set_up_sheet(
    app: &App,
    work: &mut Work,
    plan: &Plan,
    panel: &Panel,
    entry: &RosterEntry,
    number: u32,
    sheet: &SheetId,
    function: Function,
    order: u32,
) -> Result<(), Refusal> {
    let key = panel_key(&entry.practical, sheet);
    let mut assignments = Vec::new();
    for examiner in &panel.examiners {
        let id = AssignmentId::random(app.id_seed()?);
        let task = Task {
            batch: plan.batch.clone(),
            sitting: entry.practical.clone(),
            panel: panel.panel.clone(),
            panel_key: key.clone(),
            sheet: sheet.clone(),
            examiner: examiner.clone(),
            number,
            order,
            round: 1,
        };
        work.append::<AssignmentState>(id.as_str(), AssignmentEvent::Given { task }).await?;
        assignments.push(id);
    }
    let subject = Subject {
        batch: plan.batch.clone(),
        panel: panel.panel.clone(),
        lead: panel.lead.clone(),
        sitting: entry.practical.clone(),
        sheet: sheet.clone(),
        function,
        number,
        assignments,
        round: 1,
    };
    work.append::<PanelState>(&key, PanelEvent::SetUp { subject }).await
}

/// Employers of each panel's examiners.
async fn employers(app: &App, plan: &Plan) -> Result<BTreeMap<PanelId, Vec<String>>, Refusal> {
    let mut employers = BTreeMap::new();
    for panel in &plan.practical.panels {
        let mut of_panel = Vec::new();
        for examiner in &panel.examiners {
            let account: Option<AccountState> = app.read(examiner.as_str()).await?;
            of_panel.extend(account.and_then(|account| account.employer));
        }
        employers.insert(panel.panel.clone(), of_panel);
    }
    Ok(employers)
}

fn no_panel(plan: &Plan, entry: &RosterEntry) -> Refusal {
    let RosterEntry { session, number, .. } = entry;
    let room = plan.theory.room_name(&entry.room);
    Refusal::invalid(
        "conflict_of_interest",
        "practical.panels",
        (
            &format!(
                "第 {session} 场{room} {number} 号座位的考生和每个考评组都有利害关系（同单位或培训单位），无法回避。"
            ),
            &format!(
                "the candidate at seat {number} of {room} in session {session} has a conflict of interest with every panel"
            ),
        ),
        ("请增加或更换考评员后重新制定计划。", "add or replace examiners and make the plan again"),
    )
}
