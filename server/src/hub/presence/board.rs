//! Who is here in one session, as one process knows it: from the pages that announced themselves to it, and from what other
//! processes said. Pure: the time is handed in.

use std::collections::{BTreeMap, HashMap, HashSet};

use app::domain::presence::{Presence, StaffPage, TabId};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

use crate::store::VisitorId;

#[cfg(test)]
mod tests;

/// The most staff pages of a session that are listed.
pub(super) const MOST_PAGES: usize = 32;
/// The most of them that belong to one browser, so that it can't crowd out the others.
const MOST_PAGES_OF_A_VISITOR: usize = 8;
/// The most other processes that are heard.
const MOST_PROCESSES: usize = 64;

/// Identifies a process: a random UUID, drawn when it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct ProcessId(pub(super) Uuid);

/// A staff page as it announced itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Page {
    pub(super) tab: TabId,
    /// Of two announcements of a page, the one with the higher number is the later one. It may have reached another process.
    pub(super) number: u32,
    /// Whether the page was left. It is remembered for a while, so that a late announcement doesn't bring it back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) has_left: bool,
    pub(super) page: StaffPage,
}

/// What one process knows by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Figures {
    /// Its viewers' streams.
    pub(super) viewers: u32,
    /// The staff pages that announced themselves to it.
    pub(super) pages: Vec<Page>,
}

impl Figures {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Who is here in one session.
#[derive(Debug, Default)]
pub(super) struct Board {
    pages: Vec<OwnPage>,
    others: HashMap<ProcessId, Process>,
    /// Whether a process that knows nothing of this one waits to hear of it.
    owes_answer: bool,
    /// How many of the session's links were revoked when the pages were last checked.
    checked_revocations: Option<i64>,
}

/// A page that announced itself to this process.
#[derive(Debug)]
struct OwnPage {
    visitor: VisitorId,
    page: Page,
    until: Instant,
}

/// Another process.
#[derive(Debug)]
struct Process {
    /// The sequence number of its last notification.
    sequence: u64,
    figures: Figures,
    until: Instant,
}

impl Board {
    /// Takes in the announcement of a visitor's page, which lasts until then. One that comes late changes nothing, and one
    /// for which there is no room is not listed.
    pub(super) fn announce(&mut self, visitor: VisitorId, page: Page, until: Instant) {
        let known = self.pages.iter_mut().find(|own| own.page.tab == page.tab);
        if let Some(known) = known {
            if known.visitor == visitor && known.page.number <= page.number {
                (known.page, known.until) = (page, until);
            }
            return;
        }
        let of_visitor = |own: &OwnPage| own.visitor == visitor;
        if self.pages.iter().filter(|own| of_visitor(own)).count() >= MOST_PAGES_OF_A_VISITOR {
            self.make_room(of_visitor);
        } else if self.pages.len() >= MOST_PAGES {
            self.make_room(|own| own.page.has_left);
        }
        if self.pages.len() < MOST_PAGES {
            self.pages.push(OwnPage {
                visitor,
                page,
                until,
            });
        }
    }

    /// Removes the oldest of these pages.
    fn make_room(&mut self, among: impl Fn(&OwnPage) -> bool) {
        let pages = self.pages.iter().enumerate().filter(|(_, own)| among(own));
        let oldest = pages.min_by_key(|(_, own)| own.until).map(|(at, _)| at);
        if let Some(at) = oldest {
            self.pages.remove(at);
        }
    }

    /// Takes in what another process said, which lasts until then. A notification that comes late changes nothing.
    pub(super) fn hear(
        &mut self,
        from: ProcessId,
        sequence: u64,
        figures: Figures,
        until: Instant,
    ) {
        match self.others.get(&from) {
            Some(known) if known.sequence >= sequence => return,
            Some(_) => {}
            None if self.others.len() >= MOST_PROCESSES => return,
            None => self.owes_answer = true,
        }
        let other = Process {
            sequence,
            figures,
            until,
        };
        self.others.insert(from, other);
    }

    /// Forgets what has lasted until now.
    pub(super) fn expire(&mut self, now: Instant) {
        self.pages.retain(|own| own.until > now);
        self.others.retain(|_, other| other.until > now);
    }

    /// Whether nobody announced themselves to this process.
    pub(super) fn has_no_pages(&self) -> bool {
        self.pages.is_empty()
    }

    /// Whether a page that announced itself to this process has not left.
    pub(super) fn has_open_pages(&self) -> bool {
        self.pages.iter().any(|own| !own.page.has_left)
    }

    /// Whether nothing is known.
    pub(super) fn is_empty(&self) -> bool {
        self.has_no_pages() && self.others.is_empty()
    }

    /// Whether a process that is new here has to be told; true once.
    pub(super) fn take_owed_answer(&mut self) -> bool {
        std::mem::take(&mut self.owes_answer)
    }

    /// The visitors whose pages have to be checked, because links were revoked since they were. So many are revoked now.
    pub(super) fn unchecked(&self, revoked_links: i64) -> HashSet<VisitorId> {
        match self.checked_revocations == Some(revoked_links) {
            true => HashSet::new(),
            false => self.pages.iter().map(|own| own.visitor).collect(),
        }
    }

    /// Removes the pages of visitors who are no longer staff, now that so many links are revoked.
    pub(super) fn check(&mut self, revoked_links: i64, former: &HashSet<VisitorId>) {
        self.checked_revocations = Some(revoked_links);
        self.pages.retain(|own| !former.contains(&own.visitor));
    }

    /// What this process knows by itself, to be told to the others.
    pub(super) fn figures(&self, viewers: u32) -> Figures {
        let mut pages: Vec<_> = self.pages.iter().map(|own| own.page.clone()).collect();
        pages.sort_by_key(|page| page.tab);
        Figures { viewers, pages }
    }

    /// Who is here, with this many viewers on this process.
    pub(super) fn presence(&self, viewers: u32) -> Presence {
        let others = || self.others.values().map(|other| &other.figures);
        let viewers = others().fold(viewers, |sum, other| sum.saturating_add(other.viewers));
        let mut newest = BTreeMap::<TabId, &Page>::new();
        let pages = self.pages.iter().map(|own| &own.page);
        for page in pages.chain(others().flat_map(|other| &other.pages)) {
            let known = newest.entry(page.tab).or_insert(page);
            if known.number < page.number {
                *known = page;
            }
        }
        let here = newest.into_values().filter(|page| !page.has_left);
        let mut staff: Vec<StaffPage> = here.map(|page| page.page.clone()).collect();
        staff.sort();
        staff.truncate(MOST_PAGES);
        Presence { viewers, staff }
    }
}
