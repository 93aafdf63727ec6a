//! Counts the statements that are sent to a database.

use std::{cell::Cell, sync::Once};

use tracing::{Metadata, Subscriber, span, subscriber::Interest};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt},
};

/// What SeaORM calls its work on one statement.
const STATEMENTS: [&str; 4] = [
    "query_one_raw",
    "query_all_raw",
    "execute_raw",
    "execute_unprepared",
];

thread_local! {
    /// How many were sent from this thread.
    static SENT: Cell<usize> = const { Cell::new(0) };
}

struct Counter;

impl<S: Subscriber> Layer<S> for Counter {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let is_statement =
            metadata.target().starts_with("sea_orm") && STATEMENTS.contains(&metadata.name());
        match is_statement {
            true => Interest::always(),
            false => Interest::never(),
        }
    }

    fn on_new_span(&self, _: &span::Attributes<'_>, _: &span::Id, _: Context<'_, S>) {
        SENT.set(SENT.get() + 1);
    }
}

/// How many statements some work sends, apart from those that begin and end transactions; and its result. All of it has to
/// run on this thread.
pub(crate) async fn counted<T>(work: impl Future<Output = T>) -> (usize, T) {
    static COUNTS: Once = Once::new();
    COUNTS.call_once(|| {
        // For all threads: what one of them sends first decides for the others, too, whether it is counted.
        let counter = Registry::default().with(Counter);
        tracing::subscriber::set_global_default(counter).unwrap();
    });
    let before = SENT.get();
    let done = work.await;
    (SENT.get() - before, done)
}
