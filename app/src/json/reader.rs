//! Deserializes JSON that has been parsed.
//!
//! It is small because fields and variants are looked up by name here and passed to serde by position, so that no type has
//! its own lookup code, and because errors have no message, since nobody reads them.
//!
//! What our server writes is read the same as by serde_json. Other JSON can differ: an array is not accepted as a struct, and
//! of numbers only whole ones are read. `#[serde(alias)]` must not be used: serde counts an alias as
//! another position.

use std::{borrow::Cow, fmt};

use serde::{
    Deserializer,
    de::{
        self, DeserializeSeed, EnumAccess, IntoDeserializer, SeqAccess, VariantAccess, Visitor,
        value::{MapDeserializer, SeqDeserializer, U32Deserializer},
    },
};

use super::parser::Value;

#[cfg(test)]
mod tests;

/// Reads a value. `None` stands for a missing field, which only optional types accept.
pub(super) struct Reader<'a>(Option<Value<'a>>);

impl<'a> Reader<'a> {
    /// Reads this.
    pub(super) fn of(parsed: Value<'a>) -> Self {
        Self(Some(parsed))
    }

    fn fields<'de, V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let Some(Value::Object(fields)) = self.0 else {
            return Err(Unreadable);
        };
        visitor.visit_seq(Fields {
            fields,
            names: names.iter(),
        })
    }

    fn items<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let Some(Value::Array(items)) = self.0 else {
            return Err(Unreadable);
        };
        visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Self::of)))
    }

    fn integer<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let Some(Value::Integer(number)) = self.0 else {
            return Err(Unreadable);
        };
        match u64::try_from(number) {
            Ok(number) => visitor.visit_u64(number),
            Err(_) => visitor.visit_i64(number),
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

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Unreadable;

    forward_to!(integer: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64);
    forward_to!(integer: deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64);
    forward_to!(integer: deserialize_f32 deserialize_f64);
    forward_to!(deserialize_str: deserialize_char deserialize_string deserialize_identifier);
    forward_to!(deserialize_seq: deserialize_bytes deserialize_byte_buf);

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0.as_ref().ok_or(Unreadable)? {
            Value::Null | Value::Number => visitor.visit_unit(),
            Value::Boolean(_) => self.deserialize_bool(visitor),
            Value::Integer(_) => self.integer(visitor),
            Value::Text(_) => self.deserialize_str(visitor),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Some(Value::Null) => visitor.visit_unit(),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Some(Value::Boolean(value)) => visitor.visit_bool(value),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Some(Value::Text(text)) => visitor.visit_str(&text),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            None | Some(Value::Null) => visitor.visit_none(),
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
        let Some(Value::Object(fields)) = self.0 else {
            return Err(Unreadable);
        };
        let fields = fields.into_iter();
        visitor.visit_map(MapDeserializer::new(
            fields.map(|(name, value)| (name, Self::of(value))),
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
        let (name, value) = match self.0.ok_or(Unreadable)? {
            Value::Text(name) => (name, None),
            Value::Object(fields) => {
                let [(name, value)] = fields.try_into().map_err(|_| Unreadable)?;
                (name, Some(value))
            }
            _ => return Err(Unreadable),
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
struct Fields<'a> {
    fields: Vec<(Cow<'a, str>, Value<'a>)>,
    names: std::slice::Iter<'static, &'static str>,
}

impl<'a> Fields<'a> {
    /// The next field that the type names. Not a part of what is compiled again for each type of a field.
    #[inline(never)]
    fn next(&mut self) -> Option<Reader<'a>> {
        let name = self.names.next()?;
        let value = self.fields.iter_mut().find(|(known, _)| known == name);
        Some(Reader(
            value.map(|(_, value)| std::mem::replace(value, Value::Null)),
        ))
    }
}

impl<'de> SeqAccess<'de> for Fields<'_> {
    type Error = Unreadable;

    /// A missing field is `None` if it is optional. For all others, the type knows the default, or that there is none, when
    /// it is told that there is no such item.
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        let Some(field) = self.next() else {
            return Ok(None);
        };
        let is_missing = field.0.is_none();
        match seed.deserialize(field) {
            Err(Unreadable) if is_missing => Ok(None),
            read => read.map(Some),
        }
    }
}

impl IntoDeserializer<'_, Unreadable> for Reader<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A variant, by its position among those of its type, and what is in it.
struct Variant<'a> {
    index: u32,
    value: Reader<'a>,
}

impl<'de, 'a> EnumAccess<'de> for Variant<'a> {
    type Error = Unreadable;
    type Variant = Reader<'a>;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Reader<'a>), Unreadable> {
        let index: U32Deserializer<Unreadable> = self.index.into_deserializer();
        Ok((seed.deserialize(index)?, self.value))
    }
}

impl<'de> VariantAccess<'de> for Reader<'_> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        match self.0 {
            None | Some(Value::Null) => Ok(()),
            Some(_) => Err(Unreadable),
        }
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
