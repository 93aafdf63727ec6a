//! How one enters a page that needs a link: the key behind the `#` is redeemed once, and the address bar cleaned.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsValue;

use super::session::{Loaded, use_code, use_session};
use crate::{
    api,
    clips::ClipsError,
    domain::{
        access::{AccessKey, LinkKind},
        code::Code,
        role::Audience,
    },
};

/// A page that needs a link.
#[derive(Clone, Copy)]
pub struct Entry {
    /// What the page starts from, where this browser may see it.
    pub loaded: Resource<Result<Loaded, ClipsError>>,
    /// Why the link in the address gave nothing.
    pub refused: RwSignal<Option<ClipsError>>,
    /// The control key that was used for the first time: its holder has to be told to save it.
    pub unsaved: RwSignal<Option<AccessKey>>,
}

/// Loads the page for staff, and redeems the key in the address where there is one.
pub fn use_entry() -> Entry {
    let code = use_code();
    let entry = Entry {
        loaded: use_session(Audience::Staff),
        refused: RwSignal::new(None),
        unsaved: RwSignal::new(None),
    };
    Effect::new(move |_| {
        let Some(key) = take_key() else { return };
        match code.get_untracked() {
            Ok(code) => spawn_local(redeem(entry, code, key)),
            Err(error) => entry.refused.set(Some(error)),
        }
    });
    entry
}

/// The key in the address, which it leaves: nobody who looks over a shoulder or at a stream finds it there.
fn take_key() -> Option<AccessKey> {
    let location = window().location();
    let key = location.hash().ok()?.strip_prefix('#')?.parse().ok()?;
    let path = location.pathname().ok()?;
    let history = window().history().ok()?;
    // A browser that refuses this keeps the key in its own address bar only.
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    Some(key)
}

async fn redeem(entry: Entry, code: Code, key: AccessKey) {
    match api::links::redeem(code, key.clone()).await {
        Ok(redeemed) => {
            if redeemed.first_use && key.kind == LinkKind::Control {
                entry.unsaved.set(Some(key.clone()));
            }
            let is_enough = entry.loaded.with_untracked(|loaded| {
                matches!(loaded, Some(Ok(loaded)) if loaded.snapshot.role >= key.kind.role())
            });
            if !is_enough {
                entry.loaded.refetch();
            }
        }
        Err(error) => entry.refused.set(Some(error)),
    }
}
