//! Access to the pages of moderators and the streamer: the key in a link's fragment is redeemed once, and then wiped from
//! the address.

use leptos::ev;
use wasm_bindgen::JsValue;

use super::initial_data::DeskData;
use crate::{
    api,
    components::shared::server_call::{ServerCall, use_server_call},
    domain::{
        access::{AccessKey, LinkKind},
        code::Code,
        role::{Right, Role},
        snapshot::Desk,
    },
    live::{browser::storage, calls::retry, signals::views::*},
    service::ServiceError,
};

/// Access to a page that not everybody may see.
#[derive(Clone, Copy)]
pub struct PageAccess {
    /// What the page needs.
    pub right: Right,
    /// What the page starts from, as the server gave it.
    pub desk: RwSignal<Result<Desk, ServiceError>>,
    /// The session in the page's address.
    pub code: StoredValue<Code>,
    /// Why a plain form was refused, on the page that follows it.
    pub refused: StoredValue<Option<ServiceError>>,
    /// What became of the key in the address.
    pub key: RwSignal<KeyState>,
    /// Tries the key in the address once more.
    pub try_again: Callback<()>,
    /// Who this browser is on the page that is shown; none while none is, or after its link was revoked.
    role: StoredValue<Option<Role>>,
}

/// What became of the key in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KeyState {
    /// There was none.
    #[default]
    None,
    /// The server is being asked.
    Redeeming,
    /// It was redeemed, but this browser kept no cookie by which to recognise it. The key stays where it was found.
    NotKept,
    /// It was redeemed.
    Redeemed {
        /// The key, if nobody had redeemed it before: its holder is told to save the link.
        fresh: Option<AccessKey>,
    },
    /// The server refused, or could not be reached.
    Refused(ServiceError),
}

/// Access to a page that needs this right. The server never sees a fragment, so it answers by the grants of this browser
/// alone; the browser then looks for a key, redeems it, and asks again.
pub fn use_page_access(right: Right, data: DeskData) -> PageAccess {
    let code = StoredValue::new(data.code);
    let desk = RwSignal::new(data.desk);
    let key = RwSignal::new(KeyState::None);
    let role = StoredValue::new(None);
    let redeeming = use_server_call();
    let take = move |found: Option<AccessKey>| {
        if let Some(found) = found {
            redeem(redeeming, key, desk, role, code.get_value(), found);
        }
    };
    let take_key = move || take(key_in_address());
    // What the browser remembers of its desks follows what the server said last.
    Effect::new(move |_| {
        let role = match &*desk.read() {
            Ok(desk) => desk.role,
            Err(ServiceError::Forbidden(Right::Moderate) | ServiceError::NotFound) => Role::Viewer,
            Err(_) => return,
        };
        code.with_value(|code| storage::remember_role(code, role));
    });
    Effect::new(move |_| {
        let is_streamer =
            matches!(&*desk.read_untracked(), Ok(desk) if desk.role.may(Right::Control));
        match (key_in_address(), code.with_value(unsaved_key)) {
            (None, Some(unsaved)) if is_streamer => key.set(KeyState::Redeemed {
                fresh: Some(unsaved),
            }),
            (found, unsaved) => take(found.or(unsaved)),
        }
        // A link that is pasted over the address of an open page loads nothing.
        let listener = window_event_listener(ev::hashchange, move |_| take_key());
        on_cleanup(move || listener.remove());
    });
    PageAccess {
        right,
        code,
        refused: StoredValue::new(data.refused),
        desk,
        key,
        try_again: Callback::new(move |()| {
            take(key_in_address().or_else(|| code.with_value(unsaved_key)));
        }),
        role,
    }
}

impl PageAccess {
    /// What the page may start from.
    ///
    /// # Errors
    /// Why it can't be shown to this browser.
    pub fn authorize(self, desk: Result<Desk, ServiceError>) -> Result<Desk, ServiceError> {
        let authorized = authorize(desk, self.right);
        let role = authorized.as_ref().ok().map(|desk| desk.role);
        self.role.set_value(role);
        authorized
    }

    /// The refusal was read. What is known of the link stays: its redemption may have succeeded unheard.
    pub fn dismiss_refusal(self) {
        self.key.set(KeyState::None);
    }

    /// The link was revoked while the page was open: another one opens the page anew.
    pub(crate) fn revoke(self) {
        self.role.set_value(None);
    }

    /// Clears the fresh key: its holder has saved the link, or replaced it.
    pub fn clear_key(self) {
        self.code.with_value(|code| set_unsaved(code, None));
        self.key.set(KeyState::None);
    }
}

/// What a page that needs this right may start from: being staff is not enough for the streamer's page.
///
/// # Errors
/// `ServiceError::Forbidden` with this right if the caller lacks it, and whatever the server returned.
pub fn authorize(desk: Result<Desk, ServiceError>, right: Right) -> Result<Desk, ServiceError> {
    match desk {
        Ok(desk) if desk.role.may(right) => Ok(desk),
        Ok(_) | Err(ServiceError::Forbidden(_)) => Err(ServiceError::Forbidden(right)),
        Err(error) => Err(error),
    }
}

fn redeem(
    redeeming: ServerCall,
    state: RwSignal<KeyState>,
    desk: RwSignal<Result<Desk, ServiceError>>,
    role: StoredValue<Option<Role>>,
    code: Code,
    key: AccessKey,
) {
    if redeeming.is_busy_untracked() {
        return;
    }
    let redeem_newer = {
        let (code, key) = (code.clone(), key.clone());
        move || {
            // It was pasted while the server was asked about this one.
            if let Some(newer) = key_in_address().filter(|newer| *newer != key) {
                redeem(redeeming, state, desk, role, code, newer);
            }
        }
    };
    state.set(KeyState::Redeeming);
    // A moderator's link is the streamer's to keep.
    let is_mine = key.kind == LinkKind::Control;
    let (asked, to_keep) = (key.clone(), to_keep(&key));
    let kept = to_keep.clone();
    let call = async move {
        // An answer can be lost, and the page be reloaded before it arrives: the server then does not count the second
        // attempt as a first use, and the only copy of the link would go unseen.
        let was_unsaved = is_mine && is_unsaved(&code);
        if is_mine {
            set_unsaved(&code, Some(&kept));
        }
        let redeemed = retry::with_timeout(api::links::redeem(code.clone(), asked)).await;
        let was_refused = |error: &ServiceError| !error.is_retryable();
        if is_mine && redeemed.as_ref().is_err_and(was_refused) {
            // This key opens nothing.
            set_unsaved(&code, was_unsaved.then_some(UNSAVED));
        }
        let redeemed = redeemed?;
        if is_mine {
            // Even if the page was left in the meantime.
            let is_unsaved = redeemed.first_use || was_unsaved;
            set_unsaved(&code, is_unsaved.then_some(kept.as_str()));
        }
        // A page that is already shown stays, unless it has stopped, because whatever follows it would restart.
        let role = role.try_get_value();
        let fetched = match role.is_some_and(|role| role < Some(redeemed.role)) {
            true => Some(retry::with_timeout(api::sessions::desk(code)).await),
            false => None,
        };
        let is_fresh = is_mine && (redeemed.first_use || was_unsaved);
        Ok((fetched, is_fresh))
    };
    redeeming.start_and(call, move |answer| {
        match answer {
            // The only copy of the link may be in the address: it is removed once the grant is confirmed.
            Ok((Some(Err(ServiceError::Forbidden(_))), _)) => {
                // Its holder has no chance to save it yet.
                if is_mine {
                    keep_in_history(Some(&to_keep));
                }
                state.set(KeyState::NotKept);
            }
            Ok((Some(Err(error)), _)) => state.set(KeyState::Refused(error)),
            Ok((fetched, is_fresh)) => {
                if let Some(fetched) = fetched {
                    desk.set(fetched);
                }
                wipe_address(&key);
                if is_fresh {
                    keep_in_history(Some(&key.reveal()));
                }
                let fresh = is_fresh.then_some(key);
                state.set(KeyState::Redeemed { fresh });
            }
            Err(error) => {
                // While it may still succeed the key stays where a reload finds it.
                if !error.is_retryable() {
                    wipe_address(&key);
                }
                state.set(KeyState::Refused(error.clone()));
            }
        }
        redeem_newer();
    });
}

fn key_in_address() -> Option<AccessKey> {
    let hash = window().location().hash().ok()?;
    hash.strip_prefix('#')?.parse().ok()
}

/// What the entry of the browser's history holds while the control link in its address is unsaved.
const UNSAVED: &str = "unsaved";

/// Whether the control link of this session was not saved yet, as far as this browser knows.
fn is_unsaved(code: &Code) -> bool {
    storage::is_unsaved(code) || in_history().is_some()
}

/// Marks the control link of this session as unsaved, and keeps this of it, or as saved.
fn set_unsaved(code: &Code, kept: Option<&str>) {
    storage::set_unsaved(code, kept.is_some());
    keep_in_history(kept);
}

/// What is kept of a link while it is unsaved: the key itself, unless the address has it.
fn to_keep(key: &AccessKey) -> String {
    match key_in_address().as_ref() == Some(key) {
        true => UNSAVED.to_owned(),
        false => key.reveal(),
    }
}

/// The key of the control link that left the address and was not saved yet: a page that is loaded again shows it again.
fn unsaved_key(code: &Code) -> Option<AccessKey> {
    let kept = in_history()?.parse().ok();
    // It may have been saved, or replaced, in another tab.
    kept.filter(|_| storage::is_unsaved(code))
}

fn in_history() -> Option<String> {
    window().history().ok()?.state().ok()?.as_string()
}

/// Keeps this with the entry of the browser's history, which outlives a reload and is no address that anybody sees: whoever blocks
/// cookies blocks storage, too, and allowing them loads the page again.
fn keep_in_history(kept: Option<&str>) {
    let kept = kept.map_or(JsValue::NULL, JsValue::from_str);
    if let Ok(history) = window().history() {
        // It only fails for an address of another origin.
        let _ = history.replace_state_with_url(&kept, "", None);
    }
}

/// Takes this key off the address, and out of the browser's history.
fn wipe_address(key: &AccessKey) {
    if key_in_address().as_ref() != Some(key) {
        return;
    }
    let location = window().location();
    let (Ok(path), Ok(query), Ok(history)) =
        (location.pathname(), location.search(), window().history())
    else {
        return;
    };
    let state = history.state().unwrap_or(JsValue::NULL);
    // It only fails for an address of another origin.
    let _ = history.replace_state_with_url(&state, "", Some(&format!("{path}{query}")));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        highlights::Highlights,
        revision::{Cursor, Epoch, Revision},
        role::Audience,
        session,
        snapshot::{Page, Snapshot},
    };

    fn desk(role: Role) -> Desk {
        Desk {
            role,
            public_url: "https://clips.example".into(),
            snapshot: Snapshot {
                cursor: Cursor {
                    epoch: Epoch(1),
                    revision: Revision(1),
                },
                audience: Audience::Staff,
                session: session::tests::blank(),
                segments: Vec::new(),
                page: Page {
                    timestamps: Vec::new(),
                    more: false,
                },
                highlights: Highlights::default(),
            },
        }
    }

    #[test]
    fn a_moderator_may_not_enter_the_streamers_page() {
        let forbidden = Err(ServiceError::Forbidden(Right::Control));
        assert_eq!(
            authorize(Ok(desk(Role::Moderator)), Right::Control),
            forbidden
        );
        assert!(authorize(Ok(desk(Role::Moderator)), Right::Moderate).is_ok());
        assert!(authorize(Ok(desk(Role::Streamer)), Right::Control).is_ok());
    }

    #[test]
    fn a_page_asks_for_the_link_that_it_needs() {
        let refused = Err(ServiceError::Forbidden(Right::Moderate));
        let told = authorize(refused, Right::Control).unwrap_err();
        assert_eq!(told, ServiceError::Forbidden(Right::Control));
    }
}
