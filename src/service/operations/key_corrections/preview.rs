//! What a correction would change, computed without writing anything.

use super::super::roster;
use super::items::{self, BatchItem};
use super::rescoring::{Rescoring, rescore};
use crate::aggregates::batch::BatchState;
use crate::aggregates::key_correction::KeyEffect;
use crate::aggregates::result::{ResultState, result_key};
use crate::app::App;
use crate::refusal::Refusal;
use kaoping_engine::result::outcome::{Outcome, PartResult};
use kaoping_engine::theory::key_rule::KeyRule;
use kaoping_record::id::{ItemId, PseudonymId};

/// A person whose theory mark changes.
pub struct AffectedPerson {
    pub pseudonym: PseudonymId,
    pub ticket: String,
    pub name: String,
    pub theory: [PartResult; 2],
    /// The practical mark as shown, which stays.
    pub practical: String,
    /// Before and after.
    pub outcome: [Outcome; 2],
    /// The number of a certificate that counts today.
    pub certificate: Option<String>,
    /// The result was revoked, and stays so.
    pub revoked: bool,
}

/// What a rule changes.
pub struct Preview {
    pub item: BatchItem,
    /// The rule in its one form.
    pub rule: KeyRule,
    /// People with a result.
    pub results: u32,
    /// Of these, those whose paper has the item.
    pub papers: u32,
    /// Those whose mark changes, in order of their tickets.
    pub affected: Vec<AffectedPerson>,
}

impl Preview {
    /// The same in counts.
    #[must_use]
    pub fn effect(&self) -> KeyEffect {
        let count = |outcome: [Outcome; 2]| {
            let counted = self.affected.iter().filter(|person| person.outcome == outcome).count();
            u32::try_from(counted).unwrap_or(u32::MAX)
        };
        KeyEffect {
            changed: u32::try_from(self.affected.len()).unwrap_or(u32::MAX),
            now_passed: count([Outcome::Failed, Outcome::Passed]),
            now_failed: count([Outcome::Passed, Outcome::Failed]),
        }
    }
}

/// What a rule in the place of an item's key would change.
///
/// # Errors
/// `not_closed`, `key_correction_unfinished`, `rule`, [`Refusal::not_found`] for an item of another
/// bank.
pub async fn of_rule(app: &App, state: &BatchState, item: &ItemId, rule: &KeyRule) -> Result<Preview, Refusal> {
    let corrections = state.key_corrections()?;
    corrections.are_carried_out()?;
    let found = items::item_of(app, state, item).await?;
    let rule = items::fitting(&found, rule)?;
    let mut rules = corrections.rules();
    rules.add(item.clone(), rule.clone());
    let rescoring = Rescoring::by(app, state, rules).await?;
    let scoring = rescoring.prepare();
    let mut preview = Preview { item: found, rule, results: 0, papers: 0, affected: Vec::new() };
    for entry in roster::entries(app, state).await?.iter() {
        let result: Option<ResultState> = app.read(&result_key(&state.plan.batch, &entry.pseudonym)).await?;
        let Some(logged) = result.as_ref().and_then(ResultState::signed) else { continue };
        preview.results += 1;
        let theory = roster::theory_sitting(app, &entry.theory).await?;
        let Some(rescored) = rescore(app, &scoring, &theory).await? else { continue };
        preview.papers += u32::from(rescored.before.items.iter().any(|scored| scored.item == *item));
        let Some(after) = rescored.after else { continue };
        let claimed = super::super::amendments::replacement::claimed(logged)?.credential_subject;
        let theory_after = PartResult::theory(after.half_marks);
        let outcome = kaoping_engine::result::outcome::decide(&theory_after, &claimed.practical);
        preview.affected.push(AffectedPerson {
            pseudonym: entry.pseudonym.clone(),
            ticket: theory.place.ticket,
            name: roster::person(app, &entry.pseudonym).await?.name.as_str().to_owned(),
            theory: [claimed.theory, theory_after],
            practical: claimed.practical.shown,
            outcome: [claimed.outcome, outcome],
            certificate: logged.valid_certificate().map(|certified| certified.number.clone()),
            revoked: logged.is_revoked(&logged.leaf.record),
        });
    }
    preview.affected.sort_by(|a, b| a.ticket.cmp(&b.ticket));
    Ok(preview)
}
