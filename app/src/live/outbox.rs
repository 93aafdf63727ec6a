//! The presses that the server has not acknowledged yet, each visibly sending, waiting or refused. Pure: `post.rs` sends
//! what is due and says how it went.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::clock::Reading;
use crate::{
    clips::ClipsError,
    domain::{
        offset::Offset,
        press::{Press, PressRefused, Spot},
        segment::Segment,
        session::Status,
        text::{Name, Note},
        timestamp::TimestampId,
        utc,
    },
};

/// One press that the server has not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsent {
    /// Its name: every attempt carries the same one.
    pub id: TimestampId,
    /// What the viewer said about the moment.
    pub note: Option<Note>,
    /// Who the viewer says they are.
    pub name: Option<Name>,
    /// The moment, by the server's clock, UTC.
    #[serde(deserialize_with = "utc::time")]
    pub pressed_at: DateTime<Utc>,
    /// Whether the moment is only what the computer's own clock said, which may be hours off: the server's was not known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_provisional: bool,
    /// How far it has come. A page that loads it again doesn't know, and tries again.
    #[serde(skip)]
    pub delivery: Delivery,
}

/// How far a press has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// Under way for the first time.
    Sending,
    /// Kept for another attempt.
    #[default]
    Waiting,
    /// Kept, and under way once more.
    Resending,
    /// The server said no, and will say so again.
    Refused(ClipsError),
}

/// The unacknowledged presses of one session, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    presses: Vec<Unsent>,
}

/// After this long nobody can do anything with a kept press any more.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::hours(24);

/// What becomes of the presses that an earlier visit kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// What to send, the oldest first.
    pub due: Vec<Press>,
    /// Those that nobody can do anything with any more.
    pub too_old: Vec<TimestampId>,
}

impl Outbox {
    /// Takes up what an earlier visit of the page kept, once the server's time is known: hands out what to send, and marks
    /// it as under way. `own_clock` is what the computer's own clock shows at the same moment: what an earlier visit
    /// stamped by it, and by no better one, is put right.
    pub fn restore(
        &mut self,
        kept: Vec<Unsent>,
        now: DateTime<Utc>,
        own_clock: DateTime<Utc>,
    ) -> Restored {
        let mut restored = Restored::default();
        for mut press in kept {
            if self.get(press.id).is_some() {
                continue;
            }
            press.correct(now - own_clock);
            if now - press.pressed_at < FORGOTTEN_AFTER {
                press.delivery = Delivery::Resending;
                restored.due.push(press.as_sent(now));
                self.presses.push(press);
            } else {
                restored.too_old.push(press.id);
            }
        }
        restored
            .due
            .sort_by_key(|press| std::cmp::Reverse(press.waited_ms));
        self.presses
            .sort_by_key(|press| (press.pressed_at, press.id));
        restored
    }

    /// The server's time is known, and what was stamped before that was so much behind. Hands out what changed.
    pub fn correct(&mut self, behind: TimeDelta) -> Vec<Unsent> {
        let wrong = self.presses.iter_mut().filter(|press| press.is_provisional);
        wrong
            .map(|press| {
                press.correct(behind);
                press.clone()
            })
            .collect()
    }

    /// The presses, the oldest first.
    pub fn presses(&self) -> &[Unsent] {
        &self.presses
    }

    /// The press of this name.
    pub fn get(&self, id: TimestampId) -> Option<&Unsent> {
        self.presses.iter().find(|press| press.id == id)
    }

    /// Whether presses are kept for another attempt.
    pub fn is_waiting(&self) -> bool {
        self.presses.iter().any(Unsent::is_kept)
    }

    /// Takes in a press of this moment, and hands out what to send. Earlier refusals that the next press answers go; those
    /// of presses that waited stay until they are dismissed, since their moments can still be told to a moderator.
    pub fn press(
        &mut self,
        id: TimestampId,
        note: Option<Note>,
        name: Option<Name>,
        now: Reading,
    ) -> Press {
        let press = Unsent {
            id,
            note,
            name,
            pressed_at: now.time,
            is_provisional: now.is_provisional,
            delivery: Delivery::Sending,
        };
        let sent = press.as_sent(now.time);
        self.presses.retain(|old| !old.is_answered_by_the_next());
        self.presses.push(press);
        sent
    }

    /// Hands out the waiting presses that are to be sent now, the oldest first and at most so many, and marks them as under
    /// way. Unless the session is active
    /// they stay: their moment was before the pause, and the server takes it as soon as the stream goes on (rule 1).
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
    pub fn acknowledge(&mut self, id: TimestampId) -> Option<Unsent> {
        let at = self.presses.iter().position(|press| press.id == id)?;
        Some(self.presses.remove(at))
    }

    /// The server, or the way to it, said no. What can succeed later is kept.
    pub fn refuse(&mut self, id: TimestampId, error: ClipsError) {
        if let Some(press) = self.presses.iter_mut().find(|press| press.id == id) {
            press.delivery = if press.stays_after(&error) {
                Delivery::Waiting
            } else {
                Delivery::Refused(error)
            };
        }
    }

    /// The viewer has read why it failed, or gives it up.
    pub fn dismiss(&mut self, id: TimestampId) {
        self.presses.retain(|press| press.id != id);
    }
}

impl Unsent {
    /// Whether it is kept for another attempt, or under way with one: it has to survive a reload.
    pub fn is_kept(&self) -> bool {
        match self.delivery {
            Delivery::Waiting | Delivery::Resending => true,
            Delivery::Sending | Delivery::Refused(_) => false,
        }
    }

    /// Whether the stream ended before it could be sent: its moment can still be told to a moderator.
    pub fn is_too_late(&self, status: &Status) -> bool {
        match status {
            Status::Ended { .. } => self.is_kept(),
            Status::Active { .. } | Status::Paused { .. } => false,
        }
    }

    /// Where its moment lies, by what the page knows of the segments; none while its moment itself is not sure.
    pub fn spot(&self, segments: &[Segment]) -> Option<Spot> {
        if self.is_provisional {
            return None;
        }
        let holds = |segment: &&Segment| {
            segment.start_time <= self.pressed_at
                && segment.end_time.is_none_or(|end| self.pressed_at <= end)
        };
        segments.iter().find(holds).map(|segment| Spot {
            segment_index: segment.index,
            offset_seconds: Offset::between(segment.start_time, self.pressed_at),
        })
    }

    /// Whether nothing of it is left to tell once the viewer presses again.
    pub fn is_answered_by_the_next(&self) -> bool {
        match &self.delivery {
            Delivery::Refused(ClipsError::Press(
                PressRefused::MomentInPause | PressRefused::WaitedTooLong,
            )) => false,
            Delivery::Refused(_) => true,
            Delivery::Sending | Delivery::Waiting | Delivery::Resending => false,
        }
    }

    /// Puts its moment right by so much, where it was stamped before the server's time was known.
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
            waited_ms: u64::try_from((now - self.pressed_at).num_milliseconds()).unwrap_or(0),
        }
    }

    /// Whether it is kept after this answer. A press that had to wait outlives a pause and an end that was taken back;
    /// one that was made during them is refused at once.
    fn stays_after(&self, error: &ClipsError) -> bool {
        let had_to_wait = self.is_kept();
        match error {
            ClipsError::Press(
                PressRefused::Paused | PressRefused::Ended | PressRefused::NotStarted,
            ) => had_to_wait,
            ClipsError::Press(
                PressRefused::MomentInPause
                | PressRefused::WaitedTooLong
                | PressRefused::NameMissing,
            )
            | ClipsError::NotFound
            | ClipsError::Forbidden(_)
            | ClipsError::DeadLink
            | ClipsError::TooManyLinks
            | ClipsError::Act(_)
            | ClipsError::Conflict
            | ClipsError::OtherAct
            | ClipsError::NoTimestamp
            | ClipsError::NoModeration
            | ClipsError::Edited { .. }
            | ClipsError::EditedSince
            | ClipsError::Staff
            | ClipsError::OtherSite
            | ClipsError::Invalid(_)
            | ClipsError::Busy { .. }
            | ClipsError::TooMany { .. }
            | ClipsError::Away
            | ClipsError::Broken => error.is_passing(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::session::LastSegment;

    fn id(n: u8) -> TimestampId {
        TimestampId(Uuid::from_u128(u128::from(n)))
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn known(seconds: i64) -> Reading {
        Reading {
            time: at(seconds),
            is_provisional: false,
        }
    }

    fn provisional(seconds: i64) -> Reading {
        Reading {
            time: at(seconds),
            is_provisional: true,
        }
    }

    fn active() -> Status {
        Status::Active {
            segment: 1,
            start_time: at(0),
        }
    }

    fn last() -> Option<LastSegment> {
        Some(LastSegment {
            index: 1,
            end_time: at(60),
        })
    }

    /// An outbox whose one press, of second 10, could not be sent.
    fn offline() -> Outbox {
        let mut outbox = Outbox::default();
        outbox.press(id(1), None, None, known(10));
        outbox.refuse(id(1), ClipsError::Away);
        outbox
    }

    #[test]
    fn a_press_is_sent_at_once_and_has_not_waited() {
        let press = Outbox::default().press(id(1), None, None, known(10));
        assert_eq!((press.id, press.waited_ms), (id(1), 0));
    }

    #[test]
    fn a_press_that_could_not_be_sent_goes_again_and_says_how_long_it_waited() {
        let mut outbox = offline();
        let due = outbox.due(&active(), at(40), usize::MAX);
        assert_eq!(due.len(), 1);
        assert_eq!((due[0].id, due[0].waited_ms), (id(1), 30_000));
        assert_eq!(
            outbox.due(&active(), at(40), usize::MAX),
            [],
            "it is under way already"
        );
    }

    #[test]
    fn where_they_go_one_by_one_the_oldest_goes_first() {
        let mut outbox = Outbox::default();
        for (n, second) in [(1, 20), (2, 21), (3, 22)] {
            outbox.press(id(n), None, None, known(second));
            outbox.refuse(id(n), ClipsError::TooMany { seconds: 8 });
        }
        for n in [1, 2, 3] {
            let due = outbox.due(&active(), at(30), 1);
            assert_eq!(
                due.iter().map(|press| press.id).collect::<Vec<_>>(),
                [id(n)]
            );
        }
        assert_eq!(outbox.due(&active(), at(30), 1), []);
    }

    #[test]
    fn a_waiting_press_outlives_a_pause() {
        let mut outbox = offline();
        let paused = Status::Paused { last: last() };
        assert_eq!(outbox.due(&paused, at(70), usize::MAX), []);
        // The page may not know of the pause yet when it tries again.
        outbox.due(&active(), at(70), usize::MAX);
        outbox.refuse(id(1), ClipsError::Press(PressRefused::Paused));
        assert_eq!(outbox.due(&active(), at(90), usize::MAX).len(), 1);
    }

    #[test]
    fn a_press_made_during_a_pause_is_refused() {
        let mut outbox = Outbox::default();
        outbox.press(id(1), None, None, known(70));
        let paused = ClipsError::Press(PressRefused::Paused);
        outbox.refuse(id(1), paused.clone());
        assert_eq!(outbox.presses()[0].delivery, Delivery::Refused(paused));
        assert_eq!(outbox.due(&active(), at(90), usize::MAX), []);
    }

    #[test]
    fn the_next_press_clears_an_earlier_refusal() {
        let mut outbox = Outbox::default();
        outbox.press(id(1), None, None, known(70));
        outbox.refuse(id(1), ClipsError::Press(PressRefused::Paused));
        outbox.press(id(2), None, None, known(80));
        assert_eq!(outbox.get(id(1)), None);
    }

    #[test]
    fn a_refused_press_that_waited_stays_until_it_is_dismissed() {
        let mut outbox = offline();
        outbox.due(&active(), at(70), usize::MAX);
        outbox.refuse(id(1), ClipsError::Press(PressRefused::WaitedTooLong));
        outbox.press(id(2), None, None, known(80));
        assert!(outbox.get(id(1)).is_some());
        outbox.dismiss(id(1));
        assert_eq!(outbox.get(id(1)), None);
    }

    #[test]
    fn after_the_end_a_waiting_press_is_too_late_and_tells_its_time() {
        let outbox = offline();
        let press = outbox.get(id(1)).unwrap();
        let segments = [Segment {
            index: 1,
            start_time: at(0),
            end_time: Some(at(60)),
            timestamp_count: 0,
        }];
        assert!(press.is_too_late(&Status::Ended { last: last() }));
        let spot = press.spot(&segments).unwrap();
        assert_eq!((spot.segment_index, spot.offset_seconds), (1, Offset(10)));
    }

    #[test]
    fn a_reload_keeps_what_was_not_acknowledged_but_not_for_ever() {
        let kept = offline().presses().to_vec();
        let json = serde_json::to_string(&kept).unwrap();
        let read: Vec<Unsent> = serde_json::from_str(&json).unwrap();
        let mut outbox = Outbox::default();
        let restored = outbox.restore(read.clone(), at(100), at(100));
        assert_eq!((restored.due.len(), outbox.presses().len()), (1, 1));
        assert_eq!(restored.due[0].waited_ms, 90_000);
        let tomorrow = at(25 * 60 * 60);
        let mut outbox = Outbox::default();
        let restored = outbox.restore(read, tomorrow, tomorrow);
        assert_eq!((restored.due, restored.too_old), (vec![], vec![id(1)]));
        assert_eq!(outbox, Outbox::default());
    }

    #[test]
    fn a_press_of_an_earlier_visit_asks_once_also_after_the_end() {
        let mut outbox = Outbox::default();
        let kept = offline().presses().to_vec();
        assert_eq!(outbox.restore(kept, at(100), at(100)).due.len(), 1);
        outbox.refuse(id(1), ClipsError::Press(PressRefused::Ended));
        let press = outbox.get(id(1)).unwrap();
        assert!(press.is_too_late(&Status::Ended { last: last() }));
    }

    #[test]
    fn what_an_earlier_visit_kept_joins_what_was_pressed_meanwhile() {
        let mut outbox = Outbox::default();
        outbox.press(id(2), None, None, known(95));
        let own = outbox.presses().to_vec();
        let kept = [own, offline().presses().to_vec()].concat();
        let restored = outbox.restore(kept, at(100), at(100));
        let due = restored.due.iter().map(|press| press.id);
        assert_eq!(
            due.collect::<Vec<_>>(),
            [id(1)],
            "the other one is on its way"
        );
        let order = outbox.presses().iter().map(|press| press.id);
        assert_eq!(order.collect::<Vec<_>>(), [id(1), id(2)]);
    }

    #[test]
    fn a_press_before_the_time_is_known_is_sent_at_once_and_later_says_rightly_how_long_it_waited()
    {
        const FIVE_HOURS: i64 = 5 * 60 * 60;
        for hours_off in [-FIVE_HOURS, 0, FIVE_HOURS] {
            let mut outbox = Outbox::default();
            let sent = outbox.press(id(1), None, None, provisional(10 + hours_off));
            assert_eq!(sent.waited_ms, 0);
            outbox.refuse(id(1), ClipsError::Away);
            let again = outbox.due(&active(), at(25 + hours_off), usize::MAX);
            assert_eq!(again[0].waited_ms, 15_000, "by the same clock");
            outbox.refuse(id(1), ClipsError::Away);
            let segments = [Segment {
                index: 1,
                start_time: at(0),
                end_time: None,
                timestamp_count: 0,
            }];
            assert_eq!(
                outbox.presses()[0].spot(&segments),
                None,
                "nobody knows yet"
            );

            let changed = outbox.correct(TimeDelta::seconds(-hours_off));
            assert_eq!(changed, outbox.presses(), "it is kept anew");
            let spot = outbox.presses()[0].spot(&segments).unwrap();
            assert_eq!(spot.offset_seconds, Offset(10));
            let again = outbox.due(&active(), at(40), usize::MAX);
            assert_eq!(again[0].waited_ms, 30_000);
            assert_eq!(outbox.correct(TimeDelta::seconds(7)), [], "only once");
        }
    }

    #[test]
    fn what_an_earlier_visit_stamped_by_a_wrong_clock_is_put_right_by_how_wrong_that_is_now() {
        const FIVE_HOURS: i64 = 5 * 60 * 60;
        let mut outbox = Outbox::default();
        outbox.press(id(1), None, None, provisional(10 + FIVE_HOURS));
        let json = serde_json::to_string(outbox.presses()).unwrap();
        let kept: Vec<Unsent> = serde_json::from_str(&json).unwrap();
        let mut outbox = Outbox::default();
        let restored = outbox.restore(kept, at(70), at(70 + FIVE_HOURS));
        assert_eq!(restored.due[0].waited_ms, 60_000);
        assert_eq!(outbox.presses()[0].pressed_at, at(10));
    }

    proptest! {
        /// Until it is acknowledged, refused for good, or given up, a press is there.
        #[test]
        fn no_press_is_lost_while_the_server_is_away(
            seconds in proptest::collection::vec(0u8..200, 1..20),
        ) {
            let mut outbox = Outbox::default();
            for (n, second) in (0u8..).zip(&seconds) {
                outbox.press(id(n), None, None, known(i64::from(*second)));
                outbox.refuse(id(n), ClipsError::Away);
                for press in outbox.due(&active(), at(300), usize::MAX) {
                    let passing = match n % 2 {
                        0 => ClipsError::Busy { seconds: 1 },
                        _ => ClipsError::TooMany { seconds: 1 },
                    };
                    outbox.refuse(press.id, passing);
                }
            }
            let due = outbox.due(&active(), at(300), usize::MAX);
            prop_assert_eq!(due.len(), seconds.len());
            for press in due {
                prop_assert!(outbox.acknowledge(press.id).is_some());
            }
            prop_assert_eq!(outbox, Outbox::default());
        }
    }
}
