//! Deserializes JSON that the browser has already parsed.
//!
//! It is small because fields and variants are looked up by name here and passed to serde by position, so that no type has
//! its own lookup code, and because errors have no message, since nobody reads them.
//!
//! What our server writes is read the same as by serde_json. Other JSON can differ: an array is not accepted as a struct,
//! `1.0` is an integer, and integers beyond 2^53 are refused. `#[serde(alias)]` must not be used: serde counts an alias as
//! another position.

use std::fmt;

use js_sys::{Array, Object, Reflect};
use serde::{
    Deserializer,
    de::{
        self, DeserializeSeed, EnumAccess, IntoDeserializer, SeqAccess, VariantAccess, Visitor,
        value::{MapDeserializer, SeqDeserializer, U32Deserializer},
    },
};
use wasm_bindgen::{JsCast, JsValue, intern};

#[cfg(test)]
mod tests;

/// A value of JSON, parsed.
pub(super) trait Parsed: Sized {
    /// Whether it is `null`.
    fn is_null(&self) -> bool;
    /// Its value, if it is a boolean.
    fn boolean(&self) -> Option<bool>;
    /// Its value, if it is a number.
    fn number(&self) -> Option<f64>;
    /// Its value, if it is a string.
    fn text(&self) -> Option<String>;
    /// Its items, if it is an array.
    fn items(&self) -> Option<Vec<Self>>;
    /// Its fields with their names, if it is an object.
    fn entries(&self) -> Option<Vec<(String, Self)>>;
    /// Whether it is an object: it has fields, and is no array.
    fn is_object(&self) -> bool;
    /// Its field of this name, if it is an object that has one.
    fn field(&self, name: &str) -> Option<Self>;
}

impl Parsed for JsValue {
    fn is_null(&self) -> bool {
        Self::is_null(self)
    }

    fn boolean(&self) -> Option<bool> {
        self.as_bool()
    }

    fn number(&self) -> Option<f64> {
        self.as_f64()
    }

    fn text(&self) -> Option<String> {
        self.as_string()
    }

    fn items(&self) -> Option<Vec<Self>> {
        self.dyn_ref::<Array>().map(Array::to_vec)
    }

    fn entries(&self) -> Option<Vec<(String, Self)>> {
        if !Parsed::is_object(self) {
            return None;
        }
        let names = Object::keys(self.unchecked_ref::<Object>());
        let entry = |name: Self| Some((name.as_string()?, Reflect::get(self, &name).ok()?));
        names.iter().map(entry).collect()
    }

    fn is_object(&self) -> bool {
        Self::is_object(self) && !Array::is_array(self)
    }

    fn field(&self, name: &str) -> Option<Self> {
        // The browser keeps the names of fields: there are a dozen for each row of a list.
        let field = Reflect::get(self, &Self::from_str(intern(name))).ok()?;
        (!field.is_undefined()).then_some(field)
    }
}

/// Reads a value. `None` stands for a missing field, which only optional types accept.
pub(super) struct Reader<P>(Option<P>);

impl<P: Parsed> Reader<P> {
    /// Reads this.
    pub(super) fn of(parsed: P) -> Self {
        Self(Some(parsed))
    }

    fn get<T>(&self, read: impl FnOnce(&P) -> Option<T>) -> Result<T, Unreadable> {
        self.0.as_ref().and_then(read).ok_or(Unreadable)
    }

    fn fields<'de, V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let parsed = self.0.filter(Parsed::is_object).ok_or(Unreadable)?;
        visitor.visit_seq(Fields {
            parsed,
            names: names.iter(),
        })
    }

    fn items<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(SeqDeserializer::new(
            self.get(P::items)?.into_iter().map(Self::of),
        ))
    }

    fn integer<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        // All whole numbers that a browser parses are exact up to there, and what is larger is none of ours.
        const LARGEST: f64 = 9_007_199_254_740_991.0;
        let number = self.get(P::number)?;
        if number.trunc() != number || number.abs() > LARGEST {
            return Err(Unreadable);
        }
        if number < 0.0 {
            visitor.visit_i64(number as i64)
        } else {
            visitor.visit_u64(number as u64)
        }
    }
}

/// Methods that do what another one does.
macro_rules! forward_to {
    ($target:ident: $($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            self.$target(visitor)
        })*
    };
}

impl<'de, P: Parsed> Deserializer<'de> for Reader<P> {
    type Error = Unreadable;

    forward_to!(integer: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64);
    forward_to!(integer: deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64);
    forward_to!(deserialize_f64: deserialize_f32);
    forward_to!(deserialize_string: deserialize_char deserialize_str deserialize_identifier);
    forward_to!(deserialize_seq: deserialize_bytes deserialize_byte_buf);

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let parsed = self.0.as_ref().ok_or(Unreadable)?;
        if parsed.is_null() {
            self.deserialize_unit(visitor)
        } else if parsed.boolean().is_some() {
            self.deserialize_bool(visitor)
        } else if parsed.text().is_some() {
            self.deserialize_string(visitor)
        } else if parsed
            .number()
            .is_some_and(|number| number.trunc() == number)
        {
            self.integer(visitor)
        } else if parsed.number().is_some() {
            self.deserialize_f64(visitor)
        } else if parsed.is_object() {
            self.deserialize_map(visitor)
        } else {
            self.deserialize_seq(visitor)
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.get(|parsed| parsed.is_null().then_some(()))?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.get(P::boolean)?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_f64(self.get(P::number)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_string(self.get(P::text)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0.filter(|parsed| !parsed.is_null()) {
            None => visitor.visit_none(),
            some => visitor.visit_some(Self(some)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.items(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.items(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.items(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let entries = self.get(P::entries)?.into_iter();
        visitor.visit_map(MapDeserializer::new(
            entries.map(|(name, value)| (name, Self::of(value))),
        ))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.fields(names, visitor)
    }

    /// A variant by its name, or an object with that name and what is in it.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let parsed = self.0.ok_or(Unreadable)?;
        let (name, value) = match parsed.text() {
            Some(name) => (name, None),
            None => {
                let entries = parsed.entries().ok_or(Unreadable)?;
                let [(name, value)] = entries.try_into().map_err(|_| Unreadable)?;
                (name, Some(value))
            }
        };
        let index = names.iter().position(|known| *known == name);
        let index = index.and_then(|index| u32::try_from(index).ok());
        visitor.visit_enum(Variant {
            // No variant has this index: the type refuses it, or has one for whatever it doesn't know (`serde(other)`).
            index: index.unwrap_or(u32::MAX),
            value: Reader(value),
        })
    }
}

/// The fields of an object, in the order in which their type names them.
struct Fields<P> {
    parsed: P,
    names: std::slice::Iter<'static, &'static str>,
}

impl<'de, P: Parsed> SeqAccess<'de> for Fields<P> {
    type Error = Unreadable;

    /// A missing field is `None` if it is optional. For all others, the type knows the default, or that there is none, when
    /// it is told that there is no such item.
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        let Some(name) = self.names.next() else {
            return Ok(None);
        };
        match self.parsed.field(name) {
            None => Ok(seed.deserialize(Reader::<P>(None)).ok()),
            field => seed.deserialize(Reader(field)).map(Some),
        }
    }
}

impl<P: Parsed> IntoDeserializer<'_, Unreadable> for Reader<P> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A variant, by its position among those of its type, and what is in it.
struct Variant<P> {
    index: u32,
    value: Reader<P>,
}

impl<'de, P: Parsed> EnumAccess<'de> for Variant<P> {
    type Error = Unreadable;
    type Variant = Reader<P>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Reader<P>), Unreadable> {
        let index: U32Deserializer<Unreadable> = self.index.into_deserializer();
        Ok((seed.deserialize(index)?, self.value))
    }
}

impl<'de, P: Parsed> VariantAccess<'de> for Reader<P> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        self.0
            .is_none_or(|value| value.is_null())
            .then_some(())
            .ok_or(Unreadable)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<S::Value, Unreadable> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.items(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.fields(names, visitor)
    }
}

/// The value does not fit the type; no reason is given.
#[derive(Debug)]
pub(super) struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}
