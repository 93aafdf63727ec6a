//! Which desk a plain form was sent from, so that its answer leads back there.

use std::convert::Infallible;

use app::{
    domain::{access::LinkKind, code::Code},
    forms::refusal_to_query,
    service::ServiceError,
};
use axum::{
    extract::FromRequestParts,
    http::{Uri, header, request::Parts},
};

/// The desk that a form was sent from, by its `Referer`, which our pages send to their own site. It only chooses among the
/// desks of the session, so it leads nowhere else. The control panel if it is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentFrom {
    page: LinkKind,
    is_dock: bool,
}

impl SentFrom {
    fn at(address: &Uri) -> Self {
        let page = match address.path().ends_with("/mod") {
            true => LinkKind::Moderator,
            false => LinkKind::Control,
        };
        let mut query = address.query().unwrap_or_default().split('&');
        let is_dock = query.any(|pair| pair.split('=').next() == Some("dock"));
        Self { page, is_dock }
    }

    /// The address of that desk, where it says why something was refused, if it was.
    pub(super) fn desk(self, code: &Code, refused: Option<&ServiceError>) -> String {
        let dock = self.is_dock.then(|| ("dock", String::new()));
        let refused = refused.map(|error| ("refused", refusal_to_query(error)));
        let query: Vec<_> = dock.into_iter().chain(refused).collect();
        // Strings: this can't fail.
        let query = serde_urlencoded::to_string(&query).unwrap_or_default();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/s/{code}/{}{mark}{query}", self.page.page())
    }
}

impl<S: Sync> FromRequestParts<S> for SentFrom {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let referer = parts.headers.get(header::REFERER);
        let referer = referer.and_then(|address| address.to_str().ok()?.parse().ok());
        Ok(Self::at(&referer.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_one_of_the_desks_and_whether_it_is_a_dock() {
        for (address, page, is_dock) in [
            (
                "https://clips.example/s/000000/mod",
                LinkKind::Moderator,
                false,
            ),
            (
                "https://clips.example/s/000000/mod?refused=x&dock=",
                LinkKind::Moderator,
                true,
            ),
            (
                "https://clips.example/s/000000/control?dock",
                LinkKind::Control,
                true,
            ),
            (
                "https://clips.example/s/000000/control?docks",
                LinkKind::Control,
                false,
            ),
            ("https://evil.example/", LinkKind::Control, false),
            ("/", LinkKind::Control, false),
        ] {
            let sent_from = SentFrom::at(&address.parse().unwrap());
            assert_eq!(sent_from, SentFrom { page, is_dock }, "{address}");
        }
    }
}
