//! What keeps a page live in the browser. `table`, `journal`, `list`, `heights`, `shown`, `still`, `connection`, `newest`, `tabs`, `recent`, `retry`,
//! `outbox`, `own`, `watch`, the steps of `rehearsal` and `clock`'s estimate are pure; the others touch the browser, and
//! only in effects and event handlers, so that they compile for the server too.

mod anew;
pub mod call;
mod channel;
pub mod clock;
pub mod connection;
mod cookie;
pub mod deed;
pub mod entry;
pub mod feed;
pub mod forgotten;
pub mod heights;
mod journal;
mod letters;
mod line;
pub mod list;
pub mod newest;
pub mod outbox;
pub mod own;
mod post;
pub mod press_outcome;
pub mod random;
mod recall;
mod recent;
pub mod rehearsal;
mod relay;
pub mod retry;
pub mod scroll;
pub mod session;
mod shared;
pub mod shown;
mod state;
pub mod still;
pub mod storage;
mod stream;
mod tab;
pub mod table;
mod tabs;
pub mod watch;
