//! Signals and memos of Leptos whose code is compiled once, for values of any type. Leptos compiles all that surrounds a value
//! again for each type, which was a fifth of the staff's code. Views follow them as they follow those of Leptos, and they end
//! with their owner. Browser only: a value belongs to one thread.
#![expect(
    clippy::expect_used,
    reason = "a value that is asked for after its owner is gone, or changed while it is read, is a bug of the page"
)]

use std::{cell::RefCell, marker::PhantomData, ops::Deref, rc::Rc};

use leptos::{
    prelude::{
        Get, GetUntracked, GetValue, Memo as LeptosMemo, Notify, StoredValue as LeptosValue, Track,
    },
    reactive::signal::ArcTrigger,
};
use send_wrapper::SendWrapper;

use super::stored::{GONE, Place, Value, typed};

#[cfg(test)]
mod tests;

/// The value of a memo: the browser has one thread, so it may cross what would be threads elsewhere.
type Computed = SendWrapper<Value>;

/// A value that effects and views follow.
pub struct RwSignal<T: 'static> {
    place: Place<Rc<Followed>>,
    of: PhantomData<fn(T) -> T>,
}

/// The same, to be read only.
pub struct ReadSignal<T: 'static>(RwSignal<T>);

/// A value that is computed from signals.
pub struct Memo<T: 'static> {
    memo: LeptosMemo<Computed>,
    of: PhantomData<fn(T) -> T>,
}

/// A value that was read. It stays what it was, also if the signal is set meanwhile; while one is kept, the value can't be
/// changed in place.
#[derive(Debug)]
pub struct Guard<T>(Rc<T>);

/// A value, and who follows it.
struct Followed {
    value: RefCell<Value>,
    followers: ArcTrigger,
}

impl Followed {
    fn stored(value: Value) -> Place<Rc<Self>> {
        LeptosValue::new_local(Rc::new(Self {
            value: RefCell::new(value),
            followers: ArcTrigger::new(),
        }))
    }

    fn try_at(place: Place<Rc<Self>>) -> Option<Rc<Self>> {
        place.try_get_value()
    }

    fn read(place: Place<Rc<Self>>) -> Value {
        let followed = Self::try_at(place).expect(GONE);
        followed.followers.track();
        followed.current()
    }

    fn try_read_untracked(place: Place<Rc<Self>>) -> Option<Value> {
        Some(Self::try_at(place)?.current())
    }

    fn current(&self) -> Value {
        self.value.borrow().clone()
    }

    /// Whether there is still a place for the value.
    fn set(place: Place<Rc<Self>>, value: Value) -> Result<(), Value> {
        let Some(followed) = Self::try_at(place) else {
            return Err(value);
        };
        // The old value is dropped after the new one is in its place: it may look at the signal.
        drop(followed.value.replace(value));
        followed.followers.notify();
        Ok(())
    }
}

impl<T> Deref for Guard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> RwSignal<T> {
    /// A signal with this value.
    pub fn new(value: T) -> Self {
        Self {
            place: Followed::stored(Rc::new(value)),
            of: PhantomData,
        }
    }

    /// The same, to be read only.
    pub fn read_only(self) -> ReadSignal<T> {
        ReadSignal(self)
    }

    /// Replaces the value; does nothing if its owner is gone.
    pub fn set(self, value: T) {
        // There is nobody left to be told.
        let _ = Followed::set(self.place, Rc::new(value));
    }

    /// Replaces the value; returns it if the signal's owner is gone.
    pub fn try_set(self, value: T) -> Option<T> {
        let refused = Followed::set(self.place, Rc::new(value)).err()?;
        Rc::into_inner(typed(refused))
    }

    /// Changes the value; does nothing if its owner is gone.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        self.try_update(change);
    }

    /// Changes the value; none if its owner is gone.
    pub fn try_update<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.try_maybe_update(|value| (true, change(value)))
    }

    /// Changes the value. Those who follow it are told only if the change returns true.
    pub fn maybe_update(self, change: impl FnOnce(&mut T) -> bool) {
        self.try_maybe_update(|value| (change(value), ()));
    }

    fn try_maybe_update<R>(self, change: impl FnOnce(&mut T) -> (bool, R)) -> Option<R> {
        let followed = Followed::try_at(self.place)?;
        let (has_changed, result) = {
            let mut value = followed.value.borrow_mut();
            let value = Rc::get_mut(&mut value).and_then(|value| value.downcast_mut());
            change(value.expect("nobody is reading the value"))
        };
        if has_changed {
            followed.followers.notify();
        }
        Some(result)
    }

    /// The value; whoever is running follows it.
    pub fn read(self) -> Guard<T> {
        Guard(typed(Followed::read(self.place)))
    }

    /// The value; not followed.
    pub fn read_untracked(self) -> Guard<T> {
        Guard(typed(Followed::try_read_untracked(self.place).expect(GONE)))
    }

    /// What this tells of the value; whoever is running follows it.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.read())
    }

    /// What this tells of the value; not followed.
    pub fn with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.read_untracked())
    }

    /// What this tells of the value, not followed; none if its owner is gone.
    pub fn try_with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> Option<R> {
        let value = Followed::try_read_untracked(self.place)?;
        Some(look(&typed(value)))
    }
}

impl<T: Clone> RwSignal<T> {
    /// A copy of the value; whoever is running follows it.
    pub fn get(self) -> T {
        T::clone(&self.read())
    }

    /// A copy of the value; not followed.
    pub fn get_untracked(self) -> T {
        T::clone(&self.read_untracked())
    }

    /// A copy of the value, not followed; none if its owner is gone.
    pub fn try_get_untracked(self) -> Option<T> {
        self.try_with_untracked(T::clone)
    }
}

impl<T: Default> Default for RwSignal<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> ReadSignal<T> {
    /// The value; whoever is running follows it.
    pub fn read(self) -> Guard<T> {
        self.0.read()
    }

    /// The value; not followed.
    pub fn read_untracked(self) -> Guard<T> {
        self.0.read_untracked()
    }

    /// What this tells of the value; whoever is running follows it.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.0.with(look)
    }

    /// What this tells of the value; not followed.
    pub fn with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.0.with_untracked(look)
    }
}

impl<T: Clone> ReadSignal<T> {
    /// A copy of the value; whoever is running follows it.
    pub fn get(self) -> T {
        self.0.get()
    }

    /// A copy of the value; not followed.
    pub fn get_untracked(self) -> T {
        self.0.get_untracked()
    }
}

/// Computes a value from the last one, and tells whether it has changed.
type Compute = dyn Fn(Option<Value>) -> (Value, bool);

fn memo(compute: Box<Compute>) -> LeptosMemo<Computed> {
    let compute = SendWrapper::new(compute);
    LeptosMemo::new_owning(move |before: Option<Computed>| {
        let (value, has_changed) = compute(before.map(SendWrapper::take));
        (SendWrapper::new(value), has_changed)
    })
}

impl<T: PartialEq> Memo<T> {
    /// A value that is computed from signals, and from its last value.
    pub fn new(compute: impl Fn(Option<&T>) -> T + 'static) -> Self {
        let compute = move |before: Option<Value>| -> (Value, bool) {
            let before = before.map(typed::<T>);
            let now = compute(before.as_deref());
            match before {
                Some(before) if *before == now => (before, false),
                _ => (Rc::new(now), true),
            }
        };
        Self {
            memo: memo(Box::new(compute)),
            of: PhantomData,
        }
    }
}

impl<T> Memo<T> {
    /// The value; whoever is running follows it.
    pub fn read(self) -> Guard<T> {
        Guard(typed(self.memo.get().take()))
    }

    /// The value; not followed.
    pub fn read_untracked(self) -> Guard<T> {
        Guard(typed(self.memo.get_untracked().take()))
    }
}

impl<T: Clone> Memo<T> {
    /// A copy of the value; whoever is running follows it.
    pub fn get(self) -> T {
        T::clone(&self.read())
    }

    /// A copy of the value; not followed.
    pub fn get_untracked(self) -> T {
        T::clone(&self.read_untracked())
    }

    /// A copy of the value, not followed; none if its owner is gone.
    pub fn try_get_untracked(self) -> Option<T> {
        let value = self.memo.try_get_untracked()?;
        Some(T::clone(&typed(value.take())))
    }
}

copied!(RwSignal ReadSignal Memo);
