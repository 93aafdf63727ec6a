//! Parses JSON into a tree that borrows from it.
//!
//! The browser's own `JSON.parse` would be no download, but reading its result field by field from WASM took a third of what
//! a live page spends on a frame. Numbers are whole: none of ours has a fraction, and what a later build sends is skipped.

use std::borrow::Cow;

#[cfg(test)]
mod tests;

/// How deep values may be nested: deeper than any of ours.
const DEEPEST: u8 = 32;

/// A value of JSON.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Number,
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    Array(Vec<Self>),
    /// An object: its fields, in the order in which they were written.
    Object(Vec<(Cow<'a, str>, Self)>),
}

/// The value that a text is; `None` if it is not JSON.
pub(super) fn parse(json: &str) -> Option<Value<'_>> {
    let mut parser = Parser { json, at: 0 };
    let value = parser.value(DEEPEST)?;
    parser.peek().is_none().then_some(value)
}

struct Parser<'a> {
    json: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    /// The next byte.
    fn byte(&self) -> Option<u8> {
        self.json.as_bytes().get(self.at).copied()
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        while matches!(self.byte(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
        self.byte()
    }

    /// Skips this byte and the white space before it. Whether it was there.
    fn skip(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn value(&mut self, depth: u8) -> Option<Value<'a>> {
        let depth = depth.checked_sub(1)?;
        match self.peek()? {
            b'"' => self.text().map(Value::Text),
            b'{' => {
                let mut fields = Vec::new();
                self.list(b'}', |parser| {
                    let name = (parser.peek()? == b'"').then(|| parser.text())??;
                    let value = parser.skip(b':').then(|| parser.value(depth))??;
                    fields.push((name, value));
                    Some(())
                })?;
                Some(Value::Object(fields))
            }
            b'[' => {
                let mut items = Vec::new();
                self.list(b']', |parser| {
                    items.push(parser.value(depth)?);
                    Some(())
                })?;
                Some(Value::Array(items))
            }
            _ => self.word(),
        }
    }

    /// What stands between brackets, separated by commas.
    fn list(&mut self, end: u8, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.at += 1;
        if self.skip(end) {
            return Some(());
        }
        loop {
            item(self)?;
            if !self.skip(b',') {
                return self.skip(end).then_some(());
            }
        }
    }

    /// A number, or one of the three words.
    fn word(&mut self) -> Option<Value<'a>> {
        let start = self.at;
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
        while self.byte().is_some_and(is_part) {
            self.at += 1;
        }
        match self.json.get(start..self.at)? {
            "null" => Some(Value::Null),
            "true" => Some(Value::Boolean(true)),
            "false" => Some(Value::Boolean(false)),
            number => number_of(number),
        }
    }

    /// A string, whose quote is the next byte.
    fn text(&mut self) -> Option<Cow<'a, str>> {
        self.at += 1;
        let mut unescaped = String::new();
        loop {
            let start = self.at;
            while !matches!(self.byte()?, b'"' | b'\\' | 0..0x20) {
                self.at += 1;
            }
            let part = self.json.get(start..self.at)?;
            let end = self.byte()?;
            self.at += 1;
            match end {
                b'"' if unescaped.is_empty() => return Some(Cow::Borrowed(part)),
                b'"' => return Some(Cow::Owned(unescaped + part)),
                b'\\' => {
                    unescaped.push_str(part);
                    unescaped.push(self.escaped()?);
                }
                _ => return None,
            }
        }
    }

    /// What a backslash stands before.
    fn escaped(&mut self) -> Option<char> {
        let escaped = self.byte()?;
        self.at += 1;
        Some(match escaped {
            b'"' | b'\\' | b'/' => char::from(escaped),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.code_unit()?;
                let is_pair =
                    matches!(first, 0xD800..0xDC00) && self.json.get(self.at..)?.starts_with("\\u");
                let second = match is_pair {
                    true => {
                        self.at += 2;
                        Some(self.code_unit()?)
                    }
                    false => None,
                };
                char::decode_utf16([first].into_iter().chain(second))
                    .next()?
                    .ok()?
            }
            _ => return None,
        })
    }

    /// Four hexadecimal digits.
    fn code_unit(&mut self) -> Option<u16> {
        let digits = self.json.get(self.at..self.at + 4)?;
        self.at += 4;
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_hex.then(|| u16::from_str_radix(digits, 16).ok())?
    }
}

/// The value of a number, if it is written like one.
fn number_of(written: &str) -> Option<Value<'static>> {
    let unsigned = written.strip_prefix('-').unwrap_or(written);
    let (decimal, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((decimal, exponent)) => (
            decimal,
            exponent.strip_prefix(['+', '-']).unwrap_or(exponent),
        ),
        None => (unsigned, "0"),
    };
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, "0"));
    let are_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = [whole, fraction, exponent].into_iter().all(are_digits)
        && (whole == "0" || !whole.starts_with('0'));
    is_number.then(|| written.parse().map_or(Value::Number, Value::Integer))
}
