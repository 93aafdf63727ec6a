//! The gate: the only way from a session's code to the session. It asks whether the caller may, and not too often.

use app::{
    domain::{
        code::Code,
        role::{Right, Role},
        timestamp::TimestampId,
    },
    service::ServiceError,
};

use crate::{
    security::{
        limits::{Action, Charge},
        principal::Principal,
    },
    state::State,
    store::{Known, SessionId, VisitorId},
};

/// The session with this code, for what anybody may do in it. No statement runs where the code was asked for of late.
///
/// # Errors
/// `ServiceError::NotFound`, `ServiceError::RateLimited` where the caller's network did too much of it or asked for too many codes of
/// no session, and `ServiceError::Unavailable` while the database can't be reached.
pub async fn find(
    state: &State,
    principal: Principal,
    code: &Code,
    action: Action,
) -> Result<(SessionId, Charge), ServiceError> {
    let session = look_up(state, principal, code).await?;
    let charge = state.limits.charge(principal.rate_limit_keys(), action)?;
    Ok((session, charge))
}

/// The session with this code and whose press it is, for a press with this id. Whoever has a name may press; it is counted by
/// its visitor and its session, too.
///
/// # Errors
/// As `find`, and `ServiceError::Forbidden` to whom nothing can belong.
pub async fn find_to_press(
    state: &State,
    principal: Principal,
    code: &Code,
    press: TimestampId,
) -> Result<(SessionId, VisitorId, Charge), ServiceError> {
    let session = look_up(state, principal, code).await?;
    let visitor = principal.author(Right::Submit)?.visitor;
    let keys = principal.rate_limit_keys();
    let charge = state.limits.charge_press(keys, (visitor, session, press))?;
    Ok((session, visitor, charge))
}

/// The session with this code, where the caller has that right in it.
///
/// # Errors
/// As `find`, and `ServiceError::Forbidden`.
pub async fn admit(
    state: &State,
    principal: Principal,
    code: &Code,
    right: Right,
    action: Action,
) -> Result<(SessionId, Charge), ServiceError> {
    // What role the caller has matters only where not every role may.
    if Role::Viewer.may(right) && principal.may_have(right) {
        return find(state, principal, code, action).await;
    }
    let (known, charge) = known(state, principal, code, right, action).await?;
    Ok((known.id, charge))
}

/// As `admit`, with how the session stands and who the caller is in it.
///
/// # Errors
/// As `admit`.
pub async fn known(
    state: &State,
    principal: Principal,
    code: &Code,
    right: Right,
    action: Action,
) -> Result<(Known, Charge), ServiceError> {
    look_up(state, principal, code).await?;
    let keys = principal.rate_limit_keys();
    // Before the database is asked who the caller is; it is given back to whoever may.
    let refused = state.limits.charge(keys, Action::Forbidden)?;
    let Some(known) = state.store.known(code, principal.visitor()).await? else {
        state.store.evict_code(code.as_str());
        return Err(ServiceError::NotFound);
    };
    let may = principal.may_have(right) && known.role.may_in(right, known.session.rules);
    if !may {
        refused.keep();
        return Err(ServiceError::Forbidden(right));
    }
    let charge = state.limits.charge(keys, action)?;
    Ok((known, charge))
}

/// Codes that no session has are counted, once for a crowd that asks for the same: there are few enough of them to be searched.
async fn look_up(
    state: &State,
    principal: Principal,
    code: &Code,
) -> Result<SessionId, ServiceError> {
    if let Some(recalled) = state.store.recalled(code) {
        return recalled.ok_or(ServiceError::NotFound);
    }
    // Before the database is asked: its answer would tell whoever searches whether the code is one.
    let counted = || {
        let keys = principal.rate_limit_keys();
        let charge = state.limits.charge(keys, Action::FindCode)?;
        Ok(move |is_found: bool| {
            if !is_found {
                charge.keep();
            }
        })
    };
    let found = state.store.find_counted(code, counted).await?;
    found.ok_or(ServiceError::NotFound)
}
