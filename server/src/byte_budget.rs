//! A budget of bytes for what is built for one reader alone: reserved before it is read, and free again once it was sent.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A number of bytes that readers share. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct ByteBudget {
    free: Arc<Semaphore>,
    all: u32,
}

/// A part of the budget, which is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Reservation(OwnedSemaphorePermit);

impl ByteBudget {
    /// A budget of this many bytes.
    pub(crate) fn new(all: u32) -> Self {
        Self {
            free: Arc::new(Semaphore::new(all as usize)),
            all,
        }
    }

    /// Reserves this many bytes; `None` if others hold them.
    pub(crate) fn reserve(&self, bytes: u32) -> Option<Reservation> {
        let reserved = self.free.clone().try_acquire_many_owned(bytes);
        reserved.ok().map(Reservation)
    }

    /// How many bytes are reserved, or held.
    pub(crate) fn held(&self) -> usize {
        (self.all as usize).saturating_sub(self.free.available_permits())
    }
}

impl Reservation {
    /// Gives back what is reserved beyond this many bytes.
    pub(crate) fn shrink_to(&mut self, bytes: usize) {
        let rest = self.0.num_permits().saturating_sub(bytes);
        drop(self.0.split(rest));
    }

    /// These bytes, which hold as much of the budget as they are long until the last copy of them is dropped, wherever that
    /// is. What was reserved beyond that is free at once; `None` if they need more, and others hold it.
    pub(crate) fn hold(mut self, bytes: Bytes) -> Option<Bytes> {
        let more = bytes.len().saturating_sub(self.0.num_permits());
        let free = self.0.semaphore().clone();
        let more = free.try_acquire_many_owned(more.try_into().ok()?);
        self.0.merge(more.ok()?);
        self.shrink_to(bytes.len());
        Some(Bytes::from_owner(Held {
            bytes,
            _reservation: self,
        }))
    }
}

/// Bytes with the reservation for them.
struct Held {
    bytes: Bytes,
    _reservation: Reservation,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use bytes::Buf;

    use super::*;

    #[test]
    fn bytes_hold_what_they_take_of_the_budget_until_the_last_of_them_is_dropped() {
        let budget = ByteBudget::new(100);
        let mut reserved = budget.reserve(80).unwrap();
        assert_eq!(budget.held(), 80);
        reserved.shrink_to(50);
        assert_eq!(budget.held(), 50);
        let mut bytes = reserved.hold(Bytes::from(vec![7; 30])).unwrap();
        assert_eq!(budget.held(), 30);
        bytes.advance(20);
        let rest = bytes.clone();
        drop(bytes);
        assert_eq!((&rest[..], budget.held()), (&[7; 10][..], 30));
        drop(rest);
        assert_eq!(budget.held(), 0);
    }

    #[test]
    fn nobody_reserves_what_others_hold() {
        let budget = ByteBudget::new(100);
        let first = budget.reserve(60).unwrap();
        assert!(budget.reserve(60).is_none());
        assert_eq!(budget.held(), 60);
        drop(first);
        assert!(budget.reserve(60).is_some());
    }

    #[test]
    fn what_needs_more_than_was_reserved_for_it_gets_what_is_free() {
        let budget = ByteBudget::new(100);
        let [one, other] = [(); 2].map(|()| budget.reserve(20).unwrap());
        let held = one.hold(Bytes::from(vec![7; 80])).unwrap();
        assert_eq!(budget.held(), 100);
        assert!(other.hold(Bytes::from(vec![7; 21])).is_none());
        assert_eq!((held.len(), budget.held()), (80, 80));
    }
}
