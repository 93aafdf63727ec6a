//! JSON as server and browser exchange and store it. The server reads it with serde_json. In the browser, serde_json and
//! serde's code for it would be a sixth of the viewers' download: there, a small parser and `reader` turn it into types.

mod parser;
mod reader;

use serde::{Serialize, de::DeserializeOwned};
use server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post};

use self::reader::Reader;
use crate::IN_BROWSER;

/// The encoding of server functions' arguments and results.
pub type Json = Post<JsonEncoding>;

/// Writes and reads the bodies of server functions.
pub struct JsonEncoding;

impl ContentType for JsonEncoding {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonEncoding {
    type Error = serde_json::Error;

    fn encode(value: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonEncoding {
    type Error = String;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        if !IN_BROWSER {
            return serde_json::from_slice(&bytes).map_err(|error| error.to_string());
        }
        let json = std::str::from_utf8(&bytes).ok();
        json.and_then(read).ok_or_else(String::new)
    }
}

/// What this JSON says; `None` if it is not JSON or does not fit the type.
pub fn read<T: DeserializeOwned>(json: &str) -> Option<T> {
    if !IN_BROWSER {
        return serde_json::from_str(json).ok();
    }
    T::deserialize(Reader::of(parser::parse(json)?)).ok()
}

/// A value as JSON. Ours are plain structs of numbers and strings, for which this can't fail.
pub fn write(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
