//! Refuses cross-site requests that the CSRF layer lets through, because that ignores GET.

use axum::http::{HeaderMap, header};

/// Whether the browser says that the request comes from a page of another site. Other clients say nothing of the kind.
pub fn is_cross_site(headers: &HeaderMap, public_url: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "cross-site" || site == "same-site";
    }
    // Browsers send that header over HTTPS and to their own machine only, and older ones never. All of them name the origin
    // of a page that reads from another one; pages that read from their own need not be named.
    let Some(origin) = headers.get(header::ORIGIN) else {
        return false;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let is_ours = |origin: &str| {
        let authority = origin.strip_prefix("https://");
        let authority = authority.or_else(|| origin.strip_prefix("http://"));
        let is_of_host = authority.zip(host).is_some_and(|(ours, host)| ours == host);
        is_of_host || origin == public_url
    };
    !origin.to_str().is_ok_and(is_ours)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn a_page_of_another_site_is_told_by_what_each_browser_says_of_it() {
        let (site, origin, host) = ("sec-fetch-site", "origin", "host");
        for (said, is_foreign) in [
            (&[][..], false),
            (&[(host, "192.168.1.20:3000")], false),
            (&[(site, "same-origin")], false),
            (&[(site, "none")], false),
            (&[(site, "cross-site")], true),
            (
                &[(site, "same-site"), (origin, "https://a.clips.example")],
                true,
            ),
            (&[(origin, "https://clips.example")], false),
            (
                &[(origin, "https://clips.example"), (host, "127.0.0.1:3000")],
                false,
            ),
            (
                &[
                    (origin, "http://192.168.1.20:3000"),
                    (host, "192.168.1.20:3000"),
                ],
                false,
            ),
            (
                &[
                    (origin, "http://192.168.1.20:3001"),
                    (host, "192.168.1.20:3000"),
                ],
                true,
            ),
            (
                &[(origin, "http://evil.example"), (host, "192.168.1.20:3000")],
                true,
            ),
            (&[(origin, "https://clips.example.evil.example")], true),
            (&[(origin, "null"), (host, "null")], true),
        ] {
            let headers = said.iter().map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            });
            let headers = HeaderMap::from_iter(headers);
            let is_cross_site = is_cross_site(&headers, "https://clips.example");
            assert_eq!(is_cross_site, is_foreign, "{said:?}");
        }
    }
}
