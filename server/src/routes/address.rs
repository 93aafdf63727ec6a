//! The one address of each session's pages: whatever else people type for its code leads there.

use app::domain::code::Code;
use axum::{http::Uri, response::Redirect};

/// What the code in an address is.
pub(super) enum Spelling {
    /// A code, as links spell it.
    Canonical(Code),
    /// A code in another spelling: this is its page.
    Other(Redirect),
    /// No code.
    NoCode,
}

/// Reads the code in the address `/s/CODE` of a page, or in one below it. `raw` is the code as it stands there, decoded.
pub(super) fn spelling(raw: &str, uri: &Uri) -> Spelling {
    let Ok(code) = raw.parse::<Code>() else {
        return Spelling::NoCode;
    };
    if raw == code.as_str() {
        return Spelling::Canonical(code);
    }
    // Browsers carry the fragment on by themselves, and a key with it.
    let below = uri.path().splitn(4, '/').nth(3);
    let below = below.map(|path| format!("/{path}")).unwrap_or_default();
    let query = uri.query().map(|query| format!("?{query}"));
    let query = query.unwrap_or_default();
    Spelling::Other(Redirect::permanent(&format!("/s/{code}{below}{query}")))
}

#[cfg(test)]
mod tests {
    use axum::{http::header, response::IntoResponse};

    use super::*;

    fn leads_to(raw: &str, address: &str) -> String {
        let Spelling::Other(redirect) = spelling(raw, &address.parse().unwrap()) else {
            panic!("{address} leads nowhere");
        };
        let answer = redirect.into_response();
        answer.headers()[header::LOCATION]
            .to_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn another_spelling_leads_to_the_same_page_with_the_same_query() {
        assert_eq!(leads_to("7kq0m1", "/s/7kq0m1"), "/s/7KQ0M1");
        assert_eq!(leads_to("7KQ0M1.", "/s/7KQ0M1."), "/s/7KQ0M1");
        let below = leads_to("7KQOM1", "/s/7KQOM1/control?refused=x%20y");
        assert_eq!(below, "/s/7KQ0M1/control?refused=x%20y");
        assert_eq!(
            leads_to("7KQ0M1\u{200b}", "/s/7KQ0M1%E2%80%8B/mine"),
            "/s/7KQ0M1/mine"
        );
    }

    #[test]
    fn the_spelling_of_links_stays_where_it_is() {
        let found = spelling("7KQ0M1", &Uri::from_static("/s/7KQ0M1"));
        assert!(matches!(found, Spelling::Canonical(code) if code.as_str() == "7KQ0M1"));
        let found = spelling("nowhere", &Uri::from_static("/s/nowhere"));
        assert!(matches!(found, Spelling::NoCode));
    }
}
