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

/// Undoes several actions, the last one first. One of them that changed nothing, because somebody else had done the same, is not
/// in the log, and leaves nothing to undo.
///
/// # Errors
/// As `undo`; that there is nothing to undo only if no action left anything. What was undone until then stays undone.
pub async fn undo_all(code: Code, acts: Vec<ModerationId>) -> Result<(), ServiceError> {
    undo_each(acts, |act| undo(code.clone(), act)).await
}

async fn undo_each<F>(
    acts: Vec<ModerationId>,
    undo: impl Fn(ModerationId) -> F,
) -> Result<(), ServiceError>
where
    F: Future<Output = Result<(), ServiceError>>,
{
    let mut undone = Err(ServiceError::NoModeration);
    for act in acts.into_iter().rev() {
        match undo(act).await {
            Ok(()) => undone = Ok(()),
            Err(ServiceError::NoModeration) => {}
            Err(error) => return Err(error),
        }
    }
    undone
}

/// Undoes an action.
///
/// # Errors
/// As `SessionService::undo`. What earlier calls restored stays, and the next undo continues with it.
pub async fn undo(code: Code, act: ModerationId) -> Result<(), ServiceError> {
    while retry::with_retry(|| moderation::undo(code.clone(), act)).await? == Undoing::GoesOn {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, future::ready};

    use futures::FutureExt;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_action_that_left_nothing_to_undo_keeps_none_of_the_others_from_it() {
        const NONE: ServiceError = ServiceError::NoModeration;
        const GONE: ServiceError = ServiceError::NotFound;
        let acts: Vec<_> = (0..3).map(|n| ModerationId(Uuid::from_u128(n))).collect();
        // How each is answered, the first one first; which are asked for, and what comes of it.
        let cases = [
            ([Ok(()), Ok(()), Ok(())], 3, Ok(())),
            ([Ok(()), Ok(()), Err(NONE)], 3, Ok(())),
            ([Err(NONE), Ok(()), Err(NONE)], 3, Ok(())),
            ([Err(NONE), Err(NONE), Err(NONE)], 3, Err(NONE)),
            ([Ok(()), Err(GONE), Err(NONE)], 2, Err(GONE)),
        ];
        for (answers, asked, expected) in cases {
            let heard = RefCell::new(Vec::new());
            let undo = |act: ModerationId| {
                heard.borrow_mut().push(act);
                let nth = acts.iter().position(|known| *known == act).unwrap();
                ready(answers[nth].clone())
            };
            let undone = undo_each(acts.clone(), undo).now_or_never();
            assert_eq!(undone, Some(expected));
            let last_first: Vec<_> = acts.iter().rev().take(asked).copied().collect();
            assert_eq!(*heard.borrow(), last_first);
        }
    }
}
