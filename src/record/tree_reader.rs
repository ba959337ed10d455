//! Reads types from a document.

use crate::tree::{Member, TOO_MUCH, Tree};
use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_json::Error;
use std::cell::Cell;

/// The memory of an object without a type: a node of the map that `serde_json` keeps it in.
const OBJECT: usize = 640;
/// The memory of any other value, and of each member's name.
const VALUE: usize = 56;

/// A value that types are read from, and the room that is left for what stays without one.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) tree: &'a Tree<'a>,
    pub(crate) untyped: &'a Cell<usize>,
}

impl<'a> Reader<'a> {
    fn with(self, tree: &'a Tree<'a>) -> Self {
        Self { tree, ..self }
    }

    fn take(self) -> Result<(), Error> {
        let needed = match self.tree {
            Tree::Object(members) => OBJECT * members.len().div_ceil(6) + VALUE * (1 + members.len()),
            Tree::Text(text) => VALUE + text.len(),
            _ => VALUE,
        };
        let left = self.untyped.get().checked_sub(needed).ok_or_else(|| Error::custom(TOO_MUCH))?;
        self.untyped.set(left);
        Ok(())
    }

    fn visit<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.tree {
            Tree::Null => visitor.visit_unit(),
            Tree::Bool(value) => visitor.visit_bool(*value),
            Tree::Number(number) => number.deserialize_any(visitor),
            Tree::Text(text) => visitor.visit_borrowed_str(text),
            Tree::List(values) => {
                let mut list = List { reader: self, values: values.iter() };
                let read = visitor.visit_seq(&mut list)?;
                match list.values.len() {
                    0 => Ok(read),
                    _ => Err(Error::invalid_length(values.len(), &"fewer elements in the list")),
                }
            }
            Tree::Object(members) => {
                let mut object = Object { reader: self, members: members.iter(), value: None };
                let read = visitor.visit_map(&mut object)?;
                match object.members.len() {
                    0 => Ok(read),
                    _ => Err(Error::invalid_length(members.len(), &"fewer members in the object")),
                }
            }
        }
    }
}

macro_rules! typed {
    ($($method:ident)+) => {
        $(fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
            self.visit(visitor)
        })+
    };
}

impl<'a> Deserializer<'a> for Reader<'a> {
    type Error = Error;

    /// What has no type of its own.
    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        self.take()?;
        self.visit(visitor)
    }

    typed! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit
        deserialize_seq deserialize_map deserialize_identifier
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        if matches!(self.tree, Tree::Null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit_struct<V: Visitor<'a>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        self.visit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.visit(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.visit(visitor)
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.visit(visitor)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.tree {
            Tree::Text(name) => visitor.visit_enum(Variant { name, content: None }),
            Tree::Object(members) => match &**members {
                [Member { name, value }] => visitor.visit_enum(Variant { name, content: Some(self.with(value)) }),
                _ => Err(Error::invalid_value(de::Unexpected::Map, &"an object with one member")),
            },
            _ => Err(Error::custom("invalid type: expected a name or an object with one member")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

struct List<'a> {
    reader: Reader<'a>,
    values: std::slice::Iter<'a, Tree<'a>>,
}

impl<'a> SeqAccess<'a> for List<'a> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.values.next().map(|value| seed.deserialize(self.reader.with(value))).transpose()
    }
}

struct Object<'a> {
    reader: Reader<'a>,
    members: std::slice::Iter<'a, Member<'a>>,
    value: Option<&'a Tree<'a>>,
}

impl<'a> MapAccess<'a> for Object<'a> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(member) = self.members.next() else { return Ok(None) };
        self.value = Some(&member.value);
        seed.deserialize(Name(&member.name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let value = self.value.take().ok_or_else(|| Error::custom("a value before its name"))?;
        seed.deserialize(self.reader.with(value))
    }
}

/// A member's name; a map may have numbers as names.
struct Name<'a>(&'a str);

macro_rules! numbers {
    ($($method:ident $visit:ident $number:ty;)+) => {
        $(fn $method<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0.parse::<$number>() {
                // One way of writing each.
                Ok(number) if number.to_string() == self.0 => visitor.$visit(number),
                _ => visitor.visit_borrowed_str(self.0),
            }
        })+
    };
}

impl<'a> Deserializer<'a> for Name<'a> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.0)
    }

    numbers! {
        deserialize_i8 visit_i8 i8; deserialize_i16 visit_i16 i16; deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64; deserialize_u8 visit_u8 u8; deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32; deserialize_u64 visit_u64 u64;
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'a>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        StrDeserializer::new(self.0).deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        <V: Visitor<'a>>
        bool i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

struct Variant<'a> {
    name: &'a str,
    content: Option<Reader<'a>>,
}

impl<'a> EnumAccess<'a> for Variant<'a> {
    type Error = Error;
    type Variant = Content<'a>;

    fn variant_seed<V: DeserializeSeed<'a>>(self, seed: V) -> Result<(V::Value, Content<'a>), Error> {
        Ok((seed.deserialize(Name(self.name))?, Content(self.content)))
    }
}

struct Content<'a>(Option<Reader<'a>>);

impl<'a> Content<'a> {
    fn reader(self) -> Result<Reader<'a>, Error> {
        self.0.ok_or_else(|| Error::invalid_type(de::Unexpected::UnitVariant, &"a variant with content"))
    }
}

impl<'a> VariantAccess<'a> for Content<'a> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        self.0.map_or(Ok(()), de::Deserialize::deserialize)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.reader()?)
    }

    fn tuple_variant<V: Visitor<'a>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.reader()?.visit(visitor)
    }

    fn struct_variant<V: Visitor<'a>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.reader()?.visit(visitor)
    }
}
