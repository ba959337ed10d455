//! A bank generated from a fixed seed, to measure size: 生成题，仅供测速. It holds no text, and is never
//! written down.

use crate::Failure;
use kaoping_engine::bank::element::ElementCode;
use kaoping_engine::bank::index::{INDEX_VERSION, IndexItem, IndexOption};
use kaoping_engine::bank::seal::{ItemKey, Keys, SEALED_VERSION};
use kaoping_engine::bank::{BankKind, Function, Importance, Index, ItemType, Level};
use kaoping_engine::blueprint::Blueprint;
use kaoping_engine::draw::basis::{BankEntry, Basis, BasisCustodian};
use kaoping_engine::draw::composition::compose;
use kaoping_engine::draw::manifest::Commitment;
use kaoping_engine::draw::seating::{PaperUse, SeatedPaper, Seating};
use kaoping_engine::draw::stream::Stream;
use kaoping_engine::draw::{ALGORITHM, DrawInput, Manifest, Secret, commitment};
use kaoping_record::bytes32::Bytes32;
use kaoping_record::canonical;
use kaoping_record::digest::Digest;
use kaoping_record::id::{BankId, BatchId, CustodianId, ItemId, OptionId, PaperId, RoomId};
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// The label of every generated bank.
pub(crate) const LABEL: &str = "生成题，仅供测速";

/// The documents of a draw by the blueprint of level 5.
pub(crate) struct Documents {
    pub(crate) indexes: Vec<Index>,
    /// To each item of the index its first option.
    pub(crate) keys: Keys,
    pub(crate) blueprint: Blueprint,
    pub(crate) seating: Seating,
    pub(crate) basis: Basis,
    pub(crate) manifest: Manifest,
    pub(crate) secrets: Vec<Secret>,
}

/// How items belong to points.
#[derive(Clone, Copy)]
pub(crate) enum Points {
    /// In turn, as in banks whose points have equally many items.
    Even,
    /// At random: cells then want the same points again and again, and exchanges are many.
    Random,
    /// Each item has a point of its own, and neither enemies nor bounds of importance stand in the
    /// way of any paper.
    Apart,
}

impl Documents {
    /// A bank of so many items (a multiple of 100, at least 500), and so many papers in rooms of 50.
    pub(crate) fn new(items: u32, points: Points, papers: u32) -> Result<Self, Failure> {
        Self::with_seen(items, points, papers, 0)
    }

    /// The same where each person has seen so many items, each other ones.
    pub(crate) fn with_seen(items: u32, points: Points, papers: u32, seen: u32) -> Result<Self, Failure> {
        let mut blueprint: Blueprint =
            canonical::from_authored(include_bytes!("../../question-bank/blueprints/5.json"))?;
        if let Points::Apart = points {
            blueprint.importance.clear();
        }
        let (index, keys) = index(&blueprint, items, points)?;
        let seating = seating(papers, seen, &index)?;
        let batch = seating.batch.clone();
        let secrets = [("inside", 1), ("outside", 2)]
            .into_iter()
            .map(|(name, byte)| Ok(Secret { custodian: CustodianId::new(name)?, secret: Bytes32::new([byte; 32]) }))
            .collect::<Result<Vec<_>, Failure>>()?;
        let custodians = secrets.iter().map(|secret| BasisCustodian {
            custodian: secret.custodian.clone(),
            outside: secret.custodian.as_str() == "outside",
        });
        let basis = Basis {
            v: 1,
            algorithm: ALGORITHM.into(),
            profile: kaoping_engine::bank::Profile::Sample,
            batch,
            attempt: 1,
            replaces: None,
            level: Level::Five,
            banks: vec![BankEntry {
                bank: index.bank.clone(),
                kind: index.kind,
                index: index.digest()?,
                answer_keys: index.answer_keys(),
                approval: None,
            }],
            blueprint: blueprint.digest()?,
            seating: seating.digest()?,
            roster: Digest::ZERO,
            plan: Digest::ZERO,
            practical: None,
            custodians: custodians.collect(),
            public_entropy: None,
        };
        let manifest = Manifest { basis: Digest::ZERO, commitments: Vec::new(), v: 1 };
        let mut documents = Self { indexes: vec![index], keys, blueprint, seating, basis, manifest, secrets };
        documents.commit()?;
        Ok(documents)
    }

    /// Makes basis and manifest anew for a practical plan and a roster, by their digests.
    pub(crate) fn fix(&mut self, practical: Digest, roster: Digest) -> Result<(), Failure> {
        self.basis.practical = Some(practical);
        self.basis.roster = roster;
        self.commit()
    }

    fn commit(&mut self) -> Result<(), Failure> {
        let basis = self.basis.digest()?;
        let commitments = self.secrets.iter().map(|secret| Commitment {
            commitment: commitment(&basis, &secret.custodian, &secret.secret),
            custodian: secret.custodian.clone(),
        });
        self.manifest = Manifest { basis, commitments: commitments.collect(), v: 1 };
        Ok(())
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
}

/// Each cell has its share of the items; a point has two items in a small bank and up to ten in a
/// large one, of its function, and a function has five ranges.
fn index(blueprint: &Blueprint, count: u32, rule: Points) -> Result<(Index, Keys), Failure> {
    let mut stream = Stream::new(Digest::of(LABEL.as_bytes()));
    let per_point = (count / 1000).clamp(2, 10);
    let cells = compose(blueprint, |_| usize::MAX);
    let mut items: Vec<IndexItem> = Vec::new();
    let mut turns = BTreeMap::new();
    for cell in &cells {
        let of_function = cells.iter().filter(|other| other.name.function == cell.name.function);
        let points = count / 100 * u32::try_from(of_function.map(|other| other.quota).sum::<usize>())? / per_point;
        for _ in 0..count / 100 * u32::try_from(cell.quota)? {
            let difficulties =
                NonZeroU32::new(u32::try_from(cell.difficulties.len())?).ok_or("a band without difficulty")?;
            let difficulty = cell.difficulties.get(stream.below(difficulties) as usize).ok_or("a difficulty")?;
            let of_points = NonZeroU32::new(points).ok_or("too few items")?;
            let turn = turns.entry(cell.name.function).or_insert(0_u32);
            *turn += 1;
            let point = match rule {
                Points::Even => *turn % of_points,
                Points::Random => stream.below(of_points),
                Points::Apart => *turn,
            };
            items.push(IndexItem {
                id: ItemId::random(id(&mut stream)),
                function: cell.name.function,
                item_type: cell.name.item_type,
                difficulty: *difficulty,
                point: code(cell.name.function, point)?,
                importance: if point.is_multiple_of(7) { Importance::Y } else { Importance::X },
                enemies: Vec::new(),
                group: None,
                options: options(cell.name.item_type, &mut stream),
                content: Digest::ZERO,
                key: Digest::ZERO,
            });
        }
    }
    items.sort_by(|a, b| a.id.cmp(&b.id));
    // Every fiftieth item has an enemy anywhere in the bank.
    let ids: Vec<ItemId> = items.iter().map(|item| item.id.clone()).collect();
    let with_enemies = if let Points::Apart = rule { 0 } else { items.len() };
    for item in items.iter_mut().take(with_enemies).step_by(50) {
        let enemy = ids.get(stream.below(NonZeroU32::new(count).ok_or("no items")?) as usize).ok_or("an id")?;
        if *enemy != item.id {
            item.enemies.push(enemy.clone());
        }
    }
    let bank = BankId::new("generated")?;
    let keys = items.iter_mut().map(key).collect::<Result<_, _>>()?;
    let keys = Keys { bank: bank.clone(), v: SEALED_VERSION, items: keys };
    let kind = BankKind::National;
    Ok((Index { bank, kind, level: Level::Five, label: LABEL.into(), v: INDEX_VERSION, items }, keys))
}

/// An item's key, to which the item then commits.
fn key(item: &mut IndexItem) -> Result<ItemKey, Failure> {
    let key = ItemKey {
        id: item.id.clone(),
        key: item.options.first().map(|option| option.id.clone()).into_iter().collect(),
        salt: Bytes32::new([0; 32]),
        rationale: String::new(),
        source: String::new(),
    };
    item.key = key.digest()?;
    Ok(key)
}

fn code(function: Function, point: u32) -> Result<ElementCode, Failure> {
    let letter = function.code().bytes().fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 9973);
    Ok(ElementCode::new(format!("F{letter}-A-{}-{point:05}", point % 5))?)
}

fn options(item_type: ItemType, stream: &mut Stream) -> Vec<IndexOption> {
    let count = if item_type == ItemType::TrueFalse { 2 } else { 4 };
    // One choice in eight ends with 以上都是.
    let pinned = count == 4 && stream.word().is_multiple_of(8);
    (1..=count).map(|n| IndexOption { id: OptionId::random(id(stream)), pinned: pinned && n == count }).collect()
}

fn id(stream: &mut Stream) -> [u8; 10] {
    let mut bytes = [0; 10];
    for chunk in bytes.chunks_mut(4) {
        chunk.iter_mut().zip(stream.word().to_le_bytes()).for_each(|(byte, word)| *byte = word);
    }
    bytes
}

fn seating(papers: u32, seen: u32, index: &Index) -> Result<Seating, Failure> {
    let paper = |number: u32| {
        // Steps by a prime, so that no two persons have seen the same.
        let items = index.items.iter().cycle().skip(number as usize % index.items.len()).step_by(97);
        Ok(SeatedPaper {
            paper: PaperId::new(format!("p{number:06}"))?,
            paper_use: PaperUse::Seat,
            session: Some(1 + number / 25_000),
            room: Some(RoomId::new(format!("r{:04}", number / 50))?),
            avoid: items.take(seen as usize).map(|item| item.id.clone()).collect(),
        })
    };
    let papers = (0..papers).map(paper).collect::<Result<_, Failure>>()?;
    Ok(Seating { batch: BatchId::new("generated")?, v: 1, papers })
}
