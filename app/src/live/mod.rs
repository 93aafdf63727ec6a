//! What keeps a page live in the browser. `list`, `heights`, `shown`, `still`, `connection`, `retry`, `outbox`, `own`, `watch`,
//! the steps of `rehearsal` and `clock`'s estimate are pure; the others touch the browser, and only in effects and event
//! handlers, so that they compile for the server too.

mod call;
pub mod clock;
pub mod connection;
mod cookie;
pub mod deed;
pub mod entry;
pub mod feed;
pub mod forgotten;
pub mod heights;
mod line;
pub mod list;
pub mod outbox;
pub mod own;
mod post;
pub mod random;
mod recall;
pub mod rehearsal;
pub mod retry;
pub mod scroll;
pub mod session;
mod shared;
pub mod shown;
mod state;
pub mod still;
pub mod storage;
mod stream;
pub mod verdict;
pub mod watch;
