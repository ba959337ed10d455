//! A batch of generated candidates (生成的考生，仅供测速) on the generated bank: its papers, scores, panels
//! and signed results.

use crate::bank::{Documents, Points};
use crate::{Failure, root};
use kaoping_engine::bank::seal::Keys;
use kaoping_engine::bank::{Index, Level, Profile};
use kaoping_engine::blueprint::Blueprint;
use kaoping_engine::draw::paper::Paper;
use kaoping_engine::draw::{self, ALGORITHM, Secret, Seed};
use kaoping_engine::marks::{Exact, HalfMarks};
use kaoping_engine::plan::organization::Organization;
use kaoping_engine::plan::schedule::{Conflicts, FixedPractical, PracticalPlan};
use kaoping_engine::plan::seating::{Roster, RosterEntry, seat_id};
use kaoping_engine::practical::lots::draw_places;
use kaoping_engine::practical::panel::{PanelOutcome, form};
use kaoping_engine::practical::panel_decision::PanelDecisions;
use kaoping_engine::practical::panel_policy::PanelPolicy;
use kaoping_engine::practical::session::HandedInSheet;
use kaoping_engine::practical::sheet::ValidSheet;
use kaoping_engine::practical::total::{
    FunctionWeight, FunctionWeights, PracticalOutcome, WeightedMark, practical_total,
};
use kaoping_engine::result::credential::{Evidence, ResultCredential, ResultParts, Rules};
use kaoping_engine::result::holder::HolderCommitment;
use kaoping_engine::result::outcome::PartResult;
use kaoping_engine::theory::policy::ScoringPolicy;
use kaoping_engine::theory::score::{Scoring, TheoryScore};
use kaoping_engine::verify::file::trust::{TrustList, TrustedIssuer};
use kaoping_engine::verify::scores::{AUDIT_BUNDLE_KIND, AUDIT_BUNDLE_VERSION, AuditHeader, AuditLine};
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::{AccountId, AssignmentId, BatchId, ItemId, OptionId, PseudonymId, RoomId, SittingId};
use kaoping_record::jws;
use kaoping_record::key::Signer as _;
use kaoping_record::message::Signed;
use kaoping_record::software::{Ed25519Signer, Es256Signer};
use kaoping_record::time::Time;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;

/// When everything happened.
const AT: Time = Time::from_millis(1_795_320_000_000);
/// Items of the bank.
const ITEMS: u32 = 500;
/// Seats of a room.
const SEATS: u32 = 50;
/// The theory policy of the blueprint, and the panels' policy.
const POLICY: ScoringPolicy = ScoringPolicy::Exact1;
const PANEL_POLICY: &str = "mean-1";
/// What each candidate does: a sheet for each function of level 5.
const SHEETS: [&str; 4] =
    ["s5-feeding-in-bed", "s5-vital-signs", "s5-choking-recognition", "s5-bed-wheelchair-transfer"];

/// A paper with its score.
struct Sat {
    paper: Paper,
    score: Value,
    score_identity: Digest,
    theory: PartResult,
}

/// All that the lines of a bundle are made from.
pub(crate) struct Batch {
    pub(crate) trust: TrustList,
    pub(crate) header: String,
    pub(crate) indexes: Vec<Index>,
    pub(crate) keys: Keys,
    pub(crate) blueprint: Blueprint,
    pub(crate) sheets: Vec<ValidSheet>,
    pub(crate) weights: FunctionWeights,
    signer: Es256Signer,
    organization: Organization,
    manifest: Digest,
    sat: Vec<Sat>,
    /// The drawn number of each person.
    numbers: BTreeMap<PseudonymId, u32>,
    /// Signs the log, and each sheet that is handed in.
    log: Ed25519Signer,
    practical: PartResult,
}

impl Batch {
    /// A batch with so many papers and people; people beyond the papers get the same ones again.
    pub(crate) fn new(papers: u32, people: u32) -> Result<Self, Failure> {
        let signer = Es256Signer::from_scalar(&[9; 32])?;
        let (organization, plan) = (organization()?, plan()?);
        let mut documents = Documents::new(ITEMS, Points::Even, papers)?;
        let sheets = SHEETS.iter().map(|name| sheet(name)).collect::<Result<Vec<_>, _>>()?;
        let digests = sheets.iter().map(|sheet| (sheet.sheet().id.clone(), sheet.digest())).collect();
        let fixed = FixedPractical { plan, conflicts: Conflicts::new(), sheets: digests };
        let roster = roster(people)?;
        documents.fix(fixed.digest()?, roster.digest()?)?;
        let secrets: Vec<&Secret> = documents.secrets.iter().collect();
        let seed = Seed::derive(documents.manifest.digest()?, &secrets, &[]);
        let places = draw_places(&seed, &roster.batch, &fixed.plan, &roster.entries, &fixed.conflicts)
            .map_err(|error| error.to_string())?;
        let places = places.into_iter().map(|(entry, place)| (entry.pseudonym.clone(), place.number));
        let numbers: BTreeMap<PseudonymId, u32> = places.collect();
        let plan = &fixed.plan;
        let weights = plan.functions.iter();
        let weights = weights.map(|weight| FunctionWeight { function: weight.function, percent: weight.weight });
        let weights = FunctionWeights::new(weights.collect())?;
        let dealt = draw::deal(&documents.input()).map_err(|refusal| format!("{:?}", refusal.faults()))?;
        let papers = dealt.papers().collect::<Vec<_>>();
        let Documents { indexes, keys, blueprint, basis, manifest, secrets, .. } = documents;
        let basis = Signed::new(basis).sign(&signer)?;
        let signed = Signed::new(manifest).sign(&signer)?;
        let scoring =
            Scoring { indexes: &indexes, keys: std::slice::from_ref(&keys), blueprint: &blueprint, policy: POLICY };
        let sat = papers.into_iter().map(|paper| Sat::new(paper, &scoring, &signer)).collect::<Result<Vec<_>, _>>()?;

        let handed_in = sheets.iter().map(|sheet| handed_in(sheet, 0, 1)).collect::<Result<Vec<_>, _>>()?;
        let marks = marks(&sheets, &handed_in)?;
        let PracticalOutcome::Scored { total, .. } = practical_total(&weights, &marks)? else {
            return Err("no sheet ends the exam".into());
        };
        let header = AuditHeader {
            basis: serde_json::from_slice(&basis.to_bytes()?)?,
            batch: batch_id()?,
            blueprint: blueprint.clone(),
            entropy: None,
            indexes: indexes.clone(),
            key_corrections: Vec::new(),
            keys: vec![keys.clone()],
            kind: AUDIT_BUNDLE_KIND.into(),
            manifest: serde_json::from_slice(&signed.to_bytes()?)?,
            practical: fixed,
            roster,
            secrets,
            sheets: sheets.iter().map(|sheet| sheet.sheet().clone()).collect(),
            v: AUDIT_BUNDLE_VERSION,
        };
        let log = Ed25519Signer::from_seed(&[8; 32])?;
        let issuer = TrustedIssuer::of(&organization, signer.public_key().clone(), Time::from_millis(0));
        let key = || log.public_key().clone();
        Ok(Self {
            trust: TrustList::new(vec![issuer], "example.org/log", key(), key())?,
            header: serde_json::to_string(&header)?,
            manifest: signed.identity()?,
            practical: PartResult::new(total, Exact::PASS_MARK, false),
            indexes,
            keys,
            blueprint,
            sheets,
            weights,
            signer,
            organization,
            sat,
            numbers,
            log,
        })
    }

    pub(crate) const fn signer(&self) -> &Es256Signer {
        &self.signer
    }

    /// The result of candidate `number`, and its signed form.
    pub(crate) fn result(&self, number: usize) -> Result<(ResultCredential, String), Failure> {
        self.result_of(number, &marks(&self.sheets, &self.handed_in(number)?)?)
    }

    fn result_of(&self, number: usize, marks: &[WeightedMark]) -> Result<(ResultCredential, String), Failure> {
        let sat = self.sat(number)?;
        let result = ResultCredential::new(ResultParts {
            organization: &self.organization,
            pseudonym: &pseudonym(number)?,
            batch: &batch_id()?,
            level: Level::Five,
            theory: sat.theory.clone(),
            practical: self.practical.clone(),
            rules: Rules { draw: ALGORITHM.into(), theory: POLICY.name().into(), panel: PANEL_POLICY.into() },
            evidence: Evidence {
                attempt: 1,
                identity: HolderCommitment { person: Digest::of(&number.to_be_bytes()), shown_name: Digest::ZERO },
                manifest: self.manifest,
                paper: sat.paper.digest(),
                journal: Digest::ZERO,
                theory_score: sat.score_identity,
                panels: Digest::of(&canonical::to_bytes(marks)?),
            },
            profile: Profile::Sample,
            issued_at: AT,
        });
        let compact = jws::sign(&result, &self.signer)?;
        Ok((result, compact))
    }

    /// The audit bundle's line of candidate `number`.
    pub(crate) fn line(&self, number: usize) -> Result<String, Failure> {
        let sat = self.sat(number)?;
        let handed_in = self.handed_in(number)?;
        let marks = marks(&self.sheets, &handed_in)?;
        let sign = |sheet: &HandedInSheet| Ok(Signed::new(sheet.clone()).sign(&self.log)?.proofs);
        let of_mark = |sheets: &Vec<HandedInSheet>| sheets.iter().map(sign).collect::<Result<Vec<_>, Failure>>();
        let sheet_proofs = handed_in.iter().map(of_mark).collect::<Result<Vec<_>, _>>()?;
        Ok(serde_json::to_string(&AuditLine {
            journal: None,
            jws: self.result_of(number, &marks)?.1,
            handed_in,
            sheet_proofs,
            marks,
            paper: sat.paper.clone(),
            pseudonym: pseudonym(number)?,
            score: sat.score.clone(),
        })?)
    }

    /// The sheets of candidate `number`, each with an assignment and a last event of its own.
    fn handed_in(&self, number: usize) -> Result<Vec<Vec<HandedInSheet>>, Failure> {
        let drawn = *self.numbers.get(&pseudonym(number)?).ok_or("a person of the roster")?;
        self.sheets.iter().map(|sheet| handed_in(sheet, number, drawn)).collect()
    }

    fn sat(&self, number: usize) -> Result<&Sat, Failure> {
        Ok(self.sat.get(number % self.sat.len().max(1)).ok_or("a batch without papers")?)
    }
}

impl Sat {
    /// Of four items three are answered rightly, and every fourth with the first option shown.
    fn new(paper: Paper, scoring: &Scoring<'_>, signer: &Es256Signer) -> Result<Self, Failure> {
        let keys = scoring.keys.iter().flat_map(|keys| &keys.items);
        let keys: BTreeMap<&ItemId, &[OptionId]> = keys.map(|item| (&item.id, item.key.as_slice())).collect();
        let answer = |(number, item): (usize, &draw::paper::PaperItem)| {
            let key = keys.get(&item.item).copied().unwrap_or_default();
            let chosen = if number % 4 == 3 { item.options.get(..1).unwrap_or_default() } else { key };
            (item.item.clone(), chosen.to_vec())
        };
        let chosen: BTreeMap<ItemId, Vec<OptionId>> = paper.items.iter().enumerate().map(answer).collect();
        let scoring = scoring.prepare();
        let (items, half_marks) =
            scoring.score(&paper, |item| chosen.get(item).map(Vec::as_slice).unwrap_or_default())?;
        let score = Signed::new(TheoryScore {
            batch: batch_id()?,
            sitting: SittingId::new("theory")?,
            paper: paper.digest(),
            journal: Digest::ZERO,
            policy: POLICY,
            items,
            half_marks,
        });
        let score = score.sign(signer)?;
        let (identity, theory) = (score.identity()?, PartResult::theory(half_marks));
        Ok(Self { paper, score: serde_json::from_slice(&score.to_bytes()?)?, score_identity: identity, theory })
    }
}

fn batch_id() -> Result<BatchId, Failure> {
    Ok(BatchId::new("generated")?)
}

fn pseudonym(number: usize) -> Result<PseudonymId, Failure> {
    Ok(PseudonymId::new(format!("c{number:06}"))?)
}

fn roster(people: u32) -> Result<Roster, Failure> {
    let entry = |number: u32| {
        let name = pseudonym(usize::try_from(number)?)?;
        let room = RoomId::new(format!("r{}", number / SEATS))?;
        Ok(RosterEntry {
            theory: SittingId::new(format!("{name}-theory"))?,
            practical: SittingId::new(format!("{name}-practical"))?,
            pseudonym: name,
            session: 1,
            number: number % SEATS + 1,
            seat: seat_id(1, &room, number % SEATS + 1)?,
            room,
            avoid: Vec::new(),
        })
    };
    let entries = (0..people).map(entry).collect::<Result<_, Failure>>()?;
    Ok(Roster { batch: batch_id()?, entries, v: 1 })
}

fn sheet(name: &str) -> Result<ValidSheet, Failure> {
    Ok(ValidSheet::from_json(&fs::read(root().join(format!("question-bank/sheets/5/{name}.json")))?)?)
}

fn organization() -> Result<Organization, Failure> {
    Ok(serde_json::from_value(json!({
        "name": "示例评价中心", "credit_code": "91000000EXAMPLE001", "province": "31", "category": "S",
        "organization_code": "0000", "site_code": "000001", "complaint_contact": "021-00000000",
        "filing": { "number": "示例备-0001", "occupation": "4-14-01-03", "levels": [5], "expires": "2028-12-31" },
    }))?)
}

fn plan() -> Result<PracticalPlan, Failure> {
    let functions = [("daily_care", 50), ("basic_nursing", 25), ("emergency", 10), ("function_maintenance", 15)];
    let functions = functions.iter().zip(SHEETS).map(|((function, weight), sheet)| {
        json!({ "function": function, "weight": weight, "required": [sheet], "by_lot": [], "draw": 0 })
    });
    Ok(serde_json::from_value(json!({
        "minutes": 30, "functions": functions.collect::<Vec<_>>(), "policy": PANEL_POLICY,
        "panels": [{ "panel": "panel-1", "name": "第 1 考评组", "examiners": ["e1", "e2", "e3"], "lead": "lead-1" }],
    }))?)
}

/// Three examiners of a candidate, of whom the last gives the second award for one item.
fn handed_in(sheet: &ValidSheet, candidate: usize, drawn: u32) -> Result<Vec<HandedInSheet>, Failure> {
    let examiner = |number: usize| {
        let award = |place: usize| if number == 3 && place == 0 { 1 } else { 0 };
        let awards = sheet.sheet().items().enumerate();
        let awards = awards.map(|(place, (_, item))| Ok((item, item.awards.get(award(place)).ok_or("an award")?)));
        let awards = awards.collect::<Result<Vec<_>, Failure>>()?;
        Ok(HandedInSheet {
            assignment: AssignmentId::new(format!("{}-{candidate}-{number}", sheet.sheet().id))?,
            examiner: AccountId::new(format!("e{number}"))?,
            number: drawn,
            sheet: sheet.sheet().id.clone(),
            sheet_digest: sheet.digest(),
            total: HalfMarks::sum(awards.iter().map(|(_, award)| award.half_marks))?,
            scores: awards.iter().map(|(item, award)| (item.id.clone(), award.code.clone())).collect(),
            vetoes: BTreeMap::new(),
            at_ms: AT,
            last_event: Digest::of(format!("{} {candidate} {number}", sheet.sheet().id).as_bytes()),
        })
    };
    (1..=3).map(examiner).collect()
}

fn marks(sheets: &[ValidSheet], handed_in: &[Vec<HandedInSheet>]) -> Result<Vec<WeightedMark>, Failure> {
    sheets.iter().zip(handed_in).map(|(sheet, handed_in)| mark(sheet, handed_in)).collect()
}

fn mark(sheet: &ValidSheet, handed_in: &[HandedInSheet]) -> Result<WeightedMark, Failure> {
    let policy = PanelPolicy::named(PANEL_POLICY).ok_or("a known policy")?;
    match form(sheet, handed_in, &policy, &PanelDecisions::default())? {
        PanelOutcome::Formed { mark } => Ok(WeightedMark { weight: 1, mark: *mark }),
        other => Err(format!("no mark: {other:?}").into()),
    }
}
