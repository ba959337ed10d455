//! Papers as seats show them, from what the draw dealt. The texts come from banks; keys are never
//! read here.

use super::stored::{needed_blob, read_blob};
use super::{banks, batches};
use crate::aggregates::paper::{PaperState, paper_key};
use crate::aggregates::sitting::Place;
use crate::app::App;
use crate::refusal::Refusal;
use crate::shown_paper::{BankTexts, ShownPaper, render_paper};
use kaoping_engine::plan::schedule::Plan;
use std::sync::Arc;

/// The paper of a sitting.
///
/// # Errors
/// [`Refusal::not_found`] before the papers are dealt.
pub async fn of_sitting(app: &App, plan: &Plan, place: &Place) -> Result<Arc<ShownPaper>, Refusal> {
    let key = paper_key(&place.batch, place.seat.as_str());
    if let Some(paper) = app.shown_papers.get(&key) {
        return Ok(paper);
    }
    let paper: PaperState = app.need(&key, "paper").await?;
    let bytes = needed_blob(app, &paper.dealt.digest).await?;
    let shown = Arc::new(render_paper(&bytes, &*texts(app).await?, &batches::blueprint(plan)?)?);
    app.shown_papers.put(key, shown.clone());
    Ok(shown)
}

/// All banks with the text of their items.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn texts(app: &App) -> Result<Arc<BankTexts>, Refusal> {
    if let Some(texts) = app.bank_texts.get("all") {
        return Ok(texts);
    }
    let mut texts = BankTexts::default();
    for (_, sealed) in banks::sealed_banks(app).await? {
        texts.add(read_blob(app, &sealed.index).await?, read_blob(app, &sealed.content).await?);
    }
    let texts = Arc::new(texts);
    app.bank_texts.put("all".to_owned(), texts.clone());
    Ok(texts)
}
