//! A JSON document while it is read or written, in little memory: texts are those of the document,
//! members lie side by side.
//!
//! A document from outside may be built to fill memory: a byte or two each for values that take
//! dozens. The reader states how much it may take ([`Room`]), and what needs more is refused
//! while it is read.

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::Number;
use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

/// The beginning of the error for a duplicate name.
pub(crate) const DUPLICATE: &str = "duplicate key: ";
/// The beginning of the error for a document that takes too much memory.
pub(crate) const TOO_MUCH: &str = "too many values";

/// How much memory a document may take, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// All of it as a [`Tree`]; its types take about as much again.
    pub(crate) tree: usize,
    /// Those parts that stay JSON without a type, which take several times as much.
    pub(crate) untyped: usize,
}

impl Room {
    /// For what one person, one decision or one bank brings about.
    pub(crate) const USUAL: Self = Self { tree: 48 << 20, untyped: 24 << 20 };
    /// For what names all candidates of a batch.
    pub(crate) const LARGE: Self = Self { tree: 88 << 20, untyped: 24 << 20 };
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    List(Box<[Tree<'a>]>),
    Object(Box<[Member<'a>]>),
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) value: Tree<'a>,
}

impl<'a> Tree<'a> {
    /// Reads JSON.
    ///
    /// # Errors
    /// Text that is not JSON, names a member twice, or needs more room.
    pub(crate) fn parse(bytes: &'a [u8], room: Room) -> Result<Self, serde_json::Error> {
        let left = Cell::new(room.tree);
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let tree = Branch(&left).deserialize(&mut json)?;
        json.end()?;
        Ok(tree)
    }

    /// An object of these members, sorted by their names.
    ///
    /// # Errors
    /// A name that occurs twice.
    pub(crate) fn object<E: de::Error>(mut members: Vec<Member<'a>>) -> Result<Self, E> {
        members.sort_by(|one, other| one.name.cmp(&other.name));
        let mut names = members.iter().zip(members.iter().skip(1));
        if let Some((twice, _)) = names.find(|(one, next)| one.name == next.name) {
            return Err(E::custom(format!("{DUPLICATE}{}", twice.name)));
        }
        Ok(Self::Object(members.into_boxed_slice()))
    }

    /// A member of an object; `None` also for anything else.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        let place = members.binary_search_by(|member| (*member.name).cmp(name)).ok()?;
        members.get(place).map(|member| &member.value)
    }
}

/// Writes the value as JSON, its members in the order of their names.
impl Serialize for Tree<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(values) => serializer.collect_seq(values.iter()),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|member| (&*member.name, &member.value)))
            }
        }
    }
}

/// Reads a value, and takes what it needs from the room that is left.
#[derive(Clone, Copy)]
struct Branch<'r>(&'r Cell<usize>);

impl Branch<'_> {
    fn take<E: de::Error>(self, bytes: usize) -> Result<(), E> {
        let left = self.0.get().checked_sub(bytes).ok_or_else(|| E::custom(TOO_MUCH))?;
        self.0.set(left);
        Ok(())
    }

    fn number<'a, E: de::Error>(self, number: impl Into<Number>) -> Result<Tree<'a>, E> {
        self.take(size_of::<Tree<'_>>())?;
        Ok(Tree::Number(number.into()))
    }
}

impl<'de> DeserializeSeed<'de> for Branch<'_> {
    type Value = Tree<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Branch<'_> {
    type Value = Tree<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Tree<'de>, E> {
        self.take(size_of::<Tree<'_>>())?;
        Ok(Tree::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Tree<'de>, E> {
        self.take(size_of::<Tree<'_>>())?;
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Tree<'de>, E> {
        self.number(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Tree<'de>, E> {
        self.number(value)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Tree<'de>, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("not a number"))?;
        self.number(number)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Tree<'de>, E> {
        self.take(size_of::<Tree<'_>>() + value.len())?;
        Ok(Tree::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<Tree<'de>, E> {
        self.take(size_of::<Tree<'_>>())?;
        Ok(Tree::Text(Cow::Borrowed(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Tree<'de>, A::Error> {
        // A list of many doubles its place while it grows.
        self.take(size_of::<Tree<'_>>())?;
        let mut values = Vec::new();
        while let Some(value) = access.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Tree::List(values.into_boxed_slice()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Tree<'de>, A::Error> {
        self.take(size_of::<Tree<'_>>())?;
        let mut members = Vec::new();
        while let Some(name) = access.next_key_seed(Name(self))? {
            let value = access.next_value_seed(self)?;
            members.push(Member { name, value });
        }
        Tree::object(members)
    }
}

/// Reads a member's name.
struct Name<'r>(Branch<'r>);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name<'_> {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a member's name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Cow<'de, str>, E> {
        self.0.take(size_of::<Member<'_>>() - size_of::<Tree<'_>>() + name.len())?;
        Ok(Cow::Owned(name.to_owned()))
    }

    fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Cow<'de, str>, E> {
        self.0.take(size_of::<Member<'_>>() - size_of::<Tree<'_>>())?;
        Ok(Cow::Borrowed(name))
    }
}
