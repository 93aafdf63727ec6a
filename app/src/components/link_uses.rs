//! Which links were used, when, and in how many browsers.

use leptos::prelude::*;

use super::{form_error::FormError, server_call::use_server_call, utc::date_and_time};
use crate::{
    api,
    domain::{access::Link, code::Code},
    live::call,
};

/// Which links were used, when, and in how many browsers. It is read when it is unfolded.
#[component]
pub fn LinkUses(
    /// The session.
    code: Code,
) -> impl IntoView {
    let code = StoredValue::new(code);
    let links = RwSignal::new(None::<Vec<Link>>);
    let loading = use_server_call();
    let load = move || {
        let all = call::in_time(api::links::links(code.get_value()));
        loading.supersede(all, move |all| {
            loading.error.set(None);
            links.set(Some(all));
        });
    };
    view! {
        <details
            class="panel fold"
            on:toggle=move |event| {
                if event_target::<web_sys::HtmlDetailsElement>(&event).open() {
                    load();
                }
            }
        >
            <summary>
                <h2>"Uses of links"</h2>
            </summary>
            <p>"More browsers than you expect? Revoke that moderator link, or replace the control link."</p>
            <FormError error=loading.error />
            <ul class="links">
                <For
                    each=move || links.get().unwrap_or_default()
                    key=|link| (link.id.0, link.last_used_at, link.revoked_at, link.uses.browsers)
                    let:link
                >
                    <LinkUse link />
                </For>
            </ul>
            <button type="button" class="button button--quiet" on:click=move |_| load()>
                "Look again"
            </button>
        </details>
    }
    .into_any()
}

#[component]
fn LinkUse(link: Link) -> impl IntoView {
    let state = state(&link);
    let opened: Vec<_> = link
        .uses
        .redeemed_at
        .iter()
        .copied()
        .map(date_and_time)
        .collect();
    view! {
        <li class="link" class:link--revoked=link.revoked_at.is_some()>
            <span class="link__label" dir="auto">{link.label.to_string()}</span>
            " "
            <span class="link__use">{state}</span>
            {(!opened.is_empty())
                .then(|| {
                    view! {
                        <span class="link__use">{format!("first opened {}", opened.join(", "))}</span>
                    }
                })}
        </li>
    }
}

/// How many browsers hold a link, and when it was last used or died.
fn state(link: &Link) -> String {
    let browsers = match link.uses.browsers {
        0 => "in no browser yet".to_owned(),
        1 => "in 1 browser".to_owned(),
        browsers => format!("in {browsers} browsers"),
    };
    match (link.revoked_at, link.last_used_at) {
        (Some(time), _) => format!("dead since {}; it was {browsers}", date_and_time(time)),
        (None, Some(time)) => format!("{browsers}, last used {}", date_and_time(time)),
        (None, None) => format!("{browsers}, made {}", date_and_time(link.created_at)),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        access::{LinkId, LinkKind, Uses},
        text::Text,
    };

    fn link(browsers: u32) -> Link {
        Link {
            id: LinkId(Uuid::nil()),
            kind: LinkKind::Moderator,
            label: Text::parse("Anna").unwrap(),
            created_at: DateTime::UNIX_EPOCH,
            last_used_at: None,
            revoked_at: None,
            uses: Uses {
                browsers,
                redeemed_at: Vec::new(),
            },
        }
    }

    #[test]
    fn a_link_tells_how_many_browsers_hold_it_and_when_it_was_used() {
        let later = |hours| Some(DateTime::UNIX_EPOCH + TimeDelta::hours(hours));
        insta::assert_snapshot!(state(&link(0)), @"in no browser yet, made 01 Jan 00:00 UTC");
        let used = Link {
            last_used_at: later(1),
            ..link(1)
        };
        insta::assert_snapshot!(state(&used), @"in 1 browser, last used 01 Jan 01:00 UTC");
        let dead = Link {
            revoked_at: later(2),
            last_used_at: later(1),
            ..link(3)
        };
        insta::assert_snapshot!(state(&dead), @"dead since 01 Jan 02:00 UTC; it was in 3 browsers");
    }
}
