//! The answers: the state after the events of all streams of a sitting.

use super::event::SeatEvent;
use crate::draw::paper::Paper;
use kaoping_record::id::{ItemId, OptionId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Answers, flags and whether the paper was handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    chosen: BTreeMap<ItemId, Vec<OptionId>>,
    flagged: BTreeSet<ItemId>,
    handed_in: bool,
}

/// Why something cannot be answered so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The paper holds no such item.
    #[error("item `{0}` is not in this paper")]
    Item(ItemId),
    /// The item has no such option, or it is named twice, or the options are not sorted.
    #[error("option `{option}` cannot be chosen for item `{item}`")]
    Option {
        /// The item.
        item: ItemId,
        /// The option.
        option: OptionId,
    },
    /// More than one option for an item that takes one.
    #[error("item `{0}` takes one option")]
    OnlyOne(ItemId),
    /// After the hand-in nothing changes.
    #[error("the paper is handed in")]
    HandedIn,
    /// A hand-in that counts other answers than there are.
    #[error("the hand-in counts {stated} answers, but there are {counted}")]
    Count {
        /// What the event says.
        stated: u32,
        /// The state after the events before it.
        counted: u32,
    },
    /// The stream opens another paper.
    #[error("the stream is of another paper")]
    OtherPaper,
}

/// Items of which several options may be chosen.
pub type SeveralOptions = BTreeSet<ItemId>;

impl Answers {
    /// The chosen options of an item, sorted; empty without an answer.
    #[must_use]
    pub fn of(&self, item: &ItemId) -> &[OptionId] {
        self.chosen.get(item).map_or(&[], Vec::as_slice)
    }

    /// Items with an answer and their options.
    pub fn iter(&self) -> impl Iterator<Item = (&ItemId, &[OptionId])> {
        self.chosen.iter().map(|(item, options)| (item, options.as_slice()))
    }

    /// Whether the candidate wants to look at the item again.
    #[must_use]
    pub fn is_flagged(&self, item: &ItemId) -> bool {
        self.flagged.contains(item)
    }

    /// How many items have an answer.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.chosen.len()).unwrap_or(u32::MAX)
    }

    /// Whether the paper is handed in.
    #[must_use]
    pub fn is_handed_in(&self) -> bool {
        self.handed_in
    }

    /// Lets an event happen.
    ///
    /// # Errors
    /// [`AnswerError`] when it does not fit the paper or comes after the hand-in; nothing has
    /// changed then.
    pub fn apply(&mut self, paper: &Paper, several: &SeveralOptions, event: &SeatEvent) -> Result<(), AnswerError> {
        if self.handed_in {
            return Err(AnswerError::HandedIn);
        }
        match event {
            SeatEvent::Opened { .. } => {}
            SeatEvent::Answered { item, options } => check_choice(paper, several, item, options)?,
            SeatEvent::Flagged { item, .. } => {
                options_of(paper, item)?;
            }
            SeatEvent::HandedIn { answered } => {
                let counted = self.count();
                if *answered != counted {
                    return Err(AnswerError::Count { stated: *answered, counted });
                }
            }
        }
        self.fold(event);
        Ok(())
    }

    /// Lets an event happen that was checked before, as when stored streams are read again.
    pub fn fold(&mut self, event: &SeatEvent) {
        match event {
            SeatEvent::Opened { .. } => {}
            SeatEvent::Answered { item, options } if options.is_empty() => {
                self.chosen.remove(item);
            }
            SeatEvent::Answered { item, options } => {
                self.chosen.insert(item.clone(), options.clone());
            }
            SeatEvent::Flagged { item, on: true } => {
                self.flagged.insert(item.clone());
            }
            SeatEvent::Flagged { item, on: false } => {
                self.flagged.remove(item);
            }
            SeatEvent::HandedIn { .. } => self.handed_in = true,
        }
    }
}

fn options_of<'paper>(paper: &'paper Paper, item: &ItemId) -> Result<&'paper [OptionId], AnswerError> {
    let found = paper.items.iter().find(|entry| entry.item == *item);
    found.map(|entry| entry.options.as_slice()).ok_or_else(|| AnswerError::Item(item.clone()))
}

fn check_choice(
    paper: &Paper,
    several: &SeveralOptions,
    item: &ItemId,
    options: &[OptionId],
) -> Result<(), AnswerError> {
    let offered = options_of(paper, item)?;
    let mut previous: Option<&OptionId> = None;
    for option in options {
        if !offered.contains(option) || previous.is_some_and(|previous| previous >= option) {
            return Err(AnswerError::Option { item: item.clone(), option: option.clone() });
        }
        previous = Some(option);
    }
    if options.len() > 1 && !several.contains(item) {
        return Err(AnswerError::OnlyOne(item.clone()));
    }
    Ok(())
}
