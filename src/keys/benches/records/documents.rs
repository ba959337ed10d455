//! A batch of generated candidates (生成的考生，仅供测速) on the sample bank: its papers, scores, panels and signed results.

use super::Any;
use kaoping_engine::bank::Profile;
use kaoping_engine::bank::read::{self, SourceFile};
use kaoping_engine::bank::seal::{self, SealedBank};
use kaoping_engine::blueprint::Blueprint;
use kaoping_engine::draw::manifest::{BankEntry, CustodianEntry};
use kaoping_engine::draw::paper::Paper;
use kaoping_engine::draw::seating::{PaperUse, SeatedPaper};
use kaoping_engine::draw::{self, ALGORITHM, DrawInput, Manifest, Seating, Secret, commitment};
use kaoping_engine::marks::{Exact, HalfMarks};
use kaoping_engine::plan::organization::Organization;
use kaoping_engine::plan::schedule::PracticalPlan;
use kaoping_engine::practical::panel::{PanelOutcome, form};
use kaoping_engine::practical::panel_decision::PanelDecisions;
use kaoping_engine::practical::panel_policy::PanelPolicy;
use kaoping_engine::practical::session::HandedInSheet;
use kaoping_engine::practical::sheet::ValidSheet;
use kaoping_engine::practical::total::{
    FunctionWeight, FunctionWeights, PracticalOutcome, WeightedMark, practical_total,
};
use kaoping_engine::result::audit::{AUDIT_BUNDLE_KIND, AUDIT_BUNDLE_VERSION, AuditHeader, AuditLine};
use kaoping_engine::result::credential::{Evidence, ResultCredential, ResultParts, Rules};
use kaoping_engine::result::outcome::PartResult;
use kaoping_engine::result::verify::trust::{TrustList, TrustedIssuer};
use kaoping_engine::theory::policy::ScoringPolicy;
use kaoping_engine::theory::score::{Scoring, TheoryScore};
use kaoping_record::bytes32::Bytes32;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::{
    AccountId, AssignmentId, BatchId, CustodianId, ItemId, OptionId, PaperId, PseudonymId, RoomId, SittingId,
};
use kaoping_record::jws;
use kaoping_record::key::Signer as _;
use kaoping_record::message::{Proof, Signed};
use kaoping_record::software::{Ed25519Signer, Es256Signer};
use kaoping_record::time::Time;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// When everything happened.
const AT: Time = Time::from_millis(1_795_320_000_000);
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
    pub(crate) bank: SealedBank,
    pub(crate) blueprint: Blueprint,
    pub(crate) sheets: Vec<ValidSheet>,
    pub(crate) weights: FunctionWeights,
    signer: Es256Signer,
    organization: Organization,
    manifest: Digest,
    sat: Vec<Sat>,
    handed_in: Vec<Vec<HandedInSheet>>,
    sheet_proofs: Vec<Vec<Vec<Proof>>>,
    marks: Vec<WeightedMark>,
    practical: PartResult,
}

impl Batch {
    /// A batch with so many papers; further candidates get the same ones again.
    pub(crate) fn new(papers: u32) -> Result<Self, Any> {
        let signer = Es256Signer::from_scalar(&[9; 32])?;
        let (bank, blueprint, organization) = (bank()?, blueprint()?, organization()?);
        let plan = plan()?;
        let weights = plan.functions.iter();
        let weights = weights.map(|weight| FunctionWeight { function: weight.function, percent: weight.weight });
        let weights = FunctionWeights::new(weights.collect())?;
        let seating = seating(papers)?;
        let secret = Secret { custodian: CustodianId::new("alpha")?, secret: Bytes32::new([1; 32]) };
        let manifest = manifest(&bank, &blueprint, &plan, &seating, &secret)?;
        let signed = Signed::new(manifest).sign(&signer)?;
        let (indexes, secrets) = ([bank.index.clone()], [secret]);
        let input = DrawInput {
            manifest: &signed.payload,
            indexes: &indexes,
            blueprint: &blueprint,
            seating: &seating,
            secrets: &secrets,
            public_entropy: None,
        };
        let dealt = draw::deal(&input).map_err(|refusal| format!("{:?}", refusal.faults()))?;
        let sat = dealt.papers().map(|paper| Sat::new(paper, &bank, &blueprint, &signer));
        let sat = sat.collect::<Result<Vec<_>, _>>()?;

        let sheets = SHEETS.iter().map(|name| sheet(name)).collect::<Result<Vec<_>, _>>()?;
        let handed_in = sheets.iter().map(handed_in).collect::<Result<Vec<_>, _>>()?;
        let marks = sheets.iter().zip(&handed_in).map(|(sheet, handed_in)| mark(sheet, handed_in));
        let marks = marks.collect::<Result<Vec<_>, _>>()?;
        let PracticalOutcome::Scored { total, .. } = practical_total(&weights, &marks)? else {
            return Err("no sheet ends the exam".into());
        };
        let header = AuditHeader {
            batch: batch_id()?,
            blueprint: blueprint.clone(),
            indexes: indexes.to_vec(),
            keys: vec![bank.keys.clone()],
            kind: AUDIT_BUNDLE_KIND.into(),
            manifest: serde_json::from_slice(&signed.to_bytes()?)?,
            practical: plan,
            sheets: sheets.iter().map(|sheet| sheet.sheet().clone()).collect(),
            v: AUDIT_BUNDLE_VERSION,
        };
        let log = Ed25519Signer::from_seed(&[8; 32])?;
        let issuer = TrustedIssuer::of(&organization, signer.public_key().clone(), Time::from_millis(0));
        let key = || log.public_key().clone();
        let signed_sheets = |of_mark: &Vec<HandedInSheet>| {
            of_mark
                .iter()
                .map(|sheet| Ok(Signed::new(sheet.clone()).sign(&log)?.proofs))
                .collect::<Result<Vec<_>, Any>>()
        };
        let sheet_proofs = handed_in.iter().map(signed_sheets).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            trust: TrustList::new(vec![issuer], "example.org/log", key(), key())?,
            header: serde_json::to_string(&header)?,
            manifest: signed.identity()?,
            practical: PartResult::new(total, Exact::PASS_MARK, false),
            bank,
            blueprint,
            sheets,
            weights,
            signer,
            organization,
            sat,
            handed_in,
            sheet_proofs,
            marks,
        })
    }

    pub(crate) const fn signer(&self) -> &Es256Signer {
        &self.signer
    }

    /// The result of candidate `number`, and its signed form.
    pub(crate) fn result(&self, number: usize) -> Result<(ResultCredential, String), Any> {
        let sat = self.sat(number)?;
        let result = ResultCredential::new(ResultParts {
            organization: &self.organization,
            pseudonym: &pseudonym(number)?,
            batch: &batch_id()?,
            level: self.bank.index.level,
            theory: sat.theory.clone(),
            practical: self.practical.clone(),
            rules: Rules { draw: ALGORITHM.into(), theory: POLICY.name().into(), panel: PANEL_POLICY.into() },
            evidence: Evidence {
                attempt: 1,
                identity: Digest::of(&number.to_be_bytes()),
                manifest: self.manifest,
                paper: sat.paper.digest(),
                journal: Digest::ZERO,
                theory_score: sat.score_identity,
                panels: Digest::of(&canonical::to_bytes(&self.marks)?),
            },
            profile: Profile::Sample,
            issued_at: AT,
        });
        let compact = jws::sign(&result, &self.signer)?;
        Ok((result, compact))
    }

    /// The audit bundle's line of candidate `number`.
    pub(crate) fn line(&self, number: usize) -> Result<String, Any> {
        let sat = self.sat(number)?;
        Ok(serde_json::to_string(&AuditLine {
            journal: None,
            jws: self.result(number)?.1,
            handed_in: self.handed_in.clone(),
            sheet_proofs: self.sheet_proofs.clone(),
            marks: self.marks.clone(),
            paper: sat.paper.clone(),
            pseudonym: pseudonym(number)?,
            score: sat.score.clone(),
        })?)
    }

    fn sat(&self, number: usize) -> Result<&Sat, Any> {
        Ok(self.sat.get(number % self.sat.len().max(1)).ok_or("a batch without papers")?)
    }
}

impl Sat {
    /// Of four items three are answered rightly, and every fourth with the first option shown.
    fn new(paper: Paper, bank: &SealedBank, blueprint: &Blueprint, signer: &Es256Signer) -> Result<Self, Any> {
        let keys: BTreeMap<&ItemId, &[OptionId]> =
            bank.keys.items.iter().map(|item| (&item.id, item.key.as_slice())).collect();
        let answer = |(number, item): (usize, &draw::paper::PaperItem)| {
            let key = keys.get(&item.item).copied().unwrap_or_default();
            let chosen = if number % 4 == 3 { item.options.get(..1).unwrap_or_default() } else { key };
            (item.item.clone(), chosen.to_vec())
        };
        let chosen: BTreeMap<ItemId, Vec<OptionId>> = paper.items.iter().enumerate().map(answer).collect();
        let (indexes, keys) = (std::slice::from_ref(&bank.index), std::slice::from_ref(&bank.keys));
        let scoring = Scoring { indexes, keys, blueprint, policy: POLICY }.prepare();
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

fn batch_id() -> Result<BatchId, Any> {
    Ok(BatchId::new("generated")?)
}

fn pseudonym(number: usize) -> Result<PseudonymId, Any> {
    Ok(PseudonymId::new(format!("c{number:06}"))?)
}

fn question_bank() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../question-bank")
}

fn bank() -> Result<SealedBank, Any> {
    let folder = question_bank().join("national/5");
    let mut texts = Vec::new();
    for part in ["", "elements", "items"] {
        for entry in fs::read_dir(folder.join(part))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let within = path.strip_prefix(&folder)?.to_string_lossy().replace('\\', "/");
                texts.push((within, fs::read(&path)?));
            }
        }
    }
    let sources: Vec<SourceFile<'_>> = texts.iter().map(|(path, bytes)| SourceFile { path, bytes }).collect();
    let bank = read::bank(&sources).map_err(|faults| format!("{faults:?}"))?;
    let mut salt = 0_u32;
    Ok(seal::seal(&bank, &mut || {
        salt += 1;
        *Digest::of(&salt.to_le_bytes()).as_bytes()
    })?)
}

fn blueprint() -> Result<Blueprint, Any> {
    Ok(canonical::from_authored(&fs::read(question_bank().join("blueprints/5.json"))?)?)
}

fn sheet(name: &str) -> Result<ValidSheet, Any> {
    Ok(ValidSheet::from_json(&fs::read(question_bank().join("sheets/5").join(format!("{name}.json")))?)?)
}

fn organization() -> Result<Organization, Any> {
    Ok(serde_json::from_value(json!({
        "name": "示例评价中心", "credit_code": "91000000EXAMPLE001", "province": "31", "category": "S",
        "organization_code": "0000", "site_code": "000001", "complaint_contact": "021-00000000",
        "filing": { "number": "示例备-0001", "occupation": "4-14-01-03", "levels": [5], "expires": "2028-12-31" },
    }))?)
}

fn plan() -> Result<PracticalPlan, Any> {
    let functions = [("daily_care", 50), ("basic_nursing", 25), ("emergency", 10), ("function_maintenance", 15)];
    let functions = functions.iter().zip(SHEETS).map(|((function, weight), sheet)| {
        json!({ "function": function, "weight": weight, "required": [sheet], "by_lot": [], "draw": 0 })
    });
    Ok(serde_json::from_value(json!({
        "minutes": 30, "functions": functions.collect::<Vec<_>>(), "policy": PANEL_POLICY,
        "panels": [{ "panel": "panel-1", "name": "第 1 考评组", "examiners": ["e1", "e2", "e3"], "lead": "lead-1" }],
    }))?)
}

fn seating(papers: u32) -> Result<Seating, Any> {
    let seat = |number: u32| {
        Ok(SeatedPaper {
            paper: PaperId::new(format!("p{number:06}"))?,
            paper_use: PaperUse::Seat,
            session: Some(1),
            room: Some(RoomId::new("room")?),
            avoid: Vec::new(),
        })
    };
    Ok(Seating { batch: batch_id()?, v: 1, papers: (0..papers).map(seat).collect::<Result<_, Any>>()? })
}

fn manifest(
    bank: &SealedBank,
    blueprint: &Blueprint,
    plan: &PracticalPlan,
    seating: &Seating,
    secret: &Secret,
) -> Result<Manifest, Any> {
    Ok(Manifest {
        v: 1,
        algorithm: ALGORITHM.into(),
        profile: Profile::Sample,
        batch: batch_id()?,
        attempt: 1,
        replaces: None,
        level: bank.index.level,
        banks: vec![BankEntry {
            bank: bank.index.bank.clone(),
            kind: bank.index.kind,
            index: bank.index.digest()?,
            answer_keys: bank.index.answer_keys(),
            approval: None,
        }],
        blueprint: blueprint.digest()?,
        seating: seating.digest()?,
        roster: Digest::ZERO,
        practical: Some(Digest::of(&canonical::to_bytes(plan)?)),
        custodians: vec![CustodianEntry {
            custodian: secret.custodian.clone(),
            outside: false,
            commitment: commitment(&batch_id()?, 1, &secret.custodian, &secret.secret),
        }],
        public_entropy: None,
    })
}

/// Three examiners, of whom the last gives the second award for one item.
fn handed_in(sheet: &ValidSheet) -> Result<Vec<HandedInSheet>, Any> {
    let examiner = |number: usize| {
        let award = |place: usize| if number == 3 && place == 0 { 1 } else { 0 };
        let awards = sheet.sheet().items().enumerate();
        let awards = awards.map(|(place, (_, item))| Ok((item, item.awards.get(award(place)).ok_or("an award")?)));
        let awards = awards.collect::<Result<Vec<_>, Any>>()?;
        Ok(HandedInSheet {
            assignment: AssignmentId::new(format!("a{number}"))?,
            examiner: AccountId::new(format!("e{number}"))?,
            sheet: sheet.sheet().id.clone(),
            sheet_digest: sheet.digest(),
            total: HalfMarks::sum(awards.iter().map(|(_, award)| award.half_marks))?,
            scores: awards.iter().map(|(item, award)| (item.id.clone(), award.code.clone())).collect(),
            vetoes: BTreeMap::new(),
            at_ms: AT,
            last_event: Digest::of(&number.to_be_bytes()),
        })
    };
    (1..=3).map(examiner).collect()
}

fn mark(sheet: &ValidSheet, handed_in: &[HandedInSheet]) -> Result<WeightedMark, Any> {
    let policy = PanelPolicy::named(PANEL_POLICY).ok_or("a known policy")?;
    match form(sheet, handed_in, &policy, &PanelDecisions::default())? {
        PanelOutcome::Formed { mark } => Ok(WeightedMark { weight: 1, mark: *mark }),
        other => Err(format!("no mark: {other:?}").into()),
    }
}
