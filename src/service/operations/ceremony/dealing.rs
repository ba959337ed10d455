//! The papers are dealt; tasks, panels and numbers are drawn from the same seed.

use super::super::doer::transact;
use super::{basis_of, custodian_id, manifest_of, practical_of, seating_of};
use crate::aggregates::batch::{BatchEvent, BatchState, Deal, FixedDraw, Seated};
use crate::aggregates::paper::{DealtPaper, PaperEvent, PaperState, paper_key};
use crate::app::App;
use crate::operations::member::Member;
use crate::operations::practical::lots;
use crate::operations::{banks, batches, credentials};
use crate::refusal::Refusal;
use kaoping_engine::bank::Index;
use kaoping_engine::draw::certificate::EquivalenceCertificate;
use kaoping_engine::draw::{Basis, DrawInput, Manifest, Seating, Secret, Seed, deal as deal_papers};
use kaoping_engine::kinds::opening::Opening;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::canonical;
use kaoping_record::digest::{Digest, from_hex};
use kaoping_record::id::BatchId;
use kaoping_record::message::Signed;

/// Deals the papers, and draws tasks, panels and numbers.
///
/// # Errors
/// `not_at_this_stage`, `entropy_missing`, or the draw's own refusals as `faults`.
pub async fn deal_batch(app: &App, member: &Member, batch: &BatchId) -> Result<(), Refusal> {
    transact!(app, member, |work| {
        let state: BatchState = work.need(batch.as_str(), "batch").await?;
        let (seated, fixed) = state.ready_to_deal()?;
        let signing = credentials::under_filing(app, work, state.plan.level).await?;
        let dealt = draw_papers(app, &state, seated, fixed).await?;
        if dealt.manifest != fixed.manifest.digest {
            return Err(Refusal::internal("the papers were drawn by another manifest"));
        }
        for (seat, (bytes, certificate, forced)) in dealt.seating.papers.iter().zip(dealt.papers) {
            let paper = DealtPaper {
                paper: seat.paper.clone(),
                paper_use: seat.paper_use,
                session: seat.session,
                room: seat.room.clone(),
                digest: work.blob(bytes),
                certificate,
                forced,
            };
            let key = paper_key(batch, seat.paper.as_str());
            work.append::<PaperState>(&key, PaperEvent::Dealt { paper }).await?;
        }
        let practical = practical_of(app, &fixed.basis).await?;
        lots::set_up(app, work, &state, &practical, &dealt.seed).await?;
        let seed_digest = Digest::of(&canonical::to_bytes(&dealt.seed)?);
        let papers = u32::try_from(dealt.seating.papers.len()).unwrap_or(u32::MAX);
        let opening = Opening {
            at_ms: work.now(),
            attempt: state.attempt,
            batch: batch.clone(),
            manifest: fixed.manifest.digest,
            papers,
            seed: seed_digest,
        };
        let deal = Deal {
            seed_digest,
            opening: signing.record(work, batch, opening).await?,
            papers: dealt.list_digest,
            equivalence: work.blob(signing.sign(Signed::new(dealt.equivalence))?.to_bytes()?),
            count: papers,
        };
        work.append::<BatchState>(batch.as_str(), BatchEvent::Dealt { deal }).await
    })
}

/// The seed of a batch whose papers are dealt.
///
/// # Errors
/// `not_dealt` before the draw, [`Refusal::internal`] when what is stored does not fit.
pub async fn seed(app: &App, state: &BatchState) -> Result<Seed, Refusal> {
    let (_, fixed, _) = state.dealt()?;
    let opened = opened(app, fixed).await?;
    let mut secrets = Vec::new();
    for custodian in &opened.basis.custodians {
        let secret = opened.secrets.iter().find(|secret| secret.custodian == custodian.custodian);
        secrets.push(secret.ok_or_else(|| Refusal::not_found("secret"))?);
    }
    Ok(Seed::derive(fixed.manifest.digest, &secrets, opened.entropy.as_deref().unwrap_or_default()))
}

/// What a draw needs beside its documents.
struct Opened {
    basis: Basis,
    manifest: Manifest,
    secrets: Vec<Secret>,
    entropy: Option<Vec<u8>>,
}

async fn opened(app: &App, fixed: &FixedDraw) -> Result<Opened, Refusal> {
    let mut secrets = Vec::new();
    for (account, opened) in &fixed.secrets {
        let secret = Bytes32::from_hex(&opened.secret).map_err(|_| Refusal::internal("stored secret"))?;
        secrets.push(Secret { custodian: custodian_id(account)?, secret });
    }
    let entropy = fixed.entropy.as_ref().map(|entropy| from_hex(&entropy.bytes));
    let entropy = entropy.map(|bytes| bytes.ok_or_else(|| Refusal::internal("stored entropy"))).transpose()?;
    let (basis, manifest) = (basis_of(app, &fixed.basis).await?, manifest_of(app, fixed).await?);
    Ok(Opened { basis, manifest, secrets, entropy })
}

struct Dealt {
    seed: Seed,
    manifest: Digest,
    seating: Seating,
    papers: Vec<(Vec<u8>, String, u32)>,
    equivalence: EquivalenceCertificate,
    list_digest: Digest,
}

async fn draw_papers(app: &App, state: &BatchState, seated: &Seated, fixed: &FixedDraw) -> Result<Dealt, Refusal> {
    let plan = &state.plan;
    let opened = opened(app, fixed).await?;
    let indexes: Vec<Index> = banks::indexes(app, plan).await?.into_iter().map(|(index, _)| index).collect();
    let blueprint = batches::blueprint(plan)?;
    let seating = seating_of(app, seated).await?;
    let app = app.clone();
    tokio::task::spawn_blocking(move || {
        let input = DrawInput {
            basis: &opened.basis,
            manifest: &opened.manifest,
            indexes: &indexes,
            blueprint: &blueprint,
            seating: &seating,
            secrets: &opened.secrets,
            public_entropy: opened.entropy.as_deref(),
        };
        let drawn = deal_papers(&input).map_err(|error| Refusal::faulty(("抽题", "the draw"), error.faults()))?;
        let mut papers = Vec::new();
        let mut digests = Vec::new();
        for (place, paper) in drawn.papers().enumerate() {
            let certificate = drawn.certificate(place, &paper).ok_or_else(|| Refusal::internal("certificate"))?;
            let forced = u32::try_from(certificate.forced.len()).unwrap_or(u32::MAX);
            let signed = Signed::new(certificate).sign(&app.keys.room)?.to_bytes()?;
            digests.push(paper.digest());
            papers.push((paper.to_bytes(), String::from_utf8_lossy(&signed).into_owned(), forced));
        }
        let equivalence = drawn.equivalence().map_err(Refusal::internal)?;
        let list: Vec<&[u8]> = digests.iter().map(|digest| digest.as_bytes().as_slice()).collect();
        let (seed, manifest) = (drawn.seed(), drawn.manifest());
        let list_digest = Digest::of_parts(&list);
        Ok(Dealt { seed, manifest, papers, equivalence, list_digest, seating })
    })
    .await
    .map_err(Refusal::internal)?
}
