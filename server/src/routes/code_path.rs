//! The canonical address of a session's pages: other spellings of its code redirect there.

use app::domain::code::Code;
use axum::{
    extract::{FromRequestParts, Path},
    http::{Uri, request::Parts},
    response::{IntoResponse, Redirect, Response},
};

use super::pages::Pages;

/// The code in the address `/s/CODE` of a page, or in an address below it. Other spellings, and a code with something behind
/// it, redirect to the page; anything that is no code gets the page that says that there is no such session.
pub struct CodePath(pub Code);

impl FromRequestParts<Pages> for CodePath {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Response> {
        let raw = Path::<String>::from_request_parts(parts, pages).await;
        let Path(raw) = raw.map_err(IntoResponse::into_response)?;
        match Code::leading(&raw) {
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

/// Redirects from an address of a session's page as it is easily typed: with a trailing slash, or all in capitals.
pub(super) fn mistyped(uri: &Uri) -> Option<Redirect> {
    let path = uri.path();
    let in_capitals = path.strip_prefix("/S/");
    let below = in_capitals.or_else(|| path.strip_prefix("/s/")?.strip_suffix('/'))?;
    Some(to(&format!("/s/{below}"), uri))
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
    fn a_slash_at_the_end_and_capitals_of_a_session_s_page_go_and_its_query_stays() {
        let mended = |address: &'static str| mistyped(&Uri::from_static(address)).map(leads_to);
        for (address, meant) in [
            ("/s/7KQ0M1/", "/s/7KQ0M1"),
            ("/s/7KQ0M1/mod/?refused=x", "/s/7KQ0M1/mod?refused=x"),
            ("/S/7KQ0M1", "/s/7KQ0M1"),
            ("/S/7KQ0M1?pressed=x", "/s/7KQ0M1?pressed=x"),
        ] {
            assert_eq!(mended(address).as_deref(), Some(meant), "{address}");
        }
        for other in ["/s/7KQ0M1", "/privacy/", "/", "/S"] {
            assert_eq!(mended(other), None, "{other}");
        }
    }
}
