//! The lots of a batch, drawn again from the seed that manifest, secrets and public entropy give.

use super::AuditHeader;
use super::finding::{AuditDefect, Refusal};
use crate::draw::basis::Basis;
use crate::draw::manifest::Manifest;
use crate::draw::{Secret, Seed, commitment};
use crate::plan::schedule::Panel;
use crate::practical::lots::{DrawnPlace, draw_places, draw_tasks};
use crate::practical::session::HandedInSheet;
use crate::practical::total::WeightedMark;
use kaoping_record::digest::Digest;
use kaoping_record::id::{PanelId, PseudonymId, SheetId, SittingId};
use kaoping_record::message::Signed;
use std::collections::{BTreeMap, BTreeSet};

/// What the seed gives each person of the roster.
pub(super) struct Lots {
    seed: Seed,
    places: BTreeMap<PseudonymId, Place>,
}

struct Place {
    practical: SittingId,
    panel: PanelId,
    number: u32,
}

impl Lots {
    /// Derives the seed and draws the places of everybody on the roster.
    ///
    /// # Errors
    /// [`AuditDefect::Roster`], [`AuditDefect::Seed`], [`AuditDefect::Practical`] when the plan leaves
    /// somebody without a panel.
    pub(super) fn draw(header: &AuditHeader, basis: &Basis, manifest: &Signed<Manifest>) -> Result<Self, Refusal> {
        let roster = header.roster.digest().map_err(|error| AuditDefect::Roster.because(error))?;
        let own = roster == basis.roster && header.roster.batch == basis.batch;
        AuditDefect::Roster.unless(own, "the roster is not the basis's")?;
        let seed = seed(header, basis, manifest)?;
        let fixed = &header.practical;
        let places = draw_places(&seed, &basis.batch, &fixed.plan, &header.roster.entries, &fixed.conflicts)
            .map_err(|error| AuditDefect::Practical.because(error))?;
        let places = places.into_iter().map(|(entry, DrawnPlace { panel, number })| {
            let (practical, panel) = (entry.practical.clone(), panel.panel.clone());
            (entry.pseudonym.clone(), Place { practical, panel, number })
        });
        let places = places.collect();
        Ok(Self { seed, places })
    }

    /// Whether a person was examined by the panel, under the number and on the tasks that the seed
    /// gives. Of a late addition, whose panel depends on who was there before, the
    /// tasks are drawn again, for the spare paper's seat.
    ///
    /// # Errors
    /// [`AuditDefect::PanelLot`], [`AuditDefect::NumberLot`], [`AuditDefect::TaskLot`].
    pub(super) fn check(&self, header: &AuditHeader, person: &Examined<'_>) -> Result<(), Refusal> {
        let place = self.places.get(person.pseudonym);
        if let Some(place) = place
            && place.panel != person.panel.panel
        {
            let why = format!("panel `{}` examined the person, not `{}`", person.panel.panel, place.panel);
            return Err(AuditDefect::PanelLot.because(why));
        }
        let numbers: BTreeSet<u32> = person.handed_in.iter().flatten().map(|sheet| sheet.number).collect();
        let drawn = place.map(|place| place.number).or(numbers.first().copied());
        if let Some(number) = numbers.iter().find(|number| Some(**number) != drawn) {
            let why = format!("a sheet bears the number {number}, not {}", drawn.unwrap_or_default());
            return Err(AuditDefect::NumberLot.because(why));
        }
        let subject = place.map_or(person.seat, |place| place.practical.as_str());
        let examined: BTreeSet<&SheetId> = person.marks.iter().map(|weighted| &weighted.mark.sheet).collect();
        for function in &header.practical.plan.functions {
            let drawn = draw_tasks(&self.seed, function, subject);
            let other = function.by_lot.iter().find(|sheet| examined.contains(sheet) && !drawn.contains(sheet));
            if let Some(sheet) = other {
                return Err(AuditDefect::TaskLot.because(format!("sheet `{sheet}` was not drawn for the person")));
            }
        }
        Ok(())
    }
}

/// A person's practical exam.
pub(super) struct Examined<'a> {
    pub(super) pseudonym: &'a PseudonymId,
    /// The seat of the person's paper.
    pub(super) seat: &'a str,
    pub(super) panel: &'a Panel,
    pub(super) marks: &'a [WeightedMark],
    pub(super) handed_in: &'a [Vec<HandedInSheet>],
}

fn seed(header: &AuditHeader, basis: &Basis, manifest: &Signed<Manifest>) -> Result<Seed, Refusal> {
    let digest: Digest = manifest.identity().map_err(|error| AuditDefect::Manifest.because(error))?;
    let mut secrets: Vec<&Secret> = Vec::new();
    for entry in &manifest.payload.commitments {
        let secret = header.secrets.iter().find(|secret| secret.custodian == entry.custodian).filter(|secret| {
            commitment(&manifest.payload.basis, &secret.custodian, &secret.secret) == entry.commitment
        });
        secrets.push(secret.ok_or_else(|| {
            AuditDefect::Seed.because(format!("no secret of `{}` opens the commitment", entry.custodian))
        })?);
    }
    let named = basis.custodians.iter().map(|entry| &entry.custodian);
    let own = named.eq(secrets.iter().map(|secret| &secret.custodian)) && header.secrets.len() == secrets.len();
    AuditDefect::Seed.unless(own, "the secrets are not one of each custodian of the basis")?;
    let entropy = match (&basis.public_entropy, &header.entropy) {
        (None, None) => Vec::new(),
        (Some(named), Some(outcome)) => {
            outcome.bytes_for(named, basis.profile).map_err(|fault| AuditDefect::Seed.because(fault.cause.en))?
        }
        _ => return Err(AuditDefect::Seed.because("public entropy is given where none is named, or is missing")),
    };
    Ok(Seed::derive(digest, &secrets, &entropy))
}
