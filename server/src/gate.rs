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
    store::{SessionContext, SessionId, VisitorId},
};

/// The session with this code, for what anybody may do in it. No statement runs where the code was asked for of late.
///
/// # Errors
/// `ServiceError::NotFound`, `ServiceError::RateLimited` where the caller's client network did too much of it or asked for too many codes of
/// no session, and `ServiceError::Unavailable` while the database can't be reached.
pub async fn resolve(
    state: &State,
    principal: Principal,
    code: &Code,
    action: Action,
) -> Result<(SessionId, Charge), ServiceError> {
    let session = resolve_code(state, principal, code).await?;
    let charge = state.limits.charge(principal.rate_limit_keys(), action)?;
    Ok((session, charge))
}

/// The session with this code and whose press it is, for a press with this id. Whoever has a name may press; it is counted by
/// its visitor and its session, too.
///
/// # Errors
/// As `resolve`, and `ServiceError::Forbidden` to whom nothing can belong.
pub async fn resolve_for_press(
    state: &State,
    principal: Principal,
    code: &Code,
    press: TimestampId,
) -> Result<(SessionId, VisitorId, Charge), ServiceError> {
    let session = resolve_code(state, principal, code).await?;
    let visitor = principal.author(Right::Submit)?.visitor;
    let keys = principal.rate_limit_keys();
    let charge = state.limits.charge_press(keys, (visitor, session, press))?;
    Ok((session, visitor, charge))
}

/// The session with this code, where the caller has that right in it.
///
/// # Errors
/// As `resolve`, and `ServiceError::Forbidden`.
pub async fn authorize(
    state: &State,
    principal: Principal,
    code: &Code,
    right: Right,
    action: Action,
) -> Result<(SessionId, Charge), ServiceError> {
    // What role the caller has matters only where not every role may.
    if Role::Viewer.may(right) && principal.may_have(right) {
        return resolve(state, principal, code, action).await;
    }
    let (context, charge) = load_for(state, principal, code, right, action).await?;
    Ok((context.id, charge))
}

/// As `authorize`, with the session's state and the caller's role in it.
///
/// # Errors
/// As `authorize`.
pub async fn load_for(
    state: &State,
    principal: Principal,
    code: &Code,
    right: Right,
    action: Action,
) -> Result<(SessionContext, Charge), ServiceError> {
    resolve_code(state, principal, code).await?;
    let keys = principal.rate_limit_keys();
    // Before the database is asked who the caller is; it is given back to whoever may.
    let refused = state.limits.charge(keys, Action::Forbidden)?;
    let Some(context) = state.store.load_for(code, principal.visitor()).await? else {
        state.store.evict_code(code.as_str());
        return Err(ServiceError::NotFound);
    };
    let may = principal.may_have(right) && context.role.may_in(right, context.session.rules);
    if !may {
        refused.keep();
        return Err(ServiceError::Forbidden(right));
    }
    let charge = state.limits.charge(keys, action)?;
    Ok((context, charge))
}

/// Codes that no session has are counted, once for a crowd that asks for the same: there are few enough of them to be searched.
async fn resolve_code(
    state: &State,
    principal: Principal,
    code: &Code,
) -> Result<SessionId, ServiceError> {
    if let Some(cached) = state.store.cached_code(code) {
        return cached.ok_or(ServiceError::NotFound);
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
    let found = state.store.resolve_code_counted(code, counted).await?;
    found.ok_or(ServiceError::NotFound)
}
