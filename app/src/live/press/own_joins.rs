//! The moments that this browser joined in one session, as the server answered it alone. Pure; `browser/storage.rs` stores
//! them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::own_presses::KEPT_FOR;
use crate::domain::{
    moments::{join::Join, moment::MomentId},
    revision::{Cursor, Epoch},
};

/// How many joins of one session a browser keeps: the newest ones.
pub const MOST: usize = 100;

/// A join as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRecord {
    /// The epoch that it belongs to, and its revision.
    cursor: Cursor,
    /// When the browser heard of it, in seconds since 1970: it is kept as long as an own press.
    heard_at: i64,
    join: Join,
}

impl JoinRecord {
    /// A join that the server of this epoch told of.
    pub fn new(epoch: Epoch, join: Join, now: DateTime<Utc>) -> Self {
        let revision = join.revision;
        Self {
            cursor: Cursor { epoch, revision },
            heard_at: now.timestamp(),
            join,
        }
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        now.timestamp() - self.heard_at > KEPT_FOR.num_seconds()
    }
}

/// What is kept of these records and a new one: the newest, none that is too old or of another epoch (a restored copy of the
/// database gives the same revisions to other rows), and each place once.
pub fn kept(
    mut records: Vec<JoinRecord>,
    epoch: Epoch,
    new: Option<JoinRecord>,
    now: DateTime<Utc>,
) -> Vec<JoinRecord> {
    let place = |record: &JoinRecord| (record.join.segment_index, record.join.offset_seconds);
    records.retain(|record| {
        let is_told_anew = new.as_ref().is_some_and(|new| place(new) == place(record));
        record.cursor.epoch == epoch && !record.is_over(now) && !is_told_anew
    });
    records.extend(new);
    records.split_off(records.len().saturating_sub(MOST))
}

/// Whether none of these is kept any longer.
pub fn are_over(records: &[JoinRecord], now: DateTime<Utc>) -> bool {
    records.iter().all(|record| record.is_over(now))
}

/// The moments that this browser joined, those included that the server has not answered yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnJoins {
    answered: Vec<Join>,
    under_way: Vec<(MomentId, Join)>,
}

impl OwnJoins {
    /// Those that the server told of.
    pub fn answered(joins: Vec<Join>) -> Self {
        Self {
            answered: joins,
            under_way: Vec::new(),
        }
    }

    /// Replaces those that the server told of by what is kept of them.
    pub fn restore(&mut self, records: &[JoinRecord]) {
        self.answered = records.iter().map(|record| record.join).collect();
    }

    /// Those that the server told of, to be stored.
    pub fn records(&self, epoch: Epoch, now: DateTime<Utc>) -> Vec<JoinRecord> {
        let joins = self.answered.iter();
        joins
            .map(|join| JoinRecord::new(epoch, *join, now))
            .collect()
    }

    /// A moment is being joined, at this place.
    pub fn begin(&mut self, moment: MomentId, place: Join) {
        self.under_way.push((moment, place));
    }

    /// It was joined, or it was not.
    pub fn finish(&mut self, moment: MomentId) {
        self.under_way.retain(|(joined, _)| *joined != moment);
    }

    /// All of them, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Join> {
        let under_way = self.under_way.iter().map(|(_, join)| join);
        self.answered.iter().chain(under_way)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{offset::Offset, revision::Revision};

    const EPOCH: Epoch = Epoch(7);

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn join(second: u32) -> Join {
        Join {
            segment_index: 1,
            offset_seconds: Offset(second),
            revision: Revision(second.into()),
            counts: true,
        }
    }

    /// What is kept after joining at these seconds, one second after the other.
    fn after(seconds: impl IntoIterator<Item = u32>) -> Vec<JoinRecord> {
        let joins = (0..).zip(seconds);
        joins.fold(Vec::new(), |records, (now, second)| {
            let new = JoinRecord::new(EPOCH, join(second), at(now));
            kept(records, EPOCH, Some(new), at(now))
        })
    }

    fn seconds(records: &[JoinRecord]) -> Vec<u32> {
        let joins = records.iter().map(|record| record.join);
        joins.map(|join| join.offset_seconds.seconds()).collect()
    }

    #[test]
    fn the_newest_hundred_are_kept_for_thirty_days() {
        let most = u32::try_from(MOST).unwrap();
        let records = after(0..most + 2);
        assert_eq!(seconds(&records), (2..most + 2).collect::<Vec<_>>());
        let later = at(50) + KEPT_FOR;
        let left = kept(records.clone(), EPOCH, None, later);
        assert_eq!(seconds(&left), (50..most + 2).collect::<Vec<_>>());
        assert!(!are_over(&records, later));
        assert!(are_over(&records, at(i64::from(most) + 2) + KEPT_FOR));
    }

    #[test]
    fn what_a_restored_database_may_have_lost_can_be_joined_anew() {
        let records = kept(after([1, 2]), Epoch(8), None, at(2));
        assert_eq!(records, []);
    }

    #[test]
    fn a_join_counts_from_the_click_until_it_is_refused() {
        let moment = MomentId(Uuid::from_u128(7));
        let mut joins = OwnJoins::answered(vec![join(1)]);
        joins.begin(moment, join(2));
        assert_eq!(joins.all().count(), 2);
        joins.restore(&after([3]));
        assert_eq!(joins.all().count(), 2);
        joins.finish(moment);
        assert_eq!(joins.all().copied().collect::<Vec<_>>(), [join(3)]);
    }

    proptest! {
        #[test]
        fn each_place_is_stored_once_and_read_as_it_was_written(joined in prop::collection::vec(0_u32..9, 0..30)) {
            let records = after(joined.clone());
            let mut places = seconds(&records);
            let last = joined.last().copied();
            prop_assert_eq!(places.last().copied(), last);
            places.sort_unstable();
            let mut distinct = joined;
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!(places, distinct);
            let stored = serde_json::to_string(&records).unwrap();
            prop_assert_eq!(serde_json::from_str::<Vec<JoinRecord>>(&stored).unwrap(), records);
        }
    }
}
