//! The canonical address of a session's pages: other spellings of its code redirect there.

use app::domain::code::Code;
use axum::{
    extract::{FromRequestParts, Path},
    http::{Uri, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

use super::pages::Pages;

/// The code in the address `/s/CODE` of a page, or in an address below it. Other spellings redirect to the page; anything
/// that is no code gets the page that says that there is no such session.
pub struct CodePath(pub Code);

impl FromRequestParts<Pages> for CodePath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Response> {
        let raw = Path::<String>::from_request_parts(parts, pages).await;
        let Path(raw) = raw.map_err(IntoResponse::into_response)?;
        match raw.parse::<Code>() {
            Ok(code) if raw == code.as_str() => Ok(Self(code)),
            Ok(code) => Err(page_of(&code, &parts.uri).into_response()),
            Err(_) => Err(pages.no_session(&parts.headers)),
        }
    }
}

/// Redirects to the page with the code in its canonical spelling. Browsers keep the fragment, and with it a key.
fn page_of(code: &Code, uri: &Uri) -> Redirect {
    let below = uri.path().splitn(4, '/').nth(3);
    let below = below.map(|path| format!("/{path}")).unwrap_or_default();
    to(&format!("/s/{code}{below}"), uri)
}

/// Redirects from an address with a trailing slash, which is easily typed.
pub(super) fn without_slash(uri: &Uri) -> Option<Redirect> {
    let path = uri.path().strip_suffix('/')?;
    path.starts_with("/s/").then(|| to(path, uri))
}

/// The same query at another path.
fn to(path: &str, uri: &Uri) -> Redirect {
    match uri.query() {
        Some(query) => Redirect::permanent(&format!("{path}?{query}")),
        None => Redirect::permanent(path),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    fn leads_to(redirect: Redirect) -> String {
        let answer = redirect.into_response();
        let location = answer.headers()[header::LOCATION].to_str().unwrap();
        location.to_owned()
    }

    fn spelled(address: &str) -> String {
        let uri: Uri = address.parse().unwrap();
        leads_to(page_of(&"7KQ0M1".parse().unwrap(), &uri))
    }

    #[test]
    fn another_spelling_leads_to_the_same_page_with_the_same_query() {
        assert_eq!(spelled("/s/7kq0m1"), "/s/7KQ0M1");
        assert_eq!(spelled("/s/7KQ0M1%E2%80%8B/mine"), "/s/7KQ0M1/mine");
        assert_eq!(
            spelled("/s/7KQOM1/control?refused=x%20y"),
            "/s/7KQ0M1/control?refused=x%20y"
        );
    }

    #[test]
    fn a_slash_at_the_end_of_a_session_s_page_goes_and_its_query_stays() {
        let stripped = |address: &'static str| {
            let found = without_slash(&Uri::from_static(address));
            found.map(leads_to)
        };
        assert_eq!(stripped("/s/7KQ0M1/").as_deref(), Some("/s/7KQ0M1"));
        assert_eq!(
            stripped("/s/7KQ0M1/mod/?refused=x").as_deref(),
            Some("/s/7KQ0M1/mod?refused=x")
        );
        for other in ["/s/7KQ0M1", "/privacy/", "/"] {
            assert_eq!(stripped(other), None, "{other}");
        }
    }
}
