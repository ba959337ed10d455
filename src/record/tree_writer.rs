//! Writes types as a document.

use crate::tree::{Member, Tree};
use serde::ser::{self, Error as _, Serialize};
use serde_json::{Error, Number};
use std::borrow::Cow;

/// The document of a value.
///
/// # Errors
/// Values that have no form in JSON.
pub(crate) fn tree<T: Serialize + ?Sized>(value: &T) -> Result<Tree<'static>, Error> {
    value.serialize(Writer)
}

struct Writer;

/// A list or an object that is being written; those of a variant become its one member.
struct Parts {
    variant: Option<&'static str>,
    values: Vec<Tree<'static>>,
    members: Vec<Member<'static>>,
    name: Option<String>,
}

impl Parts {
    fn new(variant: Option<&'static str>, length: usize) -> Self {
        Self { variant, values: Vec::with_capacity(length), members: Vec::new(), name: None }
    }

    fn list(self) -> Result<Tree<'static>, Error> {
        wrapped(self.variant, Tree::List(self.values.into_boxed_slice()))
    }

    fn object(self) -> Result<Tree<'static>, Error> {
        wrapped(self.variant, Tree::object(self.members)?)
    }
}

fn wrapped(variant: Option<&'static str>, value: Tree<'static>) -> Result<Tree<'static>, Error> {
    match variant {
        Some(name) => Tree::object(vec![Member { name: name.into(), value }]),
        None => Ok(value),
    }
}

macro_rules! numbers {
    ($($method:ident($number:ty))+) => {
        $(fn $method(self, value: $number) -> Result<Tree<'static>, Error> {
            Ok(Tree::Number(value.into()))
        })+
    };
}

impl ser::Serializer for Writer {
    type Ok = Tree<'static>;
    type Error = Error;
    type SerializeSeq = Parts;
    type SerializeTuple = Parts;
    type SerializeTupleStruct = Parts;
    type SerializeTupleVariant = Parts;
    type SerializeMap = Parts;
    type SerializeStruct = Parts;
    type SerializeStructVariant = Parts;

    numbers! {
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
    }

    fn serialize_f32(self, value: f32) -> Result<Tree<'static>, Error> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Tree<'static>, Error> {
        Number::from_f64(value).map(Tree::Number).ok_or_else(|| Error::custom("not a number"))
    }

    fn serialize_bool(self, value: bool) -> Result<Tree<'static>, Error> {
        Ok(Tree::Bool(value))
    }

    fn serialize_char(self, value: char) -> Result<Tree<'static>, Error> {
        Ok(Tree::Text(value.to_string().into()))
    }

    fn serialize_str(self, value: &str) -> Result<Tree<'static>, Error> {
        Ok(Tree::Text(Cow::Owned(value.to_owned())))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Tree<'static>, Error> {
        bytes.serialize(self)
    }

    fn serialize_none(self) -> Result<Tree<'static>, Error> {
        Ok(Tree::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Tree<'static>, Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Tree<'static>, Error> {
        Ok(Tree::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Tree<'static>, Error> {
        Ok(Tree::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<Tree<'static>, Error> {
        Ok(Tree::Text(name.into()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Tree<'static>, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<Tree<'static>, Error> {
        wrapped(Some(name), value.serialize(self)?)
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Parts, Error> {
        Ok(Parts::new(None, length.unwrap_or_default()))
    }

    fn serialize_tuple(self, length: usize) -> Result<Parts, Error> {
        Ok(Parts::new(None, length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Parts, Error> {
        Ok(Parts::new(None, length))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        length: usize,
    ) -> Result<Parts, Error> {
        Ok(Parts::new(Some(name), length))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts, Error> {
        Ok(Parts::new(None, 0))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts, Error> {
        Ok(Parts::new(None, 0))
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, name: &'static str, _: usize) -> Result<Parts, Error> {
        Ok(Parts::new(Some(name), 0))
    }
}

macro_rules! lists {
    ($($trait:ident::$method:ident)+) => {
        $(impl ser::$trait for Parts {
            type Ok = Tree<'static>;
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.values.push(tree(value)?);
                Ok(())
            }

            fn end(self) -> Result<Tree<'static>, Error> {
                self.list()
            }
        })+
    };
}

lists! {
    SerializeSeq::serialize_element SerializeTuple::serialize_element
    SerializeTupleStruct::serialize_field SerializeTupleVariant::serialize_field
}

macro_rules! objects {
    ($($trait:ident)+) => {
        $(impl ser::$trait for Parts {
            type Ok = Tree<'static>;
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
                self.members.push(Member { name: name.into(), value: tree(value)? });
                Ok(())
            }

            fn end(self) -> Result<Tree<'static>, Error> {
                self.object()
            }
        })+
    };
}

objects! { SerializeStruct SerializeStructVariant }

impl ser::SerializeMap for Parts {
    type Ok = Tree<'static>;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.name = Some(match tree(key)? {
            Tree::Text(text) => text.into_owned(),
            // JSON writes numbers and truth values as names too.
            Tree::Number(number) => number.to_string(),
            Tree::Bool(value) => value.to_string(),
            _ => return Err(Error::custom("a member's name must be a text")),
        });
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let name = self.name.take().ok_or_else(|| Error::custom("a value before its name"))?;
        self.members.push(Member { name: name.into(), value: tree(value)? });
        Ok(())
    }

    fn end(self) -> Result<Tree<'static>, Error> {
        self.object()
    }
}
