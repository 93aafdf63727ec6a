//! The bytes of a response in every encoding, and content negotiation for a request.

use std::io::Write;

use axum::{
    body::Body as HttpBody,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};

/// Brotli quality for bodies that are built at run time: 5 takes a millisecond for a page, and saves most.
const BROTLI_QUALITY: u32 = 5;
/// Brotli's window, as a power of two: longer than a page.
const BROTLI_WINDOW: u32 = 18;

/// The content type of a page.
pub const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
/// The content type of a picture.
pub const SVG: HeaderValue = HeaderValue::from_static("image/svg+xml");
/// The content type of a script.
pub const JAVASCRIPT: HeaderValue = HeaderValue::from_static("text/javascript; charset=utf-8");
/// The content type of data.
pub const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// How long browsers may cache a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CachePolicy {
    /// They revalidate it each time.
    Revalidate,
    /// Some seconds, in shared caches too: a picture on other sites' pages.
    Seconds,
    /// A day: a public file whose name does not change with its content.
    Day,
    /// Forever: its name changes with its content.
    Immutable,
}

impl CachePolicy {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Revalidate => "private, no-cache",
            Self::Seconds => "public, max-age=5",
            Self::Day => "public, max-age=86400",
            Self::Immutable => "public, max-age=31536000, immutable",
        })
    }
}

/// The bytes of a response in every encoding. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Body {
    content_type: HeaderValue,
    cache_control: HeaderValue,
    plain: Encoded,
    brotli: Option<Encoded>,
    gzip: Option<Encoded>,
}

#[derive(Clone, Debug)]
struct Encoded {
    bytes: Bytes,
    tag: HeaderValue,
}

impl Encoded {
    /// `version` identifies the content, and consists of letters, digits and dots.
    fn new(bytes: impl Into<Bytes>, version: &str, encoding: &str) -> Self {
        let tag = HeaderValue::try_from(format!("\"{version}.{encoding}\""));
        Self {
            bytes: bytes.into(),
            tag: tag.unwrap_or(HeaderValue::from_static("\"\"")),
        }
    }
}

impl Body {
    /// A body that is compressed now: a millisecond or two for a page.
    pub fn compressed(content_type: HeaderValue, bytes: Vec<u8>, version: &str) -> Self {
        let brotli = brotli(&bytes);
        let gzip = gzip(&bytes);
        Self::stored(
            content_type,
            CachePolicy::Revalidate,
            version,
            bytes,
            brotli,
            gzip,
        )
    }

    /// A body whose compressed forms already exist.
    pub fn stored(
        content_type: HeaderValue,
        policy: CachePolicy,
        version: &str,
        plain: Vec<u8>,
        brotli: Option<Vec<u8>>,
        gzip: Option<Vec<u8>>,
    ) -> Self {
        Self {
            content_type,
            cache_control: policy.header(),
            plain: Encoded::new(plain, version, "plain"),
            brotli: brotli.map(|bytes| Encoded::new(bytes, version, "br")),
            gzip: gzip.map(|bytes| Encoded::new(bytes, version, "gzip")),
        }
    }

    /// The same body with another cache policy.
    #[must_use]
    pub fn cached(self, policy: CachePolicy) -> Self {
        Self {
            cache_control: policy.header(),
            ..self
        }
    }

    /// Its size in all encodings together, in bytes.
    pub fn weight(&self) -> usize {
        let encoded = [Some(&self.plain), self.brotli.as_ref(), self.gzip.as_ref()];
        encoded
            .into_iter()
            .flatten()
            .map(|one| one.bytes.len())
            .sum()
    }

    /// The response to a request with these headers: the shortest acceptable encoding, or 304 if the client already has it.
    pub fn answer(&self, asked: &HeaderMap) -> Response<HttpBody> {
        let (encoded, encoding) = self.encoding_for(asked);
        let mut answer = if is_known(asked, &encoded.tag) {
            let mut unchanged = Response::new(HttpBody::empty());
            *unchanged.status_mut() = StatusCode::NOT_MODIFIED;
            unchanged
        } else {
            Response::new(HttpBody::from(encoded.bytes.clone()))
        };
        let headers = answer.headers_mut();
        headers.reserve(16);
        headers.insert(header::CONTENT_TYPE, self.content_type.clone());
        headers.insert(header::CACHE_CONTROL, self.cache_control.clone());
        headers.insert(header::ETAG, encoded.tag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        answer
    }

    fn encoding_for(&self, asked: &HeaderMap) -> (&Encoded, Option<&'static str>) {
        let accepted = accepted(asked);
        match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if accepts(accepted, "br") => (brotli, Some("br")),
            (_, Some(gzip)) if accepts(accepted, "gzip") => (gzip, Some("gzip")),
            (_, _) => (&self.plain, None),
        }
    }
}

/// The response to one caller alone, in the shortest encoding that the request accepts. Compresses now: a millisecond for a
/// page.
pub fn compressed_for(
    asked: &HeaderMap,
    content_type: HeaderValue,
    bytes: Vec<u8>,
) -> Response<HttpBody> {
    let accepted = accepted(asked);
    let compressed = if accepts(accepted, "br") {
        brotli(&bytes).map(|bytes| (bytes, Some("br")))
    } else if accepts(accepted, "gzip") {
        gzip(&bytes).map(|bytes| (bytes, Some("gzip")))
    } else {
        None
    };
    let (bytes, encoding) = compressed.unwrap_or((bytes, None));
    let mut answer = Response::new(HttpBody::from(bytes));
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    answer
}

/// The encodings that a request accepts.
fn accepted(asked: &HeaderMap) -> &str {
    let accepted = asked.get(header::ACCEPT_ENCODING);
    accepted
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Whether an `Accept-Encoding` header accepts this encoding, with a weight above zero.
fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let weight = weight.trim().strip_prefix("q=");
        let is_refused = weight.is_some_and(|q| q.trim_matches(['0', '.']).is_empty());
        name.trim().eq_ignore_ascii_case(encoding) && !is_refused
    })
}

/// Whether `If-None-Match` matches what would be sent (RFC 9110, 13.1.2: weak comparison).
fn is_known(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    let named = asked.get_all(header::IF_NONE_MATCH).into_iter();
    let mut tags = named
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|one| one.trim().trim_start_matches("W/"));
    tags.any(|one| one == "*" || one.as_bytes() == tag.as_bytes())
}

fn brotli(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, BROTLI_QUALITY, BROTLI_WINDOW);
    // Writing to memory can't fail; if it did, the uncompressed bytes would be sent.
    writer.write_all(bytes).ok()?;
    writer.flush().ok()?;
    Some(writer.into_inner())
}

fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::default());
    writer.write_all(bytes).ok()?;
    writer.finish().ok()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use proptest::prelude::*;

    use super::*;

    fn asking(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn a_request_gets_the_shortest_form_that_it_takes() {
        let body = Body::compressed(HTML, vec![b'x'; 1_000], "1");
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("GZIP", Some("gzip")),
            ("br;q=0, gzip;q=0.5", Some("gzip")),
            ("br;q=0.0,gzip;q=0", None),
            ("bro", None),
            ("", None),
        ] {
            let asked = asking(header::ACCEPT_ENCODING, accepted);
            let once = compressed_for(&asked, HTML, vec![b'x'; 1_000]);
            for answer in [body.answer(&asked), once] {
                let encoding = answer.headers().get(header::CONTENT_ENCODING);
                assert_eq!(
                    encoding.map(|value| value.to_str().unwrap()),
                    expected,
                    "{accepted}"
                );
                assert_eq!(answer.headers()[header::VARY], "accept-encoding");
            }
        }
    }

    #[test]
    fn what_a_browser_has_already_is_not_sent_again() {
        let body = Body::compressed(HTML, vec![b'x'; 1_000], "b.1.2");
        for (named, is_known) in [
            ("\"b.1.2.plain\"", true),
            ("W/\"b.1.2.plain\"", true),
            ("\"a\", \"b.1.2.plain\"", true),
            ("*", true),
            ("\"b.1.2.br\"", false),
            ("\"b.1.3.plain\"", false),
        ] {
            let answer = body.answer(&asking(header::IF_NONE_MATCH, named));
            let is_304 = answer.status() == StatusCode::NOT_MODIFIED;
            assert_eq!(is_304, is_known, "{named}");
            assert_eq!(answer.headers()[header::ETAG], "\"b.1.2.plain\"");
        }
    }

    proptest! {
        #[test]
        fn every_encoding_reads_back_as_the_same_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..4_000)) {
            let body = Body::compressed(HTML, bytes.clone(), "1");
            let mut read = Vec::new();
            let packed = body.brotli.unwrap().bytes;
            brotli::Decompressor::new(&packed[..], 4_096).read_to_end(&mut read).unwrap();
            prop_assert_eq!(&read, &bytes);
            let mut read = Vec::new();
            let packed = body.gzip.unwrap().bytes;
            flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut read).unwrap();
            prop_assert_eq!(&read, &bytes);
        }
    }
}
