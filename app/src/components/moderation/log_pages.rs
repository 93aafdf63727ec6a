//! The newest pages of the moderation log, and how what is shown of it continues.

use crate::{
    api,
    domain::{
        code::Code,
        moderation::{ModerationAction, ModerationId},
    },
    live::calls::retry,
    service::ServiceError,
};

/// What is shown of the log.
#[derive(Clone, Debug)]
pub(super) struct Log {
    /// The actions, the newest first.
    pub(super) acts: Vec<ModerationAction>,
    /// How many calls it took.
    pub(super) pages: usize,
    /// Whether there are others before them.
    pub(super) has_older: bool,
}

impl Log {
    /// How many actions are newer than those of an earlier one.
    pub(super) fn new_since(&self, earlier: &Self) -> usize {
        let newest = earlier.acts.first().map(|act| act.id);
        let is_new = |act: &&ModerationAction| Some(act.id) != newest;
        self.acts.iter().take_while(is_new).count()
    }

    /// The same actions after those that are new in a newer one; only the newer one if there may be others between them.
    pub(super) fn continued_by(self, newer: &Self) -> Self {
        let new = newer.new_since(&self);
        if new == newer.acts.len() && newer.has_older {
            return newer.clone();
        }
        let mut acts: Vec<_> = newer.acts.iter().take(new).cloned().collect();
        let mut whole = self.with_states_of(newer);
        acts.append(&mut whole.acts);
        Self { acts, ..whole }
    }

    /// The same actions in the states that a newer one tells.
    pub(super) fn with_states_of(mut self, newer: &Self) -> Self {
        for act in &mut self.acts {
            if let Some(now) = newer.acts.iter().find(|now| now.id == act.id) {
                *act = now.clone();
            }
        }
        self
    }

    /// Whether it tells that all of these actions were undone.
    pub(super) fn has_undone(&self, acts: &[ModerationId]) -> bool {
        let is_undone = |id| {
            let mut known = self.acts.iter();
            known.any(|act| act.id == id && act.undone.is_some())
        };
        acts.iter().all(|id| is_undone(*id))
    }

    /// So many pages of it, the newest first. Each is a request with the time limit of `with_timeout`.
    pub(super) async fn load(code: Code, pages: usize) -> Result<Self, ServiceError> {
        let mut log = Self {
            acts: Vec::new(),
            pages: 0,
            has_older: true,
        };
        while log.has_older && log.pages < pages {
            let before = log.acts.last().map(|act| act.id);
            let page = api::moderation::moderations(code.clone(), before);
            let page = retry::with_timeout(page).await?;
            log.has_older = page.len() == ModerationAction::MOST;
            log.acts.extend(page);
            log.pages += 1;
        }
        Ok(log)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        moderation::{ActionKind, Undone},
        text::Text,
    };

    fn log(ids: impl IntoIterator<Item = u128>, timestamps: u32) -> Log {
        let acts = ids.into_iter().map(|id| ModerationAction {
            id: ModerationId(Uuid::from_u128(id)),
            kind: ActionKind::Hide,
            by: Text::parse("Ciri").unwrap(),
            at: chrono::DateTime::UNIX_EPOCH,
            timestamps,
            about: None,
            moment: None,
            edit: None,
            undone: None,
        });
        Log {
            acts: acts.collect(),
            pages: 1,
            has_older: false,
        }
    }

    #[test]
    fn what_is_new_is_counted_and_a_log_that_is_read_gets_none_of_it() {
        let (shown, newest) = (log([3, 2, 1], 1), log([5, 4, 3, 2], 7));
        assert_eq!(newest.new_since(&shown), 2);
        assert_eq!(newest.new_since(&newest), 0);
        assert_eq!(newest.new_since(&log([], 0)), 4);
        let states = |log: Log| -> Vec<_> {
            let acts = log.acts.into_iter();
            acts.map(|act| (act.id.0.as_u128(), act.timestamps))
                .collect()
        };
        // The oldest one left the page that was loaded, and stays.
        let read = shown.clone().with_states_of(&newest);
        assert_eq!(states(read), [(3, 7), (2, 7), (1, 1)]);
        let whole = shown.continued_by(&newest);
        assert_eq!(states(whole), [(5, 7), (4, 7), (3, 7), (2, 7), (1, 1)]);
    }

    #[test]
    fn what_took_several_actions_is_undone_once_all_of_them_are() {
        let mut log = log([3, 2, 1], 1);
        let acts = |ids: &[u128]| -> Vec<_> {
            let ids = ids.iter();
            ids.map(|id| ModerationId(Uuid::from_u128(*id))).collect()
        };
        assert!(!log.has_undone(&acts(&[3])));
        for act in &mut log.acts[..2] {
            act.undone = Some(Undone {
                by: Text::parse("Triss").unwrap(),
                at: chrono::DateTime::UNIX_EPOCH,
            });
        }
        assert!(log.has_undone(&acts(&[3])) && log.has_undone(&acts(&[2, 3])));
        assert!(!log.has_undone(&acts(&[3, 1])));
        // It is on a page that was not loaded.
        assert!(!log.has_undone(&acts(&[9])));
    }

    #[test]
    fn a_log_that_has_grown_by_more_than_a_page_starts_again() {
        let newest = Log {
            has_older: true,
            ..log([9, 8], 7)
        };
        let whole = log([3, 2, 1], 1).continued_by(&newest);
        assert_eq!((whole.acts.len(), whole.has_older), (2, true));
        let first = log([], 1).continued_by(&log([1], 1));
        assert_eq!((first.acts.len(), first.has_older), (1, false));
    }
}
