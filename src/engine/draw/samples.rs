//! Banks and draws of any shape for tests: made by rule, so that a failing case can be written down
//! in few numbers.

use super::basis::{BankEntry, Basis, BasisCustodian};
use super::manifest::{Commitment, Manifest};
use super::seating::{PaperUse, SeatedPaper};
use super::{ALGORITHM, DrawInput, Seating, Secret, commitment};
use crate::bank::element::ElementCode;
use crate::bank::index::{INDEX_VERSION, IndexItem, IndexOption};
use crate::bank::item::GroupPlace;
use crate::bank::{BankKind, Difficulty, Function, Importance, Index, ItemType, Level, Profile};
use crate::blueprint::{Band, Blueprint, FunctionWeight, Row, TypeRule};
use crate::marks::HalfMarks;
use kaoping_record::bytes32::Bytes32;
use kaoping_record::digest::Digest;
use kaoping_record::id::{
    BandName, BankId, BatchId, BlueprintId, CustodianId, GroupId, ItemId, OptionId, PaperId, PolicyId, RoomId,
};
use std::error::Error;

pub(crate) type TestResult<T = ()> = Result<T, Box<dyn Error>>;

/// The documents of a draw.
pub(crate) struct Sample {
    pub(crate) indexes: Vec<Index>,
    pub(crate) blueprint: Blueprint,
    pub(crate) seating: Seating,
    pub(crate) basis: Basis,
    pub(crate) manifest: Manifest,
    pub(crate) secrets: Vec<Secret>,
}

/// The shape of a sample: single choice of two bands and true/false in groups.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    /// Papers.
    pub(crate) papers: usize,
    /// Units of each pool: single easy, single hard, grouped true/false.
    pub(crate) pools: [usize; 3],
    /// How many items share a point, across the cells; 1 for a point of its own each.
    pub(crate) per_point: usize,
    /// Every so many items one names the item after the next as its enemy; 0 for none.
    pub(crate) enemy_every: usize,
    /// Every so many papers one avoids the items whose number leaves this rest; 0 for none.
    pub(crate) avoid_every: usize,
    /// Makes the secrets.
    pub(crate) salt: u8,
}

impl Shape {
    /// A draw of two papers from few items.
    pub(crate) const SMALL: Self =
        Self { papers: 2, pools: [8, 8, 4], per_point: 1, enemy_every: 0, avoid_every: 0, salt: 1 };
}

impl Sample {
    /// A draw of a shape: papers of 4 easy and 4 hard single choice and a group of 2 true/false.
    pub(crate) fn new(shape: &Shape) -> TestResult<Self> {
        let indexes = vec![index(shape)?];
        let seating = seating(shape, &indexes)?;
        let secrets = vec![
            Secret { custodian: CustodianId::new("alpha")?, secret: Bytes32::new([shape.salt; 32]) },
            Secret { custodian: CustodianId::new("beta")?, secret: Bytes32::new([!shape.salt; 32]) },
        ];
        let manifest = Manifest { basis: Digest::ZERO, commitments: Vec::new(), v: 1 };
        let mut sample = Self { indexes, blueprint: blueprint()?, seating, basis: basis()?, manifest, secrets };
        sample.rename()?;
        Ok(sample)
    }

    /// Lets basis and manifest name the documents as they are now.
    pub(crate) fn rename(&mut self) -> TestResult {
        let entry = |index: &Index| {
            Ok::<_, Box<dyn Error>>(BankEntry {
                bank: index.bank.clone(),
                kind: index.kind,
                index: index.digest()?,
                answer_keys: index.answer_keys(),
                approval: None,
            })
        };
        self.basis.banks = self.indexes.iter().map(entry).collect::<Result<_, _>>()?;
        self.basis.blueprint = self.blueprint.digest()?;
        self.basis.seating = self.seating.digest()?;
        let custodians = self.secrets.iter().map(|secret| BasisCustodian {
            custodian: secret.custodian.clone(),
            outside: secret.custodian.as_str() == "beta",
        });
        self.basis.custodians = custodians.collect();
        self.commit()
    }

    /// Lets the manifest name the basis and the secrets as they are now.
    pub(crate) fn commit(&mut self) -> TestResult {
        self.manifest.basis = self.basis.digest()?;
        let commitments = self.secrets.iter().map(|secret| Commitment {
            commitment: commitment(&self.manifest.basis, &secret.custodian, &secret.secret),
            custodian: secret.custodian.clone(),
        });
        self.manifest.commitments = commitments.collect();
        Ok(())
    }

    /// Gives the first custodian the secret of a number, and lets the manifest name its commitment.
    pub(crate) fn reseed(&mut self, number: u32) {
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(number.to_le_bytes()).for_each(|(byte, of_number)| *byte = of_number);
        if let (Some(secret), Some(entry)) = (self.secrets.first_mut(), self.manifest.commitments.first_mut()) {
            secret.secret = Bytes32::new(bytes);
            entry.commitment = commitment(&self.manifest.basis, &secret.custodian, &secret.secret);
        }
    }

    pub(crate) fn input(&self) -> DrawInput<'_> {
        DrawInput {
            basis: &self.basis,
            manifest: &self.manifest,
            indexes: &self.indexes,
            blueprint: &self.blueprint,
            seating: &self.seating,
            secrets: &self.secrets,
            public_entropy: None,
        }
    }

    /// The index's entry of an item.
    pub(crate) fn item(&self, id: &ItemId) -> Option<&IndexItem> {
        self.indexes.iter().flat_map(|index| &index.items).find(|item| item.id == *id)
    }
}

fn index(shape: &Shape) -> TestResult<Index> {
    let [easy, hard, groups] = shape.pools;
    let mut items: Vec<IndexItem> = Vec::new();
    for number in 0..easy + hard + 2 * groups {
        let grouped = number.checked_sub(easy + hard);
        let item_type = if grouped.is_some() { ItemType::TrueFalse } else { ItemType::SingleChoice };
        let difficulty = if (easy..easy + hard).contains(&number) { 5 } else { 1 };
        let point = number / shape.per_point.max(1);
        let is_enemy = shape.enemy_every > 0 && number % shape.enemy_every == 0;
        let place = |member: usize| {
            Ok::<_, Box<dyn Error>>(GroupPlace {
                id: GroupId::new(format!("g{:04}", member / 2))?,
                place: u32::from(member.is_multiple_of(2)),
            })
        };
        items.push(IndexItem {
            id: item_id(number)?,
            function: Function::Ethics,
            item_type,
            difficulty: Difficulty::new(difficulty)?,
            point: ElementCode::new(format!("A-A-A-{point:04}"))?,
            importance: if number % 5 == 0 { Importance::Y } else { Importance::X },
            enemies: if is_enemy { vec![item_id(number + 2)?] } else { Vec::new() },
            group: grouped.map(place).transpose()?,
            options: ["a", "b", "c", "z"]
                .iter()
                .map(|id| Ok::<_, Box<dyn Error>>(IndexOption { id: OptionId::new(*id)?, pinned: *id == "z" }))
                .collect::<Result<_, _>>()?,
            content: Digest::ZERO,
            key: Digest::ZERO,
        });
    }
    let (bank, kind) = (BankId::new("sample")?, BankKind::National);
    Ok(Index { bank, kind, level: Level::Five, label: "样题".into(), v: INDEX_VERSION, items })
}

fn item_id(number: usize) -> TestResult<ItemId> {
    Ok(ItemId::new(format!("i{number:04}"))?)
}

fn blueprint() -> TestResult<Blueprint> {
    let half_marks = HalfMarks::new;
    let row =
        |item_type, count, group_size| Row { function: Function::Ethics, item_type, count, extended: 0, group_size };
    let band = |name: &str, difficulty, share| {
        Ok::<_, Box<dyn Error>>(Band {
            name: BandName::new(name)?,
            difficulties: vec![Difficulty::new(difficulty)?],
            share,
        })
    };
    Ok(Blueprint {
        id: BlueprintId::new("sample")?,
        v: 1,
        level: Level::Five,
        title: "样例".into(),
        standard: "样例".into(),
        types: vec![
            TypeRule { item_type: ItemType::TrueFalse, count: 2, half_marks: half_marks(20) },
            TypeRule { item_type: ItemType::SingleChoice, count: 8, half_marks: half_marks(20) },
        ],
        functions: vec![FunctionWeight { function: Function::Ethics, weight: 100 }],
        rows: vec![row(ItemType::SingleChoice, 8, 1), row(ItemType::TrueFalse, 2, 2)],
        // Six easy items, two of them in the group, and four hard ones.
        bands: vec![band("easy", 1, 60)?, band("hard", 5, 40)?],
        ranges: Vec::new(),
        importance: Vec::new(),
        minimum_multiple: 1,
        extended_cap: 0,
        minutes: 60,
        pass_half_marks: half_marks(120),
        scoring: PolicyId::new("exact-1")?,
    })
}

fn seating(shape: &Shape, indexes: &[Index]) -> TestResult<Seating> {
    let items: Vec<&ItemId> = indexes.iter().flat_map(|index| &index.items).map(|item| &item.id).collect();
    let paper = |number: usize| {
        let avoids = shape.avoid_every > 0 && number.is_multiple_of(shape.avoid_every);
        let avoided = items.iter().enumerate().filter(|(place, _)| avoids && (place + number).is_multiple_of(5));
        Ok::<_, Box<dyn Error>>(SeatedPaper {
            paper: PaperId::new(format!("p{number:05}"))?,
            paper_use: PaperUse::Seat,
            session: Some(1),
            room: Some(RoomId::new("r")?),
            avoid: avoided.map(|(_, id)| (*id).clone()).collect(),
        })
    };
    let papers = (0..shape.papers).map(paper).collect::<Result<_, _>>()?;
    Ok(Seating { batch: BatchId::new("batch")?, v: 1, papers })
}

fn basis() -> TestResult<Basis> {
    Ok(Basis {
        algorithm: ALGORITHM.into(),
        attempt: 1,
        banks: Vec::new(),
        batch: BatchId::new("batch")?,
        blueprint: Digest::ZERO,
        custodians: Vec::new(),
        level: Level::Five,
        plan: Digest::ZERO,
        practical: None,
        profile: Profile::Sample,
        public_entropy: None,
        replaces: None,
        roster: Digest::ZERO,
        seating: Digest::ZERO,
        v: 1,
    })
}
