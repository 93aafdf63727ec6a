//! Counts the statements that are sent to a database.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tracing::{Subscriber, span};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
};

/// What SeaORM calls its work on one statement.
const STATEMENTS: [&str; 4] = [
    "query_one_raw",
    "query_all_raw",
    "execute_raw",
    "execute_unprepared",
];

struct Counter(Arc<AtomicUsize>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Counter {
    fn on_new_span(&self, attributes: &span::Attributes<'_>, _: &span::Id, _: Context<'_, S>) {
        let metadata = attributes.metadata();
        if metadata.target().starts_with("sea_orm") && STATEMENTS.contains(&metadata.name()) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// How many statements some work sends, apart from those that begin and end transactions; and its result. All of it has to
/// run on this thread.
pub(crate) async fn counted<T>(work: impl Future<Output = T>) -> (usize, T) {
    let count = Arc::<AtomicUsize>::default();
    let subscriber = Registry::default().with(Counter(count.clone()));
    let _guard = tracing::subscriber::set_default(subscriber);
    let done = work.await;
    (count.load(Ordering::Relaxed), done)
}
