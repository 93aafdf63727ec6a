//! The orders in which the staff can see the moments, and the places that moments keep while somebody points at them.

use crate::{
    domain::moments::moment::{Moment, MomentId},
    live::highlights::LiveHighlights,
    words::desk,
};

/// How many moments a dock shows.
const LATEST: usize = 12;

/// The order of the moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Those first that most people marked.
    #[default]
    Best,
    /// In order of time.
    Time,
    /// The latest ones, the newest first.
    Latest,
}

impl Order {
    /// The two that can be chosen, with their names and labels.
    pub(crate) const CHOICES: [(Self, &str, &str); 2] = [
        (Self::Best, "best", desk::BEST_FIRST),
        (Self::Time, "time", desk::BY_TIME),
    ];

    /// These moments in this order.
    pub(super) fn of(self, highlights: &LiveHighlights) -> Vec<&Moment> {
        match self {
            Self::Best => highlights.ranked(),
            Self::Time => highlights.in_order(),
            Self::Latest => {
                let moments = highlights.in_order();
                moments.into_iter().rev().take(LATEST).collect()
            }
        }
    }
}

/// What keeps its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// Nothing: all are put in order.
    Nothing,
    /// What is there: new ones come after it, since whoever goes on with the keyboard gets there.
    Order,
    /// The list: new ones are not in it yet.
    List,
}

/// The moments as they stand in the list. While somebody points at them they keep their places: a crowd changes the order
/// from second to second, and whoever is about to press a button must not press that of another moment. One that is gone
/// leaves its place.
#[derive(Debug, Default)]
pub(super) struct Arrangement {
    order: Order,
    ids: Vec<MomentId>,
}

impl Arrangement {
    /// The moments in their places, and how many others there are by now.
    pub(super) fn arrange<'a>(
        &mut self,
        highlights: &'a LiveHighlights,
        order: Order,
        kept: Kept,
    ) -> (Vec<&'a Moment>, usize) {
        if kept == Kept::Nothing || order != self.order {
            let now = order.of(highlights);
            self.order = order;
            self.ids = now.iter().map(|moment| moment.id).collect();
            return (now, 0);
        }
        let find = |id: &MomentId| highlights.moment(*id);
        let mut moments: Vec<_> = self.ids.iter().filter_map(find).collect();
        let mut new = order.of(highlights);
        new.retain(|moment| !self.ids.contains(&moment.id));
        let count = new.len();
        if kept == Kept::Order {
            moments.append(&mut new);
        }
        (moments, count)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        highlights::Highlights, moments::moment::tests::blank, offset::Offset, revision::Revision,
    };

    fn highlights(excess: &[u32]) -> LiveHighlights {
        let moments = (0_u32..).zip(excess).map(|(n, excess)| Moment {
            id: MomentId(Uuid::from_u128(u128::from(n))),
            peak: Offset(n * 60),
            excess: *excess,
            ..blank()
        });
        let told = Highlights {
            moments: moments.collect(),
            ..Highlights::default()
        };
        LiveHighlights::new(told, Revision(1))
    }

    fn ids(moments: &[&Moment]) -> Vec<MomentId> {
        moments.iter().map(|moment| moment.id).collect()
    }

    proptest! {
        /// Whatever a crowd does meanwhile: nothing moves while it is kept, and then all is as a fresh look would show it.
        #[test]
        fn moments_keep_their_places_until_nobody_points_at_them(
            before in prop::collection::vec(1_u32..50, 1..20),
            after in prop::collection::vec(1_u32..50, 20..30),
            order in prop::sample::select(vec![Order::Best, Order::Time, Order::Latest]),
        ) {
            let (before, after) = (highlights(&before), highlights(&after));
            let mut arrangement = Arrangement::default();
            let (first, _) = arrangement.arrange(&before, order, Kept::Nothing);
            let first = ids(&first);
            let (kept, new) = arrangement.arrange(&after, order, Kept::List);
            prop_assert_eq!(&ids(&kept), &first);
            let (followed, count) = arrangement.arrange(&after, order, Kept::Order);
            prop_assert_eq!(&ids(&followed)[..first.len()], &first);
            prop_assert_eq!((followed.len(), count), (first.len() + new, new));
            let few = highlights(&[1, 2, 3]);
            let (left, _) = arrangement.arrange(&few, order, Kept::List);
            prop_assert!(ids(&left).iter().eq(first.iter().filter(|id| id.0.as_u128() < 3)));
            prop_assert_eq!(new, order.of(&after).iter().filter(|moment| !first.contains(&moment.id)).count());
            let (fresh, new) = arrangement.arrange(&after, order, Kept::Nothing);
            prop_assert_eq!((ids(&fresh), new), (ids(&order.of(&after)), 0));
        }
    }
}
