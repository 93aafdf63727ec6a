//! The routes, through the true server.

mod export;
mod forms;
mod live;
mod process;
mod rights;
mod wire;
