//! What keeps a page live in the browser. `list`, `connection`, `retry`, `outbox`, `watch`, the steps of `rehearsal` and
//! `clock`'s estimate are pure; the others touch the browser, and only in effects and event handlers, so that they
//! compile for the server too.

pub mod clock;
pub mod connection;
pub mod entry;
pub mod feed;
mod line;
pub mod list;
pub mod outbox;
mod post;
pub mod random;
pub mod rehearsal;
pub mod retry;
pub mod scroll;
pub mod session;
mod state;
pub mod storage;
mod stream;
pub mod verdict;
pub mod watch;
