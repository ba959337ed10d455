//! Papers as seats show them, from what the draw dealt. The texts come from banks; keys are never
//! read here.

use super::stored::{needed_blob, read_blob};
use super::{banks, batches};
use crate::aggregates::paper::{PaperState, paper_key};
use crate::aggregates::sitting::Place;
use crate::app::App;
use crate::refusal::Refusal;
use crate::shown_paper::{BankTexts, ShownPaper, ShownPicture, render_paper};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kaoping_engine::plan::schedule::Plan;
use std::sync::Arc;

/// The paper of a sitting.
///
/// # Errors
/// [`Refusal::not_found`] before the papers are dealt.
pub async fn of_sitting(app: &App, plan: &Plan, place: &Place) -> Result<Arc<ShownPaper>, Refusal> {
    let key = paper_key(&place.batch, place.seat.as_str());
    let render = async || {
        let paper: PaperState = app.need(&key, "paper").await?;
        let bytes = needed_blob(app, &paper.dealt.digest).await?;
        render_paper(&bytes, &*texts(app).await?, &batches::blueprint(plan)?)
    };
    app.shown_papers.get_or_make(&key, render).await
}

/// The pictures of a paper, each once.
///
/// # Errors
/// [`Refusal::internal`] when the store fails or lacks one.
pub async fn pictures(app: &App, paper: &ShownPaper) -> Result<Vec<ShownPicture>, Refusal> {
    let mut pictures = Vec::with_capacity(paper.pictures.len());
    for (digest, picture_type) in &paper.pictures {
        let key = digest.to_hex();
        let read = async || {
            let base64 = STANDARD.encode(needed_blob(app, digest).await?);
            Ok::<_, Refusal>(ShownPicture { digest: key.clone(), picture_type: *picture_type, base64 })
        };
        let picture = app.pictures.get_or_make(&key, read).await?;
        pictures.push(ShownPicture::clone(&picture));
    }
    Ok(pictures)
}

/// All banks with the text of their items.
///
/// # Errors
/// [`Refusal::internal`] when the store fails.
pub async fn texts(app: &App) -> Result<Arc<BankTexts>, Refusal> {
    let read = async || {
        let mut texts = BankTexts::default();
        for (_, sealed) in banks::sealed_banks(app).await? {
            texts.add(read_blob(app, &sealed.index).await?, read_blob(app, &sealed.content).await?);
        }
        Ok(texts)
    };
    app.bank_texts.get_or_make("all", read).await
}
