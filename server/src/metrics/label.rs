//! Labels with an enum's values: each value's metric is looked up once, so that counting takes no lock.

use std::{fmt, sync::Arc};

use prometheus_client::{
    encoding::EncodeMetric,
    metrics::{TypedMetric, family::Family},
    registry::Registry,
};

/// An encoded label: its name and its value.
pub(crate) type Pair = (&'static str, &'static str);

/// The values of one label. Never user input, because each value is kept forever.
pub(crate) trait Label: Copy + Eq + 'static {
    /// The label's name.
    const NAME: &'static str;
    /// Its values.
    const ALL: &'static [Self];

    /// The encoded value.
    fn value(self) -> &'static str;
}

/// One metric per value of a label. All exist from the start, so that the first event is a change from zero.
#[derive(Clone)]
pub(crate) struct PerLabel<L, M> {
    each: Arc<[(L, M)]>,
    /// For a value missing from `ALL`; not exported.
    other: M,
}

impl<L: Label, M: Default> Default for PerLabel<L, M> {
    /// Metrics that are not exported.
    fn default() -> Self {
        let each = L::ALL.iter().map(|label| (*label, M::default()));
        Self {
            each: each.collect(),
            other: M::default(),
        }
    }
}

impl<L: Label, M: Clone> PerLabel<L, M> {
    /// Metrics registered under this name.
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

    /// The metric of this value. There are a dozen values at most, so comparing is faster than hashing.
    pub(crate) fn of(&self, label: L) -> &M {
        let found = self.each.iter().find(|(known, _)| *known == label);
        found.map_or(&self.other, |(_, metric)| metric)
    }
}
