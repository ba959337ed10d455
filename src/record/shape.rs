//! Whether JSON has the shape of what was read from it.
//!
//! serde takes a list of an object's members in order for the object, and `{"name": null}` for a
//! name. Readers in other languages do not, so neither may pass: the same bytes would be a record
//! here and none there. The check writes what was read back, member by member, beside the JSON, and
//! needs no memory of its own.

use crate::tree::Tree;
use crate::tree_writer;
use serde::{Serialize, ser};
use std::fmt;

/// Checks that `given` has objects, lists and plain values where `read` writes them. A member that
/// `given` leaves out is no difference, nor is another plain value.
///
/// # Errors
/// The first place that differs.
pub(crate) fn check<T: Serialize + ?Sized>(given: &Tree<'_>, read: &T) -> Result<(), Misshapen> {
    read.serialize(Shape(given))
}

/// The place that has another shape, as a JSON pointer (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misshapen(pub(crate) String);

impl Misshapen {
    fn here() -> Self {
        Self(String::new())
    }

    fn below(self, name: &str) -> Self {
        Self(pointer(name, &self.0))
    }
}

/// A pointer to `rest` below a member or an index.
pub(crate) fn pointer(name: &str, rest: &str) -> String {
    format!("/{}{rest}", name.replace('~', "~0").replace('/', "~1"))
}

impl ser::Error for Misshapen {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::here()
    }
}

impl fmt::Display for Misshapen {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Misshapen {}

/// The value that should have the shape of what is written into it.
#[derive(Clone, Copy)]
struct Shape<'a>(&'a Tree<'a>);

impl<'a> Shape<'a> {
    fn plain(self) -> Result<(), Misshapen> {
        if matches!(self.0, Tree::Object(_) | Tree::List(_)) { Err(Misshapen::here()) } else { Ok(()) }
    }

    fn list(self) -> Result<List<'a>, Misshapen> {
        match self.0 {
            Tree::List(values) => Ok(List { values, next: 0 }),
            _ => Err(Misshapen::here()),
        }
    }

    fn object(self) -> Result<Object<'a>, Misshapen> {
        match self.0 {
            Tree::Object(_) => Ok(Object { object: self.0, key: String::new() }),
            _ => Err(Misshapen::here()),
        }
    }

    /// The content of a variant that carries any: the one member of an object.
    fn variant(self, name: &str) -> Result<Self, Misshapen> {
        self.0.get(name).map(Self).ok_or_else(Misshapen::here)
    }
}

/// A list, element by element.
struct List<'a> {
    values: &'a [Tree<'a>],
    next: usize,
}

impl List<'_> {
    fn element<T: Serialize + ?Sized>(&mut self, read: &T) -> Result<(), Misshapen> {
        let place = self.next;
        self.next += 1;
        let value = self.values.get(place).ok_or_else(Misshapen::here)?;
        check(value, read).map_err(|error| error.below(&place.to_string()))
    }

    fn finish(self) -> Result<(), Misshapen> {
        if self.next == self.values.len() { Ok(()) } else { Err(Misshapen::here()) }
    }
}

/// An object, member by member.
struct Object<'a> {
    object: &'a Tree<'a>,
    key: String,
}

impl Object<'_> {
    fn member<T: Serialize + ?Sized>(&self, name: &str, read: &T) -> Result<(), Misshapen> {
        match self.object.get(name) {
            Some(value) => check(value, read).map_err(|error| error.below(name)),
            None => Ok(()),
        }
    }
}

macro_rules! plain {
    ($($method:ident($type:ty))+) => {
        $(fn $method(self, _: $type) -> Result<(), Misshapen> {
            self.plain()
        })+
    };
}

impl<'a> ser::Serializer for Shape<'a> {
    type Ok = ();
    type Error = Misshapen;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = List<'a>;
    type SerializeTupleVariant = List<'a>;
    type SerializeMap = Object<'a>;
    type SerializeStruct = Object<'a>;
    type SerializeStructVariant = Object<'a>;

    plain! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
        serialize_f32(f32) serialize_f64(f64) serialize_char(char) serialize_str(&str) serialize_unit_struct(&'static str)
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Misshapen> {
        check(self.0, &bytes)
    }

    fn serialize_none(self) -> Result<(), Misshapen> {
        self.plain()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Misshapen> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Misshapen> {
        self.plain()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Misshapen> {
        self.plain()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Misshapen> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Misshapen> {
        value.serialize(self.variant(variant)?)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a>, Misshapen> {
        self.list()
    }

    fn serialize_tuple(self, _: usize) -> Result<List<'a>, Misshapen> {
        self.list()
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'a>, Misshapen> {
        self.list()
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<List<'a>, Misshapen> {
        self.variant(variant)?.list()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object<'a>, Misshapen> {
        self.object()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Object<'a>, Misshapen> {
        self.object()
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Object<'a>, Misshapen> {
        self.variant(variant)?.object()
    }
}

macro_rules! lists {
    ($($trait:ident::$method:ident)+) => {
        $(impl ser::$trait for List<'_> {
            type Ok = ();
            type Error = Misshapen;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Misshapen> {
                self.element(value)
            }

            fn end(self) -> Result<(), Misshapen> {
                self.finish()
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
        $(impl ser::$trait for Object<'_> {
            type Ok = ();
            type Error = Misshapen;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Misshapen> {
                self.member(name, value)
            }

            fn end(self) -> Result<(), Misshapen> {
                Ok(())
            }
        })+
    };
}

objects! { SerializeStruct SerializeStructVariant }

impl ser::SerializeMap for Object<'_> {
    type Ok = ();
    type Error = Misshapen;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Misshapen> {
        self.key = match tree_writer::tree(key) {
            Ok(Tree::Text(text)) => text.into_owned(),
            // JSON writes numbers and truth values as names too.
            Ok(Tree::Number(number)) => number.to_string(),
            Ok(Tree::Bool(value)) => value.to_string(),
            _ => return Err(Misshapen::here()),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Misshapen> {
        self.member(&self.key, value)
    }

    fn end(self) -> Result<(), Misshapen> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    #[derive(Debug, Serialize, Deserialize)]
    struct Person {
        name: String,
        marks: Vec<Mark>,
        #[serde(default)]
        kind: Option<Kind>,
        #[serde(default)]
        more: BTreeMap<u32, Mark>,
    }

    #[derive(Debug, Serialize, Deserialize)]
    struct Mark {
        num: i64,
        den: i64,
    }

    #[derive(Debug, Serialize, Deserialize)]
    #[serde(tag = "kind", rename_all = "snake_case")]
    enum Change {
        Given { reason: String },
    }

    #[derive(Debug, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Plain,
        Held(Mark),
        Dated { at: i64 },
    }

    /// Reads a person, which serde must take, and gives the place that has another shape.
    fn place(given: &Value) -> Option<String> {
        let read = Person::deserialize(given).expect("serde takes it");
        check(&tree_writer::tree(given).expect("JSON"), &read).err().map(|error| error.0)
    }

    #[test]
    fn what_has_its_shape_passes() {
        for given in [
            json!({ "name": "王", "marks": [] }),
            json!({ "name": "王", "marks": [{ "den": 1, "num": 2 }], "kind": "plain", "more": { "7": { "num": 1, "den": 1 } } }),
            json!({ "name": "王", "marks": [], "kind": { "held": { "num": 1, "den": 1 } } }),
            json!({ "name": "王", "marks": [], "kind": { "dated": { "at": 5 } } }),
            json!({ "name": "王", "marks": [], "kind": null }),
        ] {
            assert_eq!(place(&given), None, "{given}");
        }
    }

    // Each of these serde takes, and no other reader.
    #[test]
    fn a_list_for_an_object_is_named_with_its_place() {
        for (given, expected) in [
            (json!(["王", [], null, {}]), ""),
            (json!({ "name": "王", "marks": [{ "num": 1, "den": 1 }, [2, 1]] }), "/marks/1"),
            (json!({ "name": "王", "marks": [], "kind": { "plain": null } }), "/kind"),
            (json!({ "name": "王", "marks": [], "kind": { "held": [1, 1] } }), "/kind"),
            (json!({ "name": "王", "marks": [], "more": { "7": [1, 1] } }), "/more/7"),
        ] {
            assert_eq!(place(&given).as_deref(), Some(expected), "{given}");
        }
    }

    #[test]
    fn a_list_for_a_tagged_object_is_named() {
        let given = json!(["given", "理由"]);
        let read = Change::deserialize(&given).expect("serde takes it");
        assert_eq!(check(&tree_writer::tree(&given).expect("JSON"), &read), Err(Misshapen::here()));
        let given = json!({ "kind": "given", "reason": "理由" });
        let read = Change::deserialize(&given).expect("serde takes it");
        assert_eq!(check(&tree_writer::tree(&given).expect("JSON"), &read), Ok(()));
    }
}
