//! A link that is shown once: masked, because the panel may be visible on a stream.

use crate::{
    components::shared::{copy_button::CopyButton, focus::go_on, live_text::live_text},
    domain::{access::AccessKey, code::Code},
    live::signals::views::*,
    words::links,
};

/// A link that is shown once, until the user confirms that it is saved.
#[component]
pub fn SecretLink(
    /// The session.
    code: Code,
    /// Where links to this server begin.
    public_url: String,
    /// The link's secret.
    secret: AccessKey,
    /// Whether it takes little room.
    #[prop(optional)]
    is_slim: bool,
    /// The selector of what has the focus once it is cleared.
    next: &'static str,
    /// Clears it.
    #[prop(into)]
    on_saved: Callback<()>,
) -> impl IntoView {
    let link = secret.link(&public_url, &code);
    let masked = link
        .split_once('#')
        .map_or_else(String::new, |(start, _)| format!("{start}#••••••••"));
    let is_shown = RwSignal::new(false);
    let links::Fresh {
        heading,
        warning,
        copy,
        name,
        saved,
    } = links::fresh(secret.kind);
    let text = {
        let link = link.clone();
        move || {
            if is_shown.get() {
                link.clone()
            } else {
                masked.clone()
            }
        }
    };
    let saved_it = move |_| {
        on_saved.run(());
        go_on(".secret", next.to_owned());
    };
    view! {
        <section
            class="panel panel--accent secret"
            class:secret--slim=is_slim
            aria-label=heading data-secret=name
        >
            <h2>{heading}</h2>
            <p class="secret__warning">{warning}</p>
            <div class="copy-line">
                <output
                    class="copy-line__text"
                    class:copy-line__text--masked=move || !is_shown.get()
                    aria-label=name
                    translate="no"
                    inner_html=live_text(text)
                ></output>
                <CopyButton text=link label=copy />
                <button
                    type="button"
                    class="button button--quiet"
                    on:click=move |_| is_shown.update(|shown| *shown = !*shown)
                    inner_html=live_text(move || links::mask(is_shown.get()))
                ></button>
            </div>
            <button type="button" class="button" on:click=saved_it>
                {saved}
            </button>
        </section>
    }
    .into_any()
}
