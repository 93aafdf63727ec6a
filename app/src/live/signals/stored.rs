//! Values that nothing follows, stored in Leptos' arena; their code is compiled once for all types. Browser only: a value belongs
//! to one thread.
#![expect(
    clippy::expect_used,
    reason = "a value that is asked for after its owner is gone is a bug of the page"
)]

use std::{any::Any, cell::RefCell, marker::PhantomData, rc::Rc};

use leptos::prelude::{GetValue, LocalStorage, StoredValue as LeptosValue};

/// A value of any type.
pub(super) type Value = Rc<dyn Any>;

/// What belongs to an owner of Leptos, by its place in the arena.
pub(super) type Place<T> = LeptosValue<T, LocalStorage>;

/// Said of a handle whose owner is gone: only the methods that begin with `try_` may be asked then.
pub(super) const GONE: &str = "what owned this value is gone";

/// A value that nothing follows.
pub struct StoredValue<T: 'static> {
    place: Place<Value>,
    of: PhantomData<fn(T) -> T>,
}

/// The same: what belongs to one thread needs no other handle here.
pub type LocalValue<T> = StoredValue<T>;

/// The value as what it is.
pub(super) fn typed<T: 'static>(value: Value) -> Rc<T> {
    match value.downcast() {
        Ok(value) => value,
        Err(_) => unreachable!("a handle knows the type of its value"),
    }
}

fn stored(place: Place<Value>) -> Option<Value> {
    place.try_get_value()
}

impl<T> StoredValue<T> {
    /// Stores a value.
    pub fn new(value: T) -> Self {
        Self {
            place: LeptosValue::new_local(Rc::new(RefCell::new(value)) as Value),
            of: PhantomData,
        }
    }

    /// Stores a value that belongs to this thread.
    pub fn new_local(value: T) -> Self {
        Self::new(value)
    }

    fn cell(self) -> Option<Rc<RefCell<T>>> {
        stored(self.place).map(typed)
    }

    /// Replaces the value; does nothing if its owner is gone.
    pub fn set_value(self, value: T) {
        self.try_set_value(value);
    }

    /// Replaces the value; returns it if its owner is gone.
    pub fn try_set_value(self, value: T) -> Option<T> {
        let Some(cell) = self.cell() else {
            return Some(value);
        };
        // The old value is dropped after the new one is in its place: it may look at this one.
        drop(cell.replace(value));
        None
    }

    /// What this tells of the value.
    pub fn with_value<R>(self, look: impl FnOnce(&T) -> R) -> R {
        self.try_with_value(look).expect(GONE)
    }

    /// What this tells of the value; none if its owner is gone.
    pub fn try_with_value<R>(self, look: impl FnOnce(&T) -> R) -> Option<R> {
        Some(look(&self.cell()?.borrow()))
    }

    /// Changes the value; does nothing if its owner is gone.
    pub fn update_value(self, change: impl FnOnce(&mut T)) {
        self.try_update_value(change);
    }

    /// Changes the value; none if its owner is gone.
    pub fn try_update_value<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        Some(change(&mut self.cell()?.borrow_mut()))
    }
}

impl<T: Clone> StoredValue<T> {
    /// A copy of the value.
    pub fn get_value(self) -> T {
        self.with_value(T::clone)
    }

    /// A copy of the value; none if its owner is gone.
    pub fn try_get_value(self) -> Option<T> {
        self.try_with_value(T::clone)
    }
}

impl<T: Default> Default for StoredValue<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

copied!(StoredValue);
