//! The gate: the only way from a session's code to the session. It asks whether the caller may, and not too often.

use app::{
    clips::ClipsError,
    domain::{
        code::Code,
        role::{Right, Role},
        timestamp::TimestampId,
    },
};

use crate::{
    security::{
        caller::{Browser, Caller},
        limits::{Action, Charge},
    },
    state::State,
    store::{Known, SessionId},
};

/// The session with this code, for what anybody may do in it. No statement runs where the code was asked for of late.
///
/// # Errors
/// `ClipsError::NotFound`, `ClipsError::TooMany` where the caller's network did too much of it or asked for too many codes of
/// no session, and `ClipsError::Busy` while the database can't be reached.
pub async fn find(
    state: &State,
    caller: Caller,
    code: &Code,
    action: Action,
) -> Result<(SessionId, Charge), ClipsError> {
    let session = look_up(state, caller, code).await?;
    let charge = state.limits.charge(caller, action)?;
    Ok((session, charge))
}

/// The session with this code, for a press with this id. Anybody may press; it is counted by its visitor and its session,
/// too.
///
/// # Errors
/// As `find`.
pub async fn find_to_press(
    state: &State,
    browser: Browser,
    code: &Code,
    press: TimestampId,
) -> Result<(SessionId, Charge), ClipsError> {
    let session = look_up(state, browser.into(), code).await?;
    let charge = state.limits.charge_press(browser, session, press)?;
    Ok((session, charge))
}

/// The session with this code, where this browser has that right in it.
///
/// # Errors
/// As `find`, and `ClipsError::Forbidden`.
pub async fn admit(
    state: &State,
    browser: Browser,
    code: &Code,
    right: Right,
    action: Action,
) -> Result<(SessionId, Charge), ClipsError> {
    // Who the caller is matters only where not everybody may.
    if Role::Viewer.may(right) {
        return find(state, browser.into(), code, action).await;
    }
    let (known, charge) = known(state, browser, code, right, action).await?;
    Ok((known.id, charge))
}

/// As `admit`, with how the session stands and who the browser is in it.
///
/// # Errors
/// As `admit`.
pub async fn known(
    state: &State,
    browser: Browser,
    code: &Code,
    right: Right,
    action: Action,
) -> Result<(Known, Charge), ClipsError> {
    look_up(state, browser.into(), code).await?;
    // Before the database is asked who the browser is; it is given back to whoever may.
    let refused = state.limits.charge(browser.into(), Action::Forbidden)?;
    let Some(known) = state.store.known(code, browser.visitor).await? else {
        state.store.evict_code(code.as_str());
        return Err(ClipsError::NotFound);
    };
    if !known.role.may_in(right, known.session.rules) {
        refused.keep();
        return Err(ClipsError::Forbidden(right));
    }
    let charge = state.limits.charge(browser.into(), action)?;
    Ok((known, charge))
}

/// Codes that no session has are counted, once for a crowd that asks for the same: there are few enough of them to be searched.
async fn look_up(state: &State, caller: Caller, code: &Code) -> Result<SessionId, ClipsError> {
    if let Some(recalled) = state.store.recalled(code) {
        return recalled.ok_or(ClipsError::NotFound);
    }
    // Before the database is asked: its answer would tell whoever searches whether the code is one.
    let counted = || {
        let charge = state.limits.charge(caller, Action::FindCode)?;
        Ok(move |is_found: bool| {
            if !is_found {
                charge.keep();
            }
        })
    };
    let found = state.store.find_counted(code, counted).await?;
    found.ok_or(ClipsError::NotFound)
}
