//! The presses that the server has not acknowledged yet, each visibly sending, waiting or refused. Pure: `submit.rs` sends
//! what is due and reports the outcome.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        labels::LabelId,
        offset::Offset,
        press::{Placement, Press, PressRefused},
        segment::Segment,
        session::Status,
        text::{Name, Note},
        timestamp::TimestampId,
        utc,
    },
    live::clock::Reading,
    service::ServiceError,
};

#[cfg(test)]
mod tests;

/// What a viewer says with a press.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pressing {
    /// The note.
    pub note: Option<Note>,
    /// Their name.
    pub name: Option<Name>,
    /// The label that was pressed; none for the large button.
    pub label: Option<LabelId>,
}

/// One press that the server has not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingPress {
    /// Its id: every attempt carries the same one.
    pub id: TimestampId,
    /// What the viewer said about the moment.
    pub note: Option<Note>,
    /// Who the viewer says they are.
    pub name: Option<Name>,
    /// The label that was pressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelId>,
    /// The moment, by the server's clock, UTC.
    #[serde(deserialize_with = "utc::time")]
    pub pressed_at: DateTime<Utc>,
    /// Whether the moment is only from the computer's own clock, which may be hours off, because the server's was not
    /// known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_provisional: bool,
    /// Its progress. A page that loads it again doesn't know, and retries.
    #[serde(skip)]
    pub delivery: Delivery,
}

/// The progress of a press.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// In progress for the first time.
    Sending,
    /// Kept for another attempt.
    #[default]
    Waiting,
    /// Kept, and in progress again.
    Resending,
    /// The session asks for a name: kept until there is one.
    Nameless,
    /// The server refused, and would do so again.
    Refused(ServiceError),
}

/// The unacknowledged presses of one session, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    presses: Vec<PendingPress>,
}

/// How long a kept press can be of any use.
pub(crate) const MAX_AGE: TimeDelta = TimeDelta::hours(24);

/// What to do with the presses that an earlier visit kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// What to send, oldest first.
    pub due: Vec<Press>,
    /// Those that are of no use any more.
    pub too_old: Vec<TimestampId>,
}

impl Outbox {
    /// Restores what an earlier visit of the page kept, once the server's time is known: returns what to send, and marks it
    /// as in progress. `own_clock` is the time of the computer's own clock at the same moment, by which presses are
    /// corrected that an earlier visit could only stamp by that clock.
    pub fn restore(
        &mut self,
        kept: Vec<PendingPress>,
        now: DateTime<Utc>,
        own_clock: DateTime<Utc>,
    ) -> Restored {
        let mut restored = Restored::default();
        for mut press in kept {
            if self.get(press.id).is_some() {
                continue;
            }
            press.correct(now - own_clock);
            if now - press.pressed_at < MAX_AGE {
                press.delivery = Delivery::Resending;
                insert_sorted(&mut restored.due, press.as_sent(now), |press| {
                    std::cmp::Reverse(press.waited_ms)
                });
                insert_sorted(&mut self.presses, press, |press| {
                    (press.pressed_at, press.id)
                });
            } else {
                restored.too_old.push(press.id);
            }
        }
        restored
    }

    /// The server's time is known, and provisional moments were this much behind. Returns what is to be stored again.
    pub fn correct(&mut self, behind: TimeDelta) -> Vec<PendingPress> {
        let mut corrected = Vec::new();
        for press in self.presses.iter_mut().filter(|press| press.is_provisional) {
            press.correct(behind);
            if press.is_stored() {
                corrected.push(press.clone());
            }
        }
        corrected
    }

    /// The presses that have to survive a reload, the oldest first.
    pub fn stored(&self) -> impl Iterator<Item = &PendingPress> {
        self.presses.iter().filter(|press| press.is_stored())
    }

    /// The presses, the oldest first.
    pub fn presses(&self) -> &[PendingPress] {
        &self.presses
    }

    /// The press with this id.
    pub fn get(&self, id: TimestampId) -> Option<&PendingPress> {
        self.presses.iter().find(|press| press.id == id)
    }

    /// The presses that were refused with this note.
    pub fn refused_with(&self, note: &Note) -> Vec<TimestampId> {
        let refused = self.presses.iter().filter(|press| {
            matches!(press.delivery, Delivery::Refused(_)) && press.note.as_ref() == Some(note)
        });
        refused.map(|press| press.id).collect()
    }

    /// Whether presses are kept for another attempt that needs nothing but the server.
    pub fn is_waiting(&self) -> bool {
        let is_waiting = |press: &PendingPress| press.is_kept() && !press.is_nameless();
        self.presses.iter().any(is_waiting)
    }

    /// How many presses wait for a name.
    pub fn nameless(&self) -> usize {
        self.nameless_presses().count()
    }

    /// The presses that wait for a name.
    pub fn nameless_presses(&self) -> impl Iterator<Item = TimestampId> {
        let nameless = self.presses.iter().filter(|press| press.is_nameless());
        nameless.map(|press| press.id)
    }

    /// The presses that wait for a name get this one, or go without if the session needs none any more. Returns what has
    /// changed.
    pub fn give_name(&mut self, name: Option<&Name>) -> Vec<PendingPress> {
        let nameless = self.presses.iter_mut().filter(|press| press.is_nameless());
        nameless
            .map(|press| {
                press.name = name.cloned();
                press.delivery = Delivery::Waiting;
                press.clone()
            })
            .collect()
    }

    /// Adds a press made now, and returns what to send. Earlier refusals that the next press supersedes are removed; those
    /// of presses that waited stay until they are dismissed, because their moments can still be reported to a moderator.
    pub fn press(
        &mut self,
        id: TimestampId,
        Pressing { note, name, label }: Pressing,
        now: Reading,
    ) -> Press {
        let press = PendingPress {
            id,
            note,
            name,
            label,
            pressed_at: now.time,
            is_provisional: now.is_provisional,
            delivery: Delivery::Sending,
        };
        let sent = press.as_sent(now.time);
        self.presses
            .retain(|old| !old.is_superseded_by_next_press());
        self.presses.push(press);
        sent
    }

    /// Returns the waiting presses that are to be sent now, oldest first and at most this many, and marks them as in
    /// progress. Unless the session is active they stay: their moment was before the pause, and the server accepts it once
    /// the stream resumes (rule 1).
    pub fn due(&mut self, status: &Status, now: DateTime<Utc>, most: usize) -> Vec<Press> {
        match status {
            Status::Active { .. } => {}
            Status::Paused { .. } | Status::Ended { .. } => return Vec::new(),
        }
        let waiting = self
            .presses
            .iter_mut()
            .filter(|press| press.delivery == Delivery::Waiting)
            .take(most);
        waiting
            .map(|press| {
                press.delivery = Delivery::Resending;
                press.as_sent(now)
            })
            .collect()
    }

    /// The server has it.
    pub fn acknowledge(&mut self, id: TimestampId) -> Option<PendingPress> {
        let at = self.presses.iter().position(|press| press.id == id)?;
        Some(self.presses.remove(at))
    }

    /// The server refused, or could not be reached. What can succeed later is kept.
    pub fn refuse(&mut self, id: TimestampId, error: ServiceError) {
        if let Some(press) = self.presses.iter_mut().find(|press| press.id == id) {
            press.delivery = if lacks_name(&error) {
                Delivery::Nameless
            } else if press.stays_after(&error) {
                Delivery::Waiting
            } else {
                Delivery::Refused(error)
            };
        }
    }

    /// The viewer has read why it failed, or discards it.
    pub fn dismiss(&mut self, id: TimestampId) {
        self.presses.retain(|press| press.id != id);
    }
}

impl PendingPress {
    /// Whether it is waiting for another attempt, or in one: it has to survive a reload.
    pub fn is_kept(&self) -> bool {
        match self.delivery {
            Delivery::Waiting | Delivery::Resending | Delivery::Nameless => true,
            Delivery::Sending | Delivery::Refused(_) => false,
        }
    }

    /// Whether it is stored: until the server has answered, and where its moment can still be reported to a moderator, until
    /// it is dismissed. Another refused one would be taken for one that waits, and sent again, after a reload.
    pub fn is_stored(&self) -> bool {
        !self.is_superseded_by_next_press()
    }

    fn is_nameless(&self) -> bool {
        matches!(self.delivery, Delivery::Nameless)
    }

    /// Whether the stream ended before it could be sent: its moment can still be reported to a moderator.
    pub fn is_too_late(&self, status: &Status) -> bool {
        match status {
            Status::Ended { .. } => self.is_kept(),
            Status::Active { .. } | Status::Paused { .. } => false,
        }
    }

    /// Where its moment is, according to the segments that the page knows; `None` while the moment itself is uncertain.
    pub fn spot(&self, segments: &[Segment]) -> Option<Placement> {
        if self.is_provisional {
            return None;
        }
        let holds = |segment: &&Segment| {
            segment.start_time <= self.pressed_at
                && segment.end_time.is_none_or(|end| self.pressed_at <= end)
        };
        segments.iter().find(holds).map(|segment| Placement {
            segment_index: segment.index,
            offset_seconds: Offset::between(segment.start_time, self.pressed_at),
        })
    }

    /// Whether nothing of it remains to be said once the viewer presses again.
    pub fn is_superseded_by_next_press(&self) -> bool {
        match &self.delivery {
            Delivery::Refused(ServiceError::Press(
                PressRefused::MomentInPause | PressRefused::WaitedTooLong,
            )) => false,
            Delivery::Refused(_) => true,
            Delivery::Sending | Delivery::Waiting | Delivery::Resending | Delivery::Nameless => {
                false
            }
        }
    }

    /// Corrects its moment by this much, if it was stamped before the server's time was known.
    fn correct(&mut self, behind: TimeDelta) {
        if std::mem::take(&mut self.is_provisional) {
            let right = self.pressed_at.checked_add_signed(behind);
            self.pressed_at = right.unwrap_or(self.pressed_at);
        }
    }

    fn as_sent(&self, now: DateTime<Utc>) -> Press {
        Press {
            id: self.id,
            note: self.note.clone(),
            name: self.name.clone(),
            label: self.label,
            waited_ms: u64::try_from((now - self.pressed_at).num_milliseconds()).unwrap_or(0),
        }
    }

    /// Whether it is kept after this answer. A press that had to wait survives a pause and a reverted end; one that was
    /// made during them is refused at once. One that lacks a name can get it.
    fn stays_after(&self, error: &ServiceError) -> bool {
        let had_to_wait = self.is_kept();
        match error {
            ServiceError::Press(
                PressRefused::Paused | PressRefused::Ended | PressRefused::NotStarted,
            ) => had_to_wait,
            ServiceError::Press(PressRefused::NameMissing) => true,
            ServiceError::Press(
                PressRefused::MomentInPause
                | PressRefused::WaitedTooLong
                | PressRefused::TooLateToChange,
            )
            | ServiceError::NotFound
            | ServiceError::Forbidden(_)
            | ServiceError::InvalidLink
            | ServiceError::TooManyLinks
            | ServiceError::Act(_)
            | ServiceError::SessionActive
            | ServiceError::Conflict
            | ServiceError::ModerationConflict
            | ServiceError::NoTimestamp
            | ServiceError::NoMoment
            | ServiceError::NoModeration
            | ServiceError::Edited { .. }
            | ServiceError::TitleEdited { .. }
            | ServiceError::ClipEdited { .. }
            | ServiceError::StateEdited(_)
            | ServiceError::RangeEdited { .. }
            | ServiceError::EditedSince
            | ServiceError::TargetIsStaff
            | ServiceError::OtherSite
            | ServiceError::Invalid(_)
            | ServiceError::Unavailable { .. }
            | ServiceError::RateLimited { .. }
            | ServiceError::Unreachable
            | ServiceError::RefusedOnTheWay
            | ServiceError::Internal => error.is_retryable(),
        }
    }
}

/// Whether a press was refused for a name that the session requires: with one, it can be sent again.
pub fn lacks_name(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Press(PressRefused::NameMissing))
}

/// Inserts an item before the first one that comes after it. The few presses of an outbox are not worth a sort, whose code
/// would weigh several kB in the viewers' bundle.
fn insert_sorted<T, K: Ord>(sorted: &mut Vec<T>, item: T, key: impl Fn(&T) -> K) {
    let is_later = |other| key(other) > key(&item);
    let at = sorted.iter().position(is_later).unwrap_or(sorted.len());
    sorted.insert(at, item);
}
