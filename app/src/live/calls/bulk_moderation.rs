//! Moderation actions that may take several calls, all of which are one action. Browser only.

use super::retry;
use crate::{
    api::{moderation, timestamps},
    domain::{
        code::Code,
        filter::Filter,
        moderation::{ModerationAction, ModerationId, Undoing},
        timestamp::TimestampId,
    },
    service::ServiceError,
};

/// Hides all that match a filter, and reports after each call how many it has hidden; stops early if `goes_on` says so.
///
/// # Errors
/// As `SessionService::hide_filtered`. What earlier calls did stays.
pub async fn hide_filtered(
    code: Code,
    filter: Filter,
    act: ModerationId,
    goes_on: impl Fn(u32) -> bool,
) -> Result<(), ServiceError> {
    let mut before = None;
    loop {
        let ask = || moderation::hide_filtered(code.clone(), filter.clone(), before, act);
        let swept = retry::with_retry(ask).await?;
        before = swept.before;
        if !goes_on(swept.hidden) || before.is_none() {
            return Ok(());
        }
    }
}

/// Hides timestamps, or restores them.
///
/// # Errors
/// As `SessionService::hide` and `SessionService::restore`. What earlier calls did stays.
pub async fn set_hidden(
    code: Code,
    ids: &[TimestampId],
    hides: bool,
    act: ModerationId,
) -> Result<(), ServiceError> {
    for ids in ids.chunks(ModerationAction::MOST_NAMED) {
        let (ids, act) = (|| ids.to_vec(), Some(act));
        match hides {
            true => retry::with_retry(|| timestamps::hide(code.clone(), ids(), act)).await?,
            false => retry::with_retry(|| timestamps::restore(code.clone(), ids(), act)).await?,
        }
    }
    Ok(())
}

/// Undoes several actions, the last one first.
///
/// # Errors
/// As `undo`. What was undone until then stays undone.
pub async fn undo_all(code: Code, acts: Vec<ModerationId>) -> Result<(), ServiceError> {
    for act in acts.into_iter().rev() {
        undo(code.clone(), act).await?;
    }
    Ok(())
}

/// Undoes an action.
///
/// # Errors
/// As `SessionService::undo`. What earlier calls restored stays, and the next undo continues with it.
pub async fn undo(code: Code, act: ModerationId) -> Result<(), ServiceError> {
    while retry::with_retry(|| moderation::undo(code.clone(), act)).await? == Undoing::GoesOn {}
    Ok(())
}
