//! Panels, drawn numbers and tasks of the practical exam by lot (section 7 of the draw's
//! specification): the same for the service that deals and for whoever computes the lots again.

use crate::draw::{Lot, Seed};
use crate::plan::schedule::{Conflicts, Panel, PracticalFunction, PracticalPlan};
use crate::plan::seating::RosterEntry;
use kaoping_record::id::{BatchId, PanelId, SheetId};
use std::collections::BTreeMap;

/// Where and as whom a person is examined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawnPlace<'a> {
    /// The panel.
    pub panel: &'a Panel,
    /// The drawn number, from 1 in each panel.
    pub number: u32,
}

/// Whom every panel has a conflict of interest with, or a plan without panels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no panel is free of conflicts for `{}`", .0.pseudonym)]
pub struct NoPanel<'a>(pub &'a RosterEntry);

/// Deals the people of a roster to the panels, and draws their numbers. They are in the order of the
/// panels' ids, and within a panel in the order of the panel lot.
///
/// # Errors
/// [`NoPanel`].
pub fn draw_places<'a>(
    seed: &Seed,
    batch: &BatchId,
    plan: &'a PracticalPlan,
    roster: &'a [RosterEntry],
    conflicts: &Conflicts,
) -> Result<Vec<(&'a RosterEntry, DrawnPlace<'a>)>, NoPanel<'a>> {
    let mut order: Vec<&RosterEntry> = roster.iter().collect();
    seed.lot(Lot::Panel { batch: batch.as_str() }, &mut order);
    let mut dealt: BTreeMap<&PanelId, (&Panel, Vec<&RosterEntry>)> = BTreeMap::new();
    let (count, mut turn) = (plan.panels.len(), 0);
    for entry in order {
        let own = conflicts.get(&entry.pseudonym);
        let is_free = |panel: &Panel| own.is_none_or(|own| !own.contains(&panel.panel));
        let mut panels = plan.panels.iter().cycle().skip(turn).take(count).enumerate();
        let Some((passed, panel)) = panels.find(|(_, panel)| is_free(panel)) else { return Err(NoPanel(entry)) };
        turn = (turn + passed + 1) % count;
        dealt.entry(&panel.panel).or_insert((panel, Vec::new())).1.push(entry);
    }
    let mut places = Vec::with_capacity(roster.len());
    for (panel, people) in dealt.into_values() {
        let mut numbers: Vec<u32> = (1..).take(people.len()).collect();
        seed.lot(Lot::Number { panel: panel.panel.as_str() }, &mut numbers);
        places.extend(people.into_iter().zip(numbers).map(|(entry, number)| (entry, DrawnPlace { panel, number })));
    }
    Ok(places)
}

/// The sheets of a function that a person does by lot, in the order in which they are done.
/// `subject` is the person's practical sitting; for a late addition, the spare paper's seat.
#[must_use]
pub fn draw_tasks(seed: &Seed, function: &PracticalFunction, subject: &str) -> Vec<SheetId> {
    let mut tasks = function.by_lot.clone();
    seed.lot(Lot::Task { sitting: subject, function: function.function.code() }, &mut tasks);
    tasks.truncate(usize::try_from(function.draw).unwrap_or(usize::MAX));
    tasks
}

#[cfg(test)]
mod tests {
    use super::*;
    use kaoping_record::bytes32::Bytes32;
    use kaoping_record::digest::Digest;
    use serde_json::json;
    use std::collections::BTreeSet;
    use std::error::Error;

    type TestResult<T = ()> = Result<T, Box<dyn Error>>;

    fn seed() -> Seed {
        Seed::derive(Digest::ZERO, &[], Bytes32::new([7; 32]).as_bytes())
    }

    fn plan(panels: &[&str]) -> TestResult<PracticalPlan> {
        let panel = |name: &&str| json!({ "panel": name, "name": name, "examiners": [name], "lead": "lead" });
        Ok(serde_json::from_value(json!({
            "minutes": 30, "policy": "mean-1", "panels": panels.iter().map(panel).collect::<Vec<_>>(),
            "functions": [{ "function": "daily_care", "weight": 100, "required": [], "by_lot": ["s1", "s2", "s3"], "draw": 2 }],
        }))?)
    }

    fn roster(people: usize) -> TestResult<Vec<RosterEntry>> {
        let entry = |number: usize| {
            Ok(serde_json::from_value(json!({
                "pseudonym": format!("p{number}"), "theory": format!("t{number}"), "practical": format!("q{number}"),
                "session": 1, "room": "r1", "number": number, "seat": format!("s1-r1-{number:02}"), "avoid": [],
            }))?)
        };
        (1..=people).map(entry).collect()
    }

    // Catches a panel that gets more people than its share, or a number twice.
    #[test]
    fn panels_take_turns_and_number_their_people_from_1() -> TestResult {
        let (plan, roster) = (plan(&["a", "b", "c"])?, roster(10)?);
        let batch = BatchId::new("b1")?;
        let places =
            draw_places(&seed(), &batch, &plan, &roster, &Conflicts::new()).map_err(|error| error.to_string())?;
        let people: BTreeSet<_> = places.iter().map(|(entry, _)| &entry.pseudonym).collect();
        assert_eq!((places.len(), people.len()), (10, 10));
        let mut of_panel: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for (_, place) in &places {
            assert!(of_panel.entry(place.panel.panel.as_str()).or_default().insert(place.number));
        }
        let counts: Vec<_> = of_panel.values().map(|numbers| (numbers.len(), numbers.last().copied())).collect();
        assert_eq!(counts, [(4, Some(4)), (3, Some(3)), (3, Some(3))]);
        Ok(())
    }

    #[test]
    fn a_panel_with_a_conflict_is_passed_over_and_nobody_goes_without() -> TestResult {
        let (plan, roster) = (plan(&["a", "b"])?, roster(6)?);
        let batch = BatchId::new("b1")?;
        let every = |panels: &[&str]| -> TestResult<Conflicts> {
            let panels = panels.iter().map(|panel| PanelId::new(*panel)).collect::<Result<BTreeSet<_>, _>>()?;
            Ok(roster.iter().take(3).map(|entry| (entry.pseudonym.clone(), panels.clone())).collect())
        };
        let conflicts = every(&["a"])?;
        let places = draw_places(&seed(), &batch, &plan, &roster, &conflicts).map_err(|error| error.to_string())?;
        for (entry, place) in &places {
            assert!(!conflicts.contains_key(&entry.pseudonym) || place.panel.panel.as_str() == "b", "{entry:?}");
        }
        let none = every(&["a", "b"])?;
        let refused = draw_places(&seed(), &batch, &plan, &roster, &none).expect_err("nobody may examine them");
        assert!(none.contains_key(&refused.0.pseudonym));
        Ok(())
    }

    #[test]
    fn tasks_are_some_of_the_function_and_differ_between_people() -> TestResult {
        let plan = plan(&["a"])?;
        let function = plan.functions.first().ok_or("a function")?;
        let drawn: BTreeSet<Vec<SheetId>> =
            (1..=20).map(|number| draw_tasks(&seed(), function, &format!("q{number}"))).collect();
        assert!(drawn.iter().all(|tasks| tasks.len() == 2 && tasks.iter().all(|task| function.by_lot.contains(task))));
        assert!(drawn.len() > 2, "{drawn:?}");
        Ok(())
    }
}
