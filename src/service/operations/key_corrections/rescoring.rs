//! The score of one person by the rules of a batch.

use super::super::{banks, batches, papers, stored};
use crate::aggregates::batch::BatchState;
use crate::aggregates::sitting::TheorySitting;
use crate::app::App;
use crate::refusal::Refusal;
use crate::shown_paper::BankTexts;
use kaoping_engine::bank::Keys;
use kaoping_engine::blueprint::Blueprint;
use kaoping_engine::theory::key_rule::KeyRules;
use kaoping_engine::theory::policy::ScoringPolicy;
use kaoping_engine::theory::score::{PreparedScoring, Scoring, TheoryScore};
use kaoping_record::message::Signed;
use std::sync::Arc;

/// What scores rest on: banks, keys, blueprint, and the rules in the place of keys.
pub(super) struct Rescoring {
    texts: Arc<BankTexts>,
    keys: Vec<Keys>,
    blueprint: Blueprint,
    policy: ScoringPolicy,
    rules: KeyRules,
}

impl Rescoring {
    /// By these rules.
    ///
    /// # Errors
    /// [`Refusal::internal`] when the store fails.
    pub(super) async fn by(app: &App, state: &BatchState, rules: KeyRules) -> Result<Self, Refusal> {
        let blueprint = batches::blueprint(&state.plan)?;
        let policy = super::super::scoring::policy(blueprint.scoring.as_str())?;
        Ok(Self { texts: papers::texts(app).await?, keys: banks::keys(app).await?, blueprint, policy, rules })
    }

    pub(super) fn prepare(&self) -> PreparedScoring<'_> {
        let Self { texts, keys, blueprint, policy, rules } = self;
        Scoring { indexes: &texts.indexes, keys, blueprint, policy: *policy }.prepare().by_rules(rules)
    }
}

/// A score before and after.
pub(super) struct Rescored {
    pub(super) before: TheoryScore,
    /// `None` when the marks of every item stay the same.
    pub(super) after: Option<TheoryScore>,
}

/// Scores a person's choices again; `None` for a sitting without a score.
pub(super) async fn rescore(
    app: &App,
    scoring: &PreparedScoring<'_>,
    theory: &TheorySitting,
) -> Result<Option<Rescored>, Refusal> {
    let Some(mark) = theory.mark() else { return Ok(None) };
    let signed: Signed<TheoryScore> = Signed::parse(&stored::needed_blob(app, &mark.score).await?)?;
    let before = signed.payload;
    let (items, half_marks) = scoring.score_again(&before.items).map_err(Refusal::internal)?;
    let after = (items != before.items).then(|| TheoryScore { items, half_marks, ..before.clone() });
    Ok(Some(Rescored { before, after }))
}
