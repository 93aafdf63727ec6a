//! Signals and effects for a page that lives as long as its document: nothing is ever freed, and effects run together, after
//! the task that changed something. They are used as those of Leptos, whose reactive graph was a quarter of the viewers'
//! code.

use std::{
    cell::{Cell, Ref, RefCell, RefMut},
    mem,
    rc::Rc,
};

use send_wrapper::SendWrapper;

use crate::IN_BROWSER;

#[cfg(test)]
mod tests;

/// A value that is never freed. A browser has one thread, so handles may cross what would be threads elsewhere.
type Leaked<T> = &'static SendWrapper<T>;

fn leak<T>(value: T) -> Leaked<T> {
    Box::leak(Box::new(SendWrapper::new(value)))
}

/// A value that effects follow.
pub struct RwSignal<T: 'static>(Leaked<Followed<T>>);

/// The same, to be read only.
pub struct ReadSignal<T: 'static>(RwSignal<T>);

/// A value that is computed from signals. It changes when effects run.
pub struct Memo<T: 'static>(RwSignal<T>);

/// A value that nothing follows.
pub struct StoredValue<T: 'static>(Leaked<RefCell<T>>);

/// The same: what belongs to one thread needs no other handle here.
pub type LocalValue<T> = StoredValue<T>;

/// A function that can be copied.
pub struct Callback<A: 'static>(Leaked<Box<dyn Fn(A)>>);

/// Something that runs once, and again after the signals have changed that it read the last time.
pub struct Effect;

struct Followed<T> {
    value: RefCell<T>,
    version: Rc<Cell<u32>>,
}

/// A signal that was read, and its version then.
type Seen = (Rc<Cell<u32>>, u32);

struct Watcher {
    run: RefCell<Box<dyn FnMut()>>,
    /// What it read the last time; `None` before the first one.
    seen: RefCell<Option<Vec<Seen>>>,
}

thread_local! {
    static WATCHERS: RefCell<Vec<Rc<Watcher>>> = const { RefCell::new(Vec::new()) };
    /// What the watcher that is running has read; `None` while none is.
    static READING: RefCell<Option<Vec<Seen>>> = const { RefCell::new(None) };
    static IS_DUE: Cell<bool> = const { Cell::new(false) };
}

impl Watcher {
    fn is_stale(&self) -> bool {
        let seen = self.seen.borrow();
        let is_old = |(version, then): &Seen| version.get() != *then;
        seen.as_ref().is_none_or(|seen| seen.iter().any(is_old))
    }

    fn run(&self) {
        READING.set(Some(Vec::new()));
        (self.run.borrow_mut())();
        self.seen.replace(READING.take());
    }
}

/// Runs watchers until all have seen the present, in the order of their creation.
fn settle() {
    loop {
        let mut has_run = false;
        let mut at = 0;
        while let Some(watcher) = WATCHERS.with_borrow(|all| all.get(at).cloned()) {
            at += 1;
            if watcher.is_stale() {
                watcher.run();
                has_run = true;
            }
        }
        if !has_run {
            IS_DUE.set(false);
            return;
        }
    }
}

fn settle_soon() {
    if !IS_DUE.replace(true) && IN_BROWSER {
        wasm_bindgen_futures::spawn_local(async { settle() });
    }
}

fn watch(run: Box<dyn FnMut()>) {
    let watcher = Watcher {
        run: RefCell::new(run),
        seen: RefCell::new(None),
    };
    WATCHERS.with_borrow_mut(|all| all.push(Rc::new(watcher)));
    settle_soon();
}

impl Effect {
    /// Runs this soon, and again whenever a signal changes that it reads. It is given what it returned the last time.
    pub fn new<T: 'static>(mut effect: impl FnMut(Option<T>) -> T + 'static) -> Self {
        let mut before = None;
        watch(Box::new(move || before = Some(effect(before.take()))));
        Self
    }
}

impl<T> Followed<T> {
    fn track(&self) {
        READING.with_borrow_mut(|reading| {
            if let Some(reading) = reading {
                reading.push((self.version.clone(), self.version.get()));
            }
        });
    }

    fn tell(&self) {
        self.version.set(self.version.get().wrapping_add(1));
        settle_soon();
    }
}

impl<T> RwSignal<T> {
    /// A signal with this value.
    pub fn new(value: T) -> Self {
        Self(leak(Followed {
            value: RefCell::new(value),
            version: Rc::default(),
        }))
    }

    /// The same, to be read only.
    pub fn read_only(self) -> ReadSignal<T> {
        ReadSignal(self)
    }

    /// Replaces the value.
    pub fn set(self, value: T) {
        // The old value is dropped after the new one is in its place: it may look at the signal.
        drop(self.0.value.replace(value));
        self.0.tell();
    }

    /// Changes the value.
    pub fn update<R>(self, change: impl FnOnce(&mut T) -> R) -> R {
        let result = change(&mut self.0.value.borrow_mut());
        self.0.tell();
        result
    }

    /// Changes the value; always possible.
    pub fn try_update<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        Some(self.update(change))
    }

    /// Changes the value. Those who follow it are told only if the change returns true.
    pub fn maybe_update(self, change: impl FnOnce(&mut T) -> bool) {
        if change(&mut self.0.value.borrow_mut()) {
            self.0.tell();
        }
    }

    /// The value; an effect that reads it follows it.
    pub fn read(self) -> Ref<'static, T> {
        self.0.track();
        self.read_untracked()
    }

    /// The value; not followed.
    pub fn read_untracked(self) -> Ref<'static, T> {
        self.0.value.borrow()
    }

    /// What this tells of the value; not followed.
    pub fn with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.read_untracked())
    }

    /// What this tells of the value, which is always there; not followed.
    pub fn try_with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> Option<R> {
        Some(self.with_untracked(look))
    }
}

impl<T: Clone> RwSignal<T> {
    /// A copy of the value; an effect that reads it follows it.
    pub fn get(self) -> T {
        self.read().clone()
    }

    /// A copy of the value; not followed.
    pub fn get_untracked(self) -> T {
        self.read_untracked().clone()
    }

    /// A copy of the value, which is always there; not followed.
    pub fn try_get_untracked(self) -> Option<T> {
        Some(self.get_untracked())
    }
}

impl<T: Default> Default for RwSignal<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> ReadSignal<T> {
    /// The value; an effect that reads it follows it.
    pub fn read(self) -> Ref<'static, T> {
        self.0.read()
    }

    /// The value; not followed.
    pub fn read_untracked(self) -> Ref<'static, T> {
        self.0.read_untracked()
    }

    /// What this tells of the value; an effect that reads it follows it.
    pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.read())
    }

    /// What this tells of the value; not followed.
    pub fn with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.read_untracked())
    }
}

impl<T: Clone> ReadSignal<T> {
    /// A copy of the value; an effect that reads it follows it.
    pub fn get(self) -> T {
        self.0.get()
    }

    /// A copy of the value; not followed.
    pub fn get_untracked(self) -> T {
        self.0.get_untracked()
    }
}

impl<T: PartialEq> Memo<T> {
    /// A value that is computed from signals, and from its last value.
    pub fn new(compute: impl Fn(Option<&T>) -> T + 'static) -> Self {
        let signal = RwSignal::new(compute(None));
        watch(Box::new(move || {
            let now = compute(Some(&signal.read_untracked()));
            if *signal.read_untracked() != now {
                signal.set(now);
            }
        }));
        Self(signal)
    }
}

impl<T> Memo<T> {
    /// The value; an effect that reads it follows it.
    pub fn read(self) -> Ref<'static, T> {
        self.0.read()
    }

    /// The value when effects ran last; not followed.
    pub fn read_untracked(self) -> Ref<'static, T> {
        self.0.read_untracked()
    }
}

impl<T: Clone> Memo<T> {
    /// A copy of the value; an effect that reads it follows it.
    pub fn get(self) -> T {
        self.0.get()
    }

    /// A copy of the value when effects ran last; not followed.
    pub fn get_untracked(self) -> T {
        self.0.get_untracked()
    }
}

impl<T> StoredValue<T> {
    /// Stores a value.
    pub fn new(value: T) -> Self {
        Self(leak(RefCell::new(value)))
    }

    /// Stores a value that belongs to this thread.
    pub fn new_local(value: T) -> Self {
        Self::new(value)
    }

    /// Replaces the value.
    pub fn set_value(self, value: T) {
        // The old value is dropped after the new one is in its place: it may look at this one.
        drop(self.0.replace(value));
    }

    /// What this tells of the value.
    pub fn with_value<R>(self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.0.borrow())
    }

    /// What this tells of the value, which is always there.
    pub fn try_with_value<R>(self, look: impl FnOnce(&T) -> R) -> Option<R> {
        Some(self.with_value(look))
    }

    /// Changes the value.
    pub fn update_value<R>(self, change: impl FnOnce(&mut T) -> R) -> R {
        let mut value: RefMut<'_, T> = self.0.borrow_mut();
        change(&mut value)
    }

    /// Changes the value, which is always there.
    pub fn try_update_value<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        Some(self.update_value(change))
    }
}

impl<T: Clone> StoredValue<T> {
    /// A copy of the value.
    pub fn get_value(self) -> T {
        self.with_value(T::clone)
    }
}

impl<T: Default> Default for StoredValue<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<A> Callback<A> {
    /// A function that can be copied.
    pub fn new(run: impl Fn(A) + 'static) -> Self {
        Self(leak(Box::new(run)))
    }

    /// Calls it.
    pub fn run(self, argument: A) {
        (self.0)(argument);
    }
}

/// What to do when the page is left. It never is while its document is there, so what would be cleaned up stays.
pub fn on_cleanup(cleanup: impl FnOnce() + 'static) {
    mem::forget(cleanup);
}

copied!(RwSignal ReadSignal Memo StoredValue Callback);
