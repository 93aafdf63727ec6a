//! The code of the parts that are loaded later: in the staff's bundle, a module of its own. Everywhere else it is with the rest.

#[cfg(all(feature = "desk", target_arch = "wasm32"))]
use futures::FutureExt;
use leptos::prelude::AnyView;

use super::part::Part;

/// Whether this bundle has that code in a module of its own.
pub(super) const IS_SPLIT: bool = cfg!(all(feature = "desk", target_arch = "wasm32"));

/// The code could not be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotLoaded;

/// Loads the code, unless it is there.
#[cfg(all(feature = "desk", target_arch = "wasm32"))]
pub(super) async fn load() -> Result<(), NotLoaded> {
    split::load().await.map_err(|_| NotLoaded)
}

/// Loads the code, unless it is there.
#[cfg(not(all(feature = "desk", target_arch = "wasm32")))]
pub(super) async fn load() -> Result<(), NotLoaded> {
    Ok(())
}

/// The view of a part, if its code is there.
#[cfg(all(feature = "desk", target_arch = "wasm32"))]
pub(super) fn view(part: Part) -> Option<AnyView> {
    split::view(Box::new(part)).now_or_never()?.ok()
}

/// The view of a part, if its code is there.
#[cfg(not(all(feature = "desk", target_arch = "wasm32")))]
pub(super) fn view(part: Part) -> Option<AnyView> {
    Some(part.view())
}

/// What leads to the module. Nothing else may call [`Part::view`], or its code would be in both.
#[cfg(all(feature = "desk", target_arch = "wasm32"))]
mod split {
    use leptos::wasm_split::{self, SplitLoaderError};

    use super::{AnyView, Part};

    #[wasm_split::wasm_split(later, fallible, preload(load), wasm_split_path = leptos::wasm_split)]
    pub(super) fn view(part: Box<Part>) -> Result<AnyView, SplitLoaderError> {
        Ok(part.view())
    }
}
