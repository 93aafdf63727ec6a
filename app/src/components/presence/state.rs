//! What a desk knows of who is here, and what it has editors open for.

use super::announcer::use_announcer;
use crate::{
    domain::{
        moments::moment::MomentId,
        presence::{Announced, Colleague, Edited, Editors, PersonId, Presence},
        timestamp::TimestampId,
    },
    json,
    live::{clock, connection::state_machine::Connection, page::feed::Feed, signals::views::*},
};

/// How long a page that is not live shows what it was told last, in milliseconds. It is told with each announcement, of which
/// one may be lost.
const STALE_MS: f64 = 35_000.0;

/// Who is here, and what this page edits.
#[derive(Clone, Copy)]
pub struct PresenceState {
    /// The row whose note this page edits.
    pub row: RwSignal<Option<TimestampId>>,
    /// The moment that this page edits.
    pub moment: RwSignal<Option<MomentId>>,
    /// How many viewers are here; `None` while that is not known.
    pub viewers: Memo<Option<u32>>,
    /// The others of the staff; `None` while they are not known.
    pub others: Memo<Option<Vec<Colleague>>>,
    /// What they have editors open for.
    pub editors: Memo<Editors>,
}

/// Follows who is here, and announces this page to the others, until the owner of the caller is cleaned up. On the server
/// nobody is known.
pub fn use_presence(feed: Feed) -> PresenceState {
    let row = RwSignal::new(None);
    let moment = RwSignal::new(None);
    let told = Told {
        feed,
        presence: RwSignal::new(None),
        own: RwSignal::new(None),
        is_fresh: RwSignal::new(false),
        told_at: StoredValue::new(f64::NEG_INFINITY),
    };
    told.follow();
    // A moment's editor covers the rows.
    let editing = Memo::new(move |_| {
        let row = || row.get().map(Edited::Timestamp);
        moment.get().map(Edited::Moment).or_else(row)
    });
    let answered = Callback::new(move |announced| told.take_answer(announced));
    use_announcer(feed, editing, answered);
    PresenceState {
        row,
        moment,
        viewers: Memo::new(move |_| told.read(|presence| presence.viewers)),
        others: Memo::new(move |_| {
            let own = told.own.get()?;
            told.read(|presence| presence.others(own))
        }),
        editors: Memo::new(move |_| {
            let editors = told
                .own
                .get()
                .and_then(|own| told.read(|presence| presence.editors(own)));
            editors.unwrap_or_default()
        }),
    }
}

/// What the page was told.
#[derive(Clone, Copy)]
struct Told {
    feed: Feed,
    presence: RwSignal<Option<Presence>>,
    /// Who of the staff this browser is. Until that is known, nobody can be told apart from oneself.
    own: RwSignal<Option<PersonId>>,
    /// Whether it is still shown.
    is_fresh: RwSignal<bool>,
    /// When it was last known to be so.
    told_at: StoredValue<f64>,
}

impl Told {
    fn follow(self) {
        Effect::new(move |_| {
            let json = self.feed.presence.get();
            if let Some(presence) = json.and_then(|json| json::read(&json)) {
                self.presence.set(Some(presence));
            }
        });
        // The clock moves twice a second, whether the page is live or not.
        Effect::new(move |_| {
            self.feed.now.get();
            if matches!(self.feed.connection.get(), Connection::Live { .. }) {
                self.told_at.set_value(clock::elapsed_ms());
            }
            self.look();
        });
    }

    /// While the page is live the stream tells what changes, at least as early.
    fn take_answer(self, announced: Announced) {
        self.own.set(Some(announced.person));
        let is_live = matches!(
            self.feed.connection.get_untracked(),
            Connection::Live { .. }
        );
        if !is_live || self.feed.presence.get_untracked().is_none() {
            self.presence.set(Some(announced.presence));
            self.told_at.set_value(clock::elapsed_ms());
            self.look();
        }
    }

    fn look(self) {
        let is_fresh = clock::elapsed_ms() - self.told_at.get_value() < STALE_MS;
        if self.is_fresh.get_untracked() != is_fresh {
            self.is_fresh.set(is_fresh);
        }
    }

    /// Something of it, if it is shown. Tracked.
    fn read<T>(self, of: impl FnOnce(&Presence) -> T) -> Option<T> {
        match self.is_fresh.get() {
            true => self.presence.read().as_ref().map(of),
            false => None,
        }
    }
}
