//! Labels whose values are an enum's: what is counted of each is got once, so that counting takes no lock.

use std::{fmt, sync::Arc};

use prometheus_client::{
    encoding::EncodeMetric,
    metrics::{TypedMetric, family::Family},
    registry::Registry,
};

/// A label as it is encoded: its name and its value.
pub(crate) type Pair = (&'static str, &'static str);

/// The values of one label. Never a text that somebody typed: each value is kept for ever.
pub(crate) trait Label: Copy + Eq + 'static {
    /// What the label is called.
    const NAME: &'static str;
    /// Its values.
    const ALL: &'static [Self];

    /// The value as it is encoded.
    fn value(self) -> &'static str;
}

/// One metric for each value of a label. All are there from the start, so that the first event is a change from zero.
#[derive(Clone)]
pub(crate) struct PerLabel<L, M> {
    each: Arc<[(L, M)]>,
    /// For a value that `ALL` leaves out; nobody exports it.
    other: M,
}

impl<L: Label, M: Default> Default for PerLabel<L, M> {
    /// Ones that nobody exports.
    fn default() -> Self {
        let each = L::ALL.iter().map(|label| (*label, M::default()));
        Self {
            each: each.collect(),
            other: M::default(),
        }
    }
}

impl<L: Label, M: Clone> PerLabel<L, M> {
    /// Ones that the registry exports under this name.
    pub(crate) fn register(registry: &mut Registry, name: &str, help: &str, new: fn() -> M) -> Self
    where
        M: EncodeMetric + TypedMetric + fmt::Debug + Send + Sync + 'static,
    {
        let family = Family::<[Pair; 1], M>::new_with_constructor(new);
        let each = L::ALL.iter().map(|label| {
            let metric = family.get_or_create(&[(L::NAME, label.value())]);
            (*label, M::clone(&metric))
        });
        let each = each.collect();
        registry.register(name, help, family);
        Self { each, other: new() }
    }

    /// The one of this value. There are a dozen at most, which are compared faster than hashed.
    pub(crate) fn of(&self, label: L) -> &M {
        let found = self.each.iter().find(|(known, _)| *known == label);
        found.map_or(&self.other, |(_, metric)| metric)
    }
}
