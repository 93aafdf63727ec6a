//! Changes of the visitor's own presses, and how they went. Pure: `change_own.rs` sends them.

use crate::{
    domain::{press::Press, timestamp::TimestampId},
    service::ServiceError,
};

/// What its author wants of a press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnChange {
    /// It gets this note, this name and this label.
    Edit(Press),
    /// It leaves every list.
    TakeBack(TimestampId),
}

/// How a change went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeOutcome {
    /// The press was edited.
    Edited,
    /// It was edited, but its label was no longer offered.
    EditedWithoutLabel,
    /// It was taken back.
    TakenBack,
    /// Nothing was changed, unless the answer was lost.
    Refused(ServiceError),
}

/// The changes that are not answered yet, in their order. The first is on its way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeQueue(Vec<OwnChange>);

impl OwnChange {
    /// The press that it is about.
    pub fn id(&self) -> TimestampId {
        match self {
            Self::Edit(press) => press.id,
            Self::TakeBack(id) => *id,
        }
    }
}

impl ChangeQueue {
    /// Adds a change. It takes the place of one of the same press that still waits, and the same is not asked for twice.
    /// Returns whether nothing is on its way.
    pub fn add(&mut self, change: OwnChange) -> bool {
        let is_idle = self.0.is_empty();
        let mut is_first = true;
        self.0
            .retain(|waiting| std::mem::take(&mut is_first) || waiting.id() != change.id());
        if self.0.first() != Some(&change) {
            self.0.push(change);
        }
        is_idle
    }

    /// The one that is on its way, or goes next.
    pub fn first(&self) -> Option<&OwnChange> {
        self.0.first()
    }

    /// The first one was answered.
    pub fn finish(&mut self) {
        if !self.0.is_empty() {
            self.0.remove(0);
        }
    }

    /// Whether a change of this press is not answered yet.
    pub fn contains(&self, id: TimestampId) -> bool {
        self.0.iter().any(|change| change.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::text::Note;

    fn id(n: u128) -> TimestampId {
        TimestampId(Uuid::from_u128(n))
    }

    fn edit(n: u128, note: &str) -> OwnChange {
        OwnChange::Edit(Press {
            id: id(n),
            note: Note::parse_optional(note).unwrap(),
            name: None,
            label: None,
            waited_ms: 0,
        })
    }

    /// What is sent if all of this is asked for before the first answer.
    fn sent(changes: impl IntoIterator<Item = OwnChange>) -> Vec<OwnChange> {
        let mut queue = ChangeQueue::default();
        for (nth, change) in changes.into_iter().enumerate() {
            assert_eq!(queue.add(change), nth == 0);
        }
        let mut sent = Vec::new();
        while let Some(change) = queue.first().cloned() {
            assert!(queue.contains(change.id()));
            queue.finish();
            sent.push(change);
        }
        sent
    }

    #[test]
    fn changes_of_several_presses_are_sent_in_their_order() {
        let changes = [edit(1, "a"), OwnChange::TakeBack(id(2)), edit(3, "c")];
        assert_eq!(sent(changes.clone()), changes);
    }

    #[test]
    fn of_the_edits_of_a_press_that_wait_the_last_is_sent() {
        let first = edit(1, "clucth");
        let changes = [
            first.clone(),
            edit(1, "clutc"),
            edit(2, "b"),
            edit(1, "clutch"),
        ];
        assert_eq!(sent(changes), [first, edit(2, "b"), edit(1, "clutch")]);
    }

    #[test]
    fn what_is_on_its_way_is_not_sent_twice() {
        let first = edit(1, "clutch");
        let once = [first.clone()];
        assert_eq!(sent([first.clone(), first.clone()]), once);
        let changes = [first.clone(), edit(1, "clutc"), first.clone()];
        assert_eq!(sent(changes), [first]);
        let back = OwnChange::TakeBack(id(1));
        assert_eq!(sent([back.clone(), back.clone()]), [back]);
    }

    #[test]
    fn an_empty_queue_has_nothing_to_finish() {
        let mut queue = ChangeQueue::default();
        queue.finish();
        assert!(queue.first().is_none() && !queue.contains(id(1)));
    }
}
