//! The moment that the address of a desk names: a mark of the timeline that is opened in a tab of its own leads to it.

use leptos::ev;

use crate::{
    api,
    components::{
        moments::{moment_list, selection::Selection},
        shared::{focus::NOWHERE, server_call::use_server_call},
    },
    domain::moments::moment::MomentId,
    live::{calls::retry, page::feed::Feed, signals::views::*},
};

/// Selects the moment that the address names, or the one that it became part of, as soon as moments are known, unless something
/// was selected while they were awaited. Calls `show` with it unless somebody is busy elsewhere on the page.
pub(super) fn use_addressed_moment(
    feed: Feed,
    selection: Selection,
    show: impl Fn(MomentId) + 'static,
) {
    let wanted = RwSignal::new(None::<MomentId>);
    let asking = use_server_call();
    // Pages don't know which moments became part of others: there can be thousands, and only links lead to them.
    let follow = move |id| {
        let (code, was_made) = (feed.code(), selection.is_made());
        let ask = retry::with_retry(move || api::moments::current_moment(code.clone(), id));
        asking.supersede(ask, move |current| {
            let is_chosen = !was_made && selection.is_made();
            if current != id && !is_chosen {
                wanted.set(Some(current));
            }
        });
    };
    Effect::new(move |_| {
        wanted.set(in_address());
        let listener = window_event_listener(ev::hashchange, move |_| wanted.set(in_address()));
        on_cleanup(move || listener.remove());
    });
    Effect::new(move |has_waited: Option<bool>| {
        let Some(id) = wanted.get() else {
            return false;
        };
        let (is_there, is_pending) = {
            let highlights = feed.highlights.read();
            (highlights.moment(id).is_some(), highlights.is_pending())
        };
        let has_chosen = has_waited == Some(true) && untrack(|| selection.is_made());
        if is_there && !has_chosen {
            selection.select(id);
            if is_free_for(id) {
                show(id);
            }
        }
        if is_there || !is_pending {
            wanted.set(None);
        }
        match is_there || is_pending {
            true => asking.abandon(),
            false => follow(id),
        }
        !is_there && is_pending
    });
}

fn in_address() -> Option<MomentId> {
    named_by(&window().location().hash().ok()?)
}

/// The moment that a fragment names.
fn named_by(fragment: &str) -> Option<MomentId> {
    let id = fragment.strip_prefix("#moment-")?;
    id.parse().ok().map(MomentId)
}

/// Whether nothing has the focus, or only the moment: browsers focus what an address names.
fn is_free_for(id: MomentId) -> bool {
    let focused = document().active_element();
    focused.is_none_or(|focused| {
        matches!(focused.closest(NOWHERE), Ok(Some(_)))
            || moment_list::element(id).is_some_and(|moment| moment == focused)
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_fragment_names_a_moment_if_it_is_the_id_of_its_element() {
        let id = "00000000-0000-0000-0000-000000000007";
        let moment = MomentId(Uuid::from_u128(7));
        assert_eq!(named_by(&format!("#moment-{id}")), Some(moment));
        for other in ["", "#", "#moment-", "#moment-editor", &format!("#{id}")] {
            assert_eq!(named_by(other), None, "{other}");
        }
    }
}
