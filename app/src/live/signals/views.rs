//! The signals that Leptos' views follow: in the browser those whose code is compiled once for all types (`erased.rs`), and on
//! the server, which has threads, those of Leptos.

pub(crate) use leptos::prelude::*;

pub(crate) use super::{Effect, listeners::OnAttribute};

#[cfg(all(target_arch = "wasm32", not(feature = "viewer")))]
pub(crate) use super::{erased::ReadSignal, stored::LocalValue};
#[cfg(target_arch = "wasm32")]
pub(crate) use super::{
    erased::{Memo, RwSignal},
    stored::StoredValue,
};

/// A stored value that belongs to one thread.
#[cfg(all(not(target_arch = "wasm32"), not(feature = "viewer")))]
pub(crate) type LocalValue<T> = StoredValue<T, LocalStorage>;
