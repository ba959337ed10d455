//! The bank (题库): the element table, the items, and what of them is public.
//!
//! A bank lives in three forms. Authors write drafts; minting ([`authoring`]) gives them opaque ids and makes the
//! [`authored::AuthoredBank`] that `question-bank/` holds; [`check`] is its gate. Sealing ([`seal`]) splits it into a
//! public [`index::Index`], which the draw reads and everyone may see, and the texts and keys, which open
//! to those entitled and are bound to the index by salted digests.
//!
//! - [`terms`]: level, function, item type, importance and the other words of a bank
//! - [`element`]: the element table (鉴定要素细目表) with its points
//! - [`item`]: an item in its committed form
//! - [`picture`]: the picture of an item
//! - [`authoring`]: an item as its author wrote it, and how it gets its ids
//! - [`read`], [`write`]: a bank's files
//! - [`check`], [`item_check`], [`twins`], [`text`], `picture_check`: the gate
//! - [`guess`], [`giveaway`]: how far options give their keys away, and where
//! - [`index`], [`seal`]: the public and the sealed form

pub mod authored;
pub mod authoring;
pub mod check;
pub mod element;
pub mod giveaway;
pub mod guess;
pub mod index;
pub mod item;
pub mod item_check;
pub mod picture;
mod picture_check;
pub mod read;
pub mod seal;
pub mod terms;
pub mod text;
pub mod twins;
pub mod write;

pub use index::Index;
pub use item::Item;
pub use seal::{Content, Keys, SealedBank};
pub use terms::{BankKind, Consistency, Difficulty, Function, Importance, ItemType, Level, Profile};
