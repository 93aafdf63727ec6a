//! What the staff do to moments: the buttons of each in the list, one listener for all of them, and what was done last.

use std::collections::HashSet;

use leptos::ev;
use litemap::LiteMap;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement};

use super::merging::{Merging, RequestedMerge};
use crate::{
    api,
    components::{
        moderation::row_interaction::UndoableAction,
        presence::{edited_by::edited_by, state::PresenceState},
        shared::{
            event_target::{DOES, MOMENT, closest, moment_at, target},
            one_intention::{LastClick, use_last_click},
            server_call::{ServerCall, forgets_absences, use_server_call},
        },
    },
    domain::{
        moderation::ModerationId,
        moments::{
            moment::{Moment, MomentId},
            moment_edit::{MomentBeganAt, MomentEditInput},
        },
        presence::Edited,
    },
    live::{
        browser::{after_paint::after_paint, random},
        calls::retry,
        page::feed::Feed,
        signals::views::*,
    },
    service::ServiceError,
    words::{errors, moments as words},
};

/// Gives a star, or takes it away.
pub(super) const STAR: &str = "star";
/// Hides the moment from viewers, or shows it again.
pub(super) const HIDE: &str = "hide";
/// Opens the dialog with everything else that can be changed.
pub(super) const EDIT: &str = "edit";
/// Merges the ticked moments into this one.
pub(super) const MERGE: &str = "merge";

/// What came of edits that were made one after the other.
#[derive(Default)]
pub(super) struct Performed {
    /// Those that were made.
    pub(super) edits: Vec<MomentEditInput>,
    /// How many moments the last of them merged, if it did.
    pub(super) merged: Option<u32>,
    /// Why the next one was refused.
    pub(super) refusal: Option<ServiceError>,
}

/// What is being done with the moments.
#[derive(Clone, Copy)]
pub struct MomentActions {
    pub(super) feed: Feed,
    presence: PresenceState,
    /// Its error is that of the bar's button, and stands beside it.
    calling: ServerCall,
    /// Those that were ticked, to be merged; some of them may be gone.
    pub ticked: RwSignal<HashSet<MomentId>>,
    /// Those of the ticked ones that are still there.
    pub(super) still_ticked: Memo<HashSet<MomentId>>,
    /// The one that the dialog is about. The others of the staff are told.
    pub editing: RwSignal<Option<MomentId>>,
    /// The merges that were asked for, in this order, each until it is done.
    pub(super) requested_merges: RwSignal<Vec<RequestedMerge>>,
    last_click: LastClick,
    /// Those for which a call is in progress.
    pub busy: RwSignal<HashSet<MomentId>>,
    /// What is to be done with which of those after it, and what is said of it then.
    waiting: StoredValue<Vec<(MomentId, MomentEditInput, String)>>,
    /// Those with which something failed, and why.
    pub failed: RwSignal<LiteMap<MomentId, ServiceError>>,
    /// What was done last, and can be undone.
    pub done: RwSignal<Option<UndoableAction>>,
    /// What was done, or why it was not, for screen readers.
    pub said: RwSignal<String>,
    /// Whether a pointer or the space bar is down in the list: a moment that is drawn again meanwhile would lose the click.
    pub is_held: StoredValue<bool>,
    /// Tells that it was lifted, or that a pointer or the focus has left the list: what has changed meanwhile can be drawn.
    pub released: Trigger,
}

impl MomentActions {
    /// Nothing is done yet.
    pub fn new(feed: Feed, presence: PresenceState) -> Self {
        let ticked = RwSignal::<HashSet<MomentId>>::default();
        let still_ticked = Memo::new(move |_| {
            let (ticked, highlights) = (ticked.read(), feed.highlights.read());
            let ids = highlights.moments().map(|moment| moment.id);
            ids.filter(|id| ticked.contains(id)).collect()
        });
        let failed = RwSignal::<LiteMap<MomentId, ServiceError>>::default();
        forgets_absences(failed, feed);
        let calling = use_server_call();
        calling.forgets_absence(feed);
        Self {
            feed,
            presence,
            calling,
            ticked,
            still_ticked,
            editing: presence.moment,
            requested_merges: RwSignal::default(),
            last_click: use_last_click(),
            busy: RwSignal::default(),
            waiting: StoredValue::default(),
            failed,
            done: RwSignal::default(),
            said: RwSignal::default(),
            is_held: StoredValue::new(false),
            released: Trigger::new(),
        }
    }

    /// A moment as it stands.
    pub fn find(self, id: MomentId) -> Option<Moment> {
        let highlights = self.feed.highlights.read_untracked();
        highlights.moment(id).cloned()
    }

    /// Does something to a moment, or several things one after the other, each of which is an action of the log. `began_at`
    /// is what they may replace; `None` where whoever acts last wins. `words` tell what was done of it, and `then` hears it.
    pub(super) fn perform(
        self,
        id: MomentId,
        edits: Vec<MomentEditInput>,
        began_at: Option<MomentBeganAt>,
        words: impl FnOnce(&Performed) -> String + 'static,
        then: impl FnOnce(Performed) + 'static,
    ) {
        if edits.is_empty() || self.busy.read_untracked().contains(&id) {
            return;
        }
        self.busy.update(|busy| {
            busy.insert(id);
        });
        self.failed.update(|failed| drop(failed.remove(&id)));
        // So that the same failure is announced again.
        self.said.set(String::new());
        let code = self.feed.code();
        let call = async move {
            let mut acts: Vec<ModerationId> = Vec::new();
            let mut performed = Performed::default();
            for edit in edits {
                let act = random::moderation_id();
                let ask = || {
                    let began_at = began_at.clone();
                    api::moments::edit_moment(code.clone(), id, edit.clone(), act, began_at, true)
                };
                match retry::with_retry(ask).await {
                    Ok(merged) => performed.merged = merged,
                    Err(refusal) => {
                        performed.refusal = Some(refusal);
                        break;
                    }
                }
                acts.push(act);
                performed.edits.push(edit);
            }
            Ok((acts, performed))
        };
        self.calling.beside(call, move |made| {
            self.busy.update(|busy| {
                busy.remove(&id);
            });
            let Ok((acts, performed)) = made else {
                return;
            };
            self.feed.retry_now.run(());
            // What was pressed again meanwhile is done.
            let next = self.waiting.try_update_value(|waiting| {
                waiting.retain(|(of, edit, _)| *of != id || !performed.edits.contains(edit));
                let at = waiting.iter().position(|(of, ..)| *of == id)?;
                Some(waiting.remove(at))
            });
            if !acts.is_empty() {
                self.done.set(Some(UndoableAction {
                    acts,
                    words: words(&performed),
                    about: way_to(id, None),
                }));
            }
            then(performed);
            if let Some((id, edit, words)) = next.flatten() {
                self.switch(id, edit, words);
            }
        });
    }

    /// Stars or hides a moment, or takes that back: at once, or after what is being done with it. `words` tell it.
    fn switch(self, id: MomentId, edit: MomentEditInput, words: String) {
        if self.busy.read_untracked().contains(&id) {
            self.waiting
                .update_value(|waiting| waiting.push((id, edit, words)));
            return;
        }
        let tell = move |done| self.tell(id, done);
        self.perform(id, vec![edit], None, move |_| words, tell);
    }

    /// Shows beside a moment why something failed, and announces it once: the row is drawn again and again.
    pub(super) fn tell(self, id: MomentId, done: Performed) {
        if let Some(refusal) = done.refusal {
            let (said, words) = (self.said, errors::error(&refusal).into_owned());
            // After what was done before it, of which the bar tells. The page may be left by then.
            request_animation_frame(move || drop(said.try_set(words)));
            self.failed
                .update(|failed| drop(failed.insert(id, refusal)));
        }
    }

    /// Whether the ticked moments can be merged. Tracked; no memo, because another type of one weighs more than this.
    pub(super) fn merging(self) -> Merging {
        let (ticked, highlights) = (self.still_ticked.read(), self.feed.highlights.read());
        let moments = highlights.moments();
        Merging::of(moments.filter(|moment| ticked.contains(&moment.id)))
    }

    /// Why the bar's button did not merge the ticked moments: their rows may be out of sight, unlike the bar.
    pub(super) fn merge_error(self) -> RwSignal<Option<ServiceError>> {
        self.calling.error
    }

    /// A button of a moment was pressed.
    pub(super) fn clicked(self, event: &ev::MouseEvent) {
        let does = closest(event, "[data-does]").and_then(|button| button.get_attribute(DOES));
        let id = target(event).and_then(|target| moment_at(&target));
        let moment = id.and_then(|id| self.find(id));
        let (Some(does), Some(moment)) = (does, moment) else {
            return;
        };
        let (id, at) = (moment.id, moment.peak);
        let is_new = || {
            self.last_click
                .is_new(event, [&does, id.0.to_string().as_str()].concat())
        };
        match does.as_str() {
            STAR if is_new() => {
                let starred = !moment.starred;
                let edit = MomentEditInput::SetStarred { starred };
                self.switch(id, edit, words::starred(at, starred));
            }
            HIDE if is_new() => {
                let hidden = !moment.hidden;
                let edit = MomentEditInput::SetHidden { hidden };
                self.switch(id, edit, words::hidden(at, hidden));
            }
            EDIT => self.editing.set(Some(id)),
            MERGE => self.request_merge(id, false),
            _ => {}
        }
    }

    /// Asks for the ticked moments to become part of this one. Asking for the same again before it is done asks for nothing
    /// more.
    pub(super) fn request_merge(self, into: MomentId, by_bar: bool) {
        let ticked = self.still_ticked.get_untracked();
        let is_same = |of: &RequestedMerge| of.into == into && of.ticked == ticked;
        if self.requested_merges.read_untracked().iter().any(is_same) {
            return;
        }
        self.requested_merges.update(|requested| {
            requested.push(RequestedMerge {
                into,
                ticked,
                by_bar,
            });
        });
    }

    /// A moment was ticked, or is no longer.
    pub(super) fn box_changed(self, event: &Event) {
        let field = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(field) = field
            && let Some(id) = moment_at(&field)
        {
            // It was about other ones.
            self.merge_error().set(None);
            self.ticked.update(|ticked| {
                if field.checked() {
                    ticked.insert(id);
                } else {
                    ticked.remove(&id);
                }
            });
        }
    }

    /// Holds the list still while a pointer or the space bar is down in it. To be called once.
    pub(super) fn use_release(self) {
        // The click comes after that was lifted, is to find its button, and what it does is shown first.
        let release = move || {
            after_paint(move || {
                if self.is_held.try_update_value(std::mem::take) == Some(true) {
                    self.released.notify();
                }
            });
        };
        Effect::new(move |_| {
            let ends = ["pointerup", "pointercancel", "keyup", "blur"];
            let listeners = ends.map(|end| window_event_listener_untyped(end, move |_| release()));
            on_cleanup(move || listeners.into_iter().for_each(|listener| listener.remove()));
        });
    }

    /// What is ticked, in progress, refused and edited by others of each moment. Tracked.
    pub(super) fn progress(self) -> impl Fn(MomentId) -> Progress {
        // Read once: there are hundreds of moments.
        let (ticked, busy) = (self.still_ticked.read(), self.busy.read());
        let (failed, editors) = (self.failed.read(), self.presence.editors.read());
        let can_merge = self.merging() == Merging::Possible;
        move |id| {
            let is_ticked = ticked.contains(&id);
            let failure = failed.get(&id);
            Progress {
                is_ticked,
                can_merge: is_ticked && can_merge,
                is_busy: busy.contains(&id),
                failure: failure.map(|error| errors::error(error).into_owned()),
                edited_by: edited_by(&editors, Edited::Moment(id)),
            }
        }
    }
}

/// What is being done with one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// Whether it is ticked.
    pub(super) is_ticked: bool,
    /// Whether the other ticked ones can be merged into it.
    pub(super) can_merge: bool,
    /// Whether a call is in progress.
    pub(super) is_busy: bool,
    /// Why something failed.
    pub(super) failure: Option<String>,
    /// Who else is editing it, as markup.
    pub(super) edited_by: String,
}

/// The selector of a moment's element, or of the control in it that has a key, wherever the list shows them.
pub(crate) fn moment_or_control(element: &Element) -> Option<String> {
    let id = moment_at(element)?;
    let key = element.get_attribute("data-key");
    Some(way_to(id, key.as_deref()))
}

/// The selector of the control of a moment that has this key; of the moment, if there is none; and if the moment is gone, of
/// the one that the Tab key leads to.
pub(super) fn way_to(id: MomentId, key: Option<&str>) -> String {
    let moment = ["[", MOMENT, "='", &id.0.to_string(), "']"].concat();
    let other = ["#moment-list:not(:has(", &moment, ")) > [tabindex='0']"].concat();
    let Some(key) = key else {
        return [&moment, ", ", &other].concat();
    };
    let control = ["[data-key='", key, "']"].concat();
    [
        &moment,
        " ",
        &control,
        ", ",
        &moment,
        ":not(:has(",
        &control,
        ")), ",
        &other,
    ]
    .concat()
}
