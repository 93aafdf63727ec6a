//! The gate: the only way from a session's code to the session. It checks permissions and rate limits.

use app::{
    domain::{
        code::Code,
        moments::moment::MomentId,
        role::{Audience, Right, Role},
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

/// The session with this code, for actions that are open to everybody. Runs no statement if the code was resolved recently.
///
/// # Errors
/// `ServiceError::NotFound`; `ServiceError::RateLimited` if the caller's client network has exceeded its limit for this
/// action or for unknown codes; and `ServiceError::Unavailable` if the database can't be reached.
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

/// The session with this code, and the visitor whose press this is, for a press with this id. Everybody with an identity
/// may press; a press is also counted by visitor and by session.
///
/// # Errors
/// As `resolve`, and `ServiceError::Forbidden` if the caller can't own anything.
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

/// As `resolve_for_press`, for joining this moment.
///
/// # Errors
/// As `resolve_for_press`.
pub async fn resolve_for_join(
    state: &State,
    principal: Principal,
    code: &Code,
    moment: MomentId,
) -> Result<(SessionId, VisitorId, Charge), ServiceError> {
    let session = resolve_code(state, principal, code).await?;
    let visitor = principal.author(Right::Submit)?.visitor;
    let keys = principal.rate_limit_keys();
    let charge = state.limits.charge_join(keys, (visitor, session, moment))?;
    Ok((session, visitor, charge))
}

/// The session with this code, if the caller has this right in it.
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
    // The caller's role only matters if not every role has the right.
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
    // Charged before the database is asked who the caller is, and refunded if they have the right.
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

/// Checks that the caller may watch a session that was resolved already, as this audience. Everybody may as a viewer; the
/// session's rules lend nobody the right to watch as staff.
///
/// # Errors
/// `ServiceError::Forbidden`; `ServiceError::RateLimited` if the caller's client network was refused too often; and
/// `ServiceError::Unavailable` if the database can't be reached.
pub async fn authorize_stream(
    state: &State,
    principal: Principal,
    session: SessionId,
    audience: Audience,
) -> Result<(), ServiceError> {
    let right = match audience {
        Audience::Public => return Ok(()),
        Audience::Staff => audience.right(),
    };
    let keys = principal.rate_limit_keys();
    // As in `load_for`.
    let refused = state.limits.charge(keys, Action::Forbidden)?;
    let role = state.store.role(session, principal.visitor()).await?;
    if !(principal.may_have(right) && role.may(right)) {
        refused.keep();
        return Err(ServiceError::Forbidden(right));
    }
    Ok(())
}

/// Checks that the caller still has a right that they were granted, while something long is sent to them. It is not counted.
///
/// # Errors
/// `ServiceError::Forbidden` if it was taken from them; and `ServiceError::Unavailable` if the database can't be reached.
pub async fn check_again(
    state: &State,
    principal: Principal,
    session: SessionId,
    right: Right,
) -> Result<(), ServiceError> {
    let role = state.store.role(session, principal.visitor()).await?;
    match principal.may_have(right) && role.may(right) {
        true => Ok(()),
        false => Err(ServiceError::Forbidden(right)),
    }
}

/// The session with this code for the streamer, even if it is in the trash.
///
/// # Errors
/// As `authorize`. Nobody else is told that there is a session in the trash.
pub async fn authorize_kept(
    state: &State,
    principal: Principal,
    code: &Code,
) -> Result<(SessionId, Charge), ServiceError> {
    let keys = principal.rate_limit_keys();
    // As in `resolve_code` and `load_for`: charged before the database is asked; what it says decides which is kept. That a
    // session exists which was found lately is no secret.
    let searched = match state.store.cached_code(code) {
        Some(Some(_)) => None,
        Some(None) | None => Some(state.limits.charge(keys, Action::FindCode)?),
    };
    let refused = state.limits.charge(keys, Action::Forbidden)?;
    let (store, visitor) = (&state.store, principal.visitor());
    let found = store.load_kept_for(&state.clock, code, visitor).await?;
    let right = Right::Control;
    match found {
        Some(kept) if principal.may_have(right) && kept.role.may(right) => {
            let charge = state.limits.charge(keys, Action::Control)?;
            Ok((kept.id, charge))
        }
        Some(kept) if !kept.is_in_trash => {
            refused.keep();
            Err(ServiceError::Forbidden(right))
        }
        Some(_) | None => {
            if let Some(searched) = searched {
                searched.keep();
            }
            Err(ServiceError::NotFound)
        }
    }
}

/// Resolves a code, and counts codes that no session has: there are few enough codes to search them all. A crowd that asks
/// for the same code counts once.
async fn resolve_code(
    state: &State,
    principal: Principal,
    code: &Code,
) -> Result<SessionId, ServiceError> {
    if let Some(cached) = state.store.cached_code(code) {
        return cached.ok_or(ServiceError::NotFound);
    }
    // Charged before the database is asked, whose answer would tell somebody searching whether the code exists.
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
