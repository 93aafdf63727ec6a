//! The whole desk: the bar, the timeline, and the panes with moments, rows and everything else.

use leptos::{ev::FocusEvent, prelude::*};

use super::{
    addressed_moment::use_addressed_moment,
    bar::DeskBar,
    keys::use_keys,
    later::Later,
    notices::Notices,
    part::Part,
    side::DeskSide,
    state::{DeskStart, DeskState, LIST, MOMENTS, MORE, PANES},
};
use crate::{
    components::{
        moderation::moderation_list::ModerationList,
        moments::{
            moment_actions::MomentActions,
            moment_list::{self, MomentList, OrderSwitch},
            timeline::StaffTimeline,
        },
        shared::{event_target::closest, tabs::TabList},
    },
    words::desk as words,
};

/// The whole desk.
#[component]
pub fn WholeDesk(
    /// What it is drawn from.
    start: DeskStart,
) -> impl IntoView {
    let DeskStart {
        desk,
        access,
        public_url,
        form_id,
        told,
    } = start;
    let DeskState {
        feed,
        selection,
        presence,
        ..
    } = desk;
    use_keys(desk);
    let actions = MomentActions::new(feed, presence);
    let on_select = move |id| {
        desk.pane.set(MOMENTS);
        request_animation_frame(move || {
            if let Some(moment) = moment_list::element(id) {
                moment_list::focus(&moment);
            }
        });
    };
    use_addressed_moment(feed, selection, on_select);
    // In a wide window all panes are shown, and keys go to the one that has the focus.
    let enter = move |event: FocusEvent| {
        let pane = closest(&event, "[data-pane]").and_then(|pane| pane.get_attribute("data-pane"));
        let name = [MOMENTS, LIST, MORE]
            .into_iter()
            .find(|name| pane.as_deref() == Some(name));
        if let Some(name) = name
            && desk.pane.get_untracked() != name
        {
            desk.pane.set(name);
        }
    };
    view! {
        <main class="desk" class:desk--no-keys=move || !desk.has_keys.get() data-shown=move || desk.pane.get()>
            <DeskBar desk form_id told />
            <Notices desk access public_url=public_url.clone() />
            <div class="desk__main" inert=move || feed.is_revoked() on:focusin=enter>
                <StaffTimeline feed selection done=actions.done on_select />
                <div class="desk__pane desk__moments" id="pane-moments" data-pane="moments">
                    <MomentList feed order=Signal::derive(move || desk.order.get()) selection actions>
                        <OrderSwitch order=desk.order on_choose=DeskState::remember_order />
                    </MomentList>
                </div>
                <div class="desk__pane desk__list" id="pane-list" data-pane="list">
                    <ModerationList feed range=Signal::derive(move || selection.range()) presence />
                </div>
                <DeskSide desk access public_url />
            </div>
            <nav class="desk__tabs" aria-label=words::PANES>
                <TabList label=words::PANES tabs=PANES.to_vec() selected=desk.pane has_keys=desk.has_keys />
            </nav>
            <Later part=Part::Keys(desk) is_wanted=move || desk.shows_keys.get() />
        </main>
    }
    .into_any()
}
