//! What a desk shows and what is selected on it. This browser remembers the tab, the order of the moments and the keys.

use crate::{
    IS_SERVER,
    components::{
        moments::{order::Order, selection::Selection},
        presence::state::{PresenceState, use_presence},
        session::page_header::SessionPage,
        shared::tabs::Tab,
    },
    domain::{
        role::{Right, Role},
        session::Status,
        timestamp::TimestampId,
    },
    live::{
        browser::{after_input::track_input, storage},
        page::{feed::Feed, link_redemption::PageAccess},
        signals::views::*,
    },
    service::ServiceError,
    words::desk,
};

/// The pane of the moments.
pub(super) const MOMENTS: &str = "moments";
/// The pane of the rows.
pub(super) const LIST: &str = "list";
/// The pane of clock, buttons and note.
pub(super) const STREAM: &str = "stream";
/// The pane of everything else.
pub(super) const MORE: &str = "more";

/// The names of what is remembered.
const TAB: &str = "tab";
const ORDER: &str = "order";

/// The panes of the desk; a narrow window shows one at a time.
pub(super) const PANES: [Tab; 4] = [
    tab(MOMENTS, desk::MOMENTS, "M"),
    tab(LIST, desk::LIST, "L"),
    tab(STREAM, desk::STREAM, "T"),
    tab(MORE, desk::MORE, "D"),
];

/// The tabs of the pane of everything else, and what of them a moderator sees.
const TABS: [(Tab, Right); 6] = [
    (tab("share", desk::SHARE, "S"), Right::Moderate),
    (tab("links", desk::LINKS, "K"), Right::Control),
    (tab("rules", desk::RULES, "R"), Right::Control),
    (tab("log", desk::LOG, "O"), Right::Moderate),
    (tab("export", desk::EXPORT, "E"), Right::Moderate),
    (tab("session", desk::SESSION, "N"), Right::Control),
];

const fn tab(name: &'static str, label: &'static str, key: &'static str) -> Tab {
    Tab { name, label, key }
}

/// The tabs of the pane of everything else on this page.
pub(super) fn tabs(page: SessionPage) -> Vec<Tab> {
    let role = match page {
        SessionPage::Control => Role::Streamer,
        SessionPage::Moderate | SessionPage::Viewer => Role::Moderator,
    };
    let seen = TABS.iter().filter(|(_, right)| role.may(*right));
    seen.map(|(tab, _)| *tab).collect()
}

/// What a desk is drawn from, whole or as a dock.
#[derive(Clone)]
pub struct DeskStart {
    /// Its state.
    pub desk: DeskState,
    /// How this browser got here.
    pub access: PageAccess,
    /// Where links to this server begin.
    pub public_url: String,
    /// The id that the plain form sends.
    pub form_id: TimestampId,
    /// Why a plain form was refused, on the page that follows it.
    pub told: Option<ServiceError>,
}

/// The state of a desk.
#[derive(Clone, Copy)]
pub struct DeskState {
    /// The live session.
    pub feed: Feed,
    /// The role of this browser in it.
    pub role: Role,
    /// Whose desk it is.
    pub page: SessionPage,
    /// Whether it is a dock, which has neither panes nor rows.
    pub is_dock: bool,
    /// The name of the pane that a narrow window shows, and that keys go to.
    pub(super) pane: RwSignal<&'static str>,
    /// The name of the selected tab.
    pub(super) tab: RwSignal<&'static str>,
    /// The order of the moments.
    pub(super) order: RwSignal<Order>,
    /// The selected moment or range of time.
    pub(super) selection: Selection,
    /// Who else is here.
    pub(super) presence: PresenceState,
    /// Whether single characters are keys.
    pub(super) has_keys: RwSignal<bool>,
    /// Whether the dialog with the keys is open.
    pub(super) shows_keys: RwSignal<bool>,
}

impl DeskState {
    /// The desk of this page, as this browser left it.
    pub fn new(feed: Feed, role: Role, page: SessionPage, is_dock: bool) -> Self {
        let choice = |name| (!IS_SERVER).then(|| storage::choice(name)).flatten();
        let tabs = tabs(page);
        let known = choice(TAB).and_then(|name| tabs.iter().find(|tab| tab.name == name));
        let is_ended = matches!(feed.session.read_untracked().status, Status::Ended { .. });
        let tab = match (page, known) {
            // Whoever opens it after the stream has come for the files.
            (SessionPage::Control, _) if is_ended => "export",
            (_, Some(known)) => known.name,
            (SessionPage::Control, None) => "share",
            (SessionPage::Moderate | SessionPage::Viewer, None) => "log",
        };
        let chosen = choice(ORDER);
        let order = Order::CHOICES
            .into_iter()
            .find(|(_, name, _)| Some(*name) == chosen.as_deref());
        let state = Self {
            feed,
            role,
            page,
            is_dock,
            pane: RwSignal::new(if is_dock { MOMENTS } else { LIST }),
            tab: RwSignal::new(tab),
            order: RwSignal::new(order.map_or(Order::default(), |(order, _, _)| order)),
            selection: Selection::new(feed),
            presence: use_presence(feed),
            // A letter as a key can be switched off (WCAG 2.1.4): speech input types letters that nobody meant as keys.
            has_keys: RwSignal::new(IS_SERVER || storage::has_letter_shortcuts()),
            shows_keys: RwSignal::new(false),
        };
        track_input();
        Effect::new(move |before: Option<&'static str>| {
            let tab = state.tab.get();
            if before.is_some_and(|before| before != tab) {
                storage::set_choice(TAB, tab);
            }
            tab
        });
        state
    }

    /// Whether the panel of this tab is shown. Tracked.
    pub(super) fn is_shown(self, tab: &str) -> bool {
        self.tab.get() == tab
    }

    /// Whether the panel of this tab is shown, told again whenever somebody enters its pane. In a narrow window they had not
    /// seen it before, and only the stylesheet knows which window is narrow.
    pub(super) fn looked_at(self, tab: &'static str) -> Signal<bool> {
        let entered = Memo::new(move |before: Option<&usize>| {
            before.unwrap_or(&0) + usize::from(self.pane.get() == MORE)
        });
        Signal::derive(move || {
            drop(entered.read());
            self.is_shown(tab)
        })
    }

    /// Remembers the order of the moments.
    pub(super) fn remember_order(name: &'static str) {
        storage::set_choice(ORDER, name);
    }

    /// Switches the keys on or off.
    pub(super) fn set_keys(self, is_on: bool) {
        storage::set_letter_shortcuts(is_on);
        self.has_keys.set(is_on);
    }
}
