//! The panel for a link that was just created.

use super::secret_link::SecretLink;
use crate::{
    domain::{access::AccessKey, code::Code},
    live::signals::views::*,
};

/// Shows a link that was just created, until the user confirms that it is saved.
#[component]
pub fn NewLinkPanel(
    /// The session.
    code: Code,
    /// Where links to this server begin.
    public_url: String,
    /// The link's secret, while there is one to show.
    secret: RwSignal<Option<AccessKey>>,
) -> impl IntoView {
    let card = move |key| {
        view! {
            <SecretLink
                code=code.clone()
                public_url=public_url.clone()
                secret=key
                next="#tab-links"
                on_saved=move |()| secret.set(None)
            />
        }
    };
    move || secret.get().map(&card)
}
