//! `delete-session CODE`: deletes a session with all its data, also if it is in the trash.

use std::io::{self, IsTerminal, Write};

use super::{CommandError, parse_code};
use crate::{
    clock::Clock,
    store::{Store, VisitorId},
};

/// Deletes the session if `confirm`, which is shown what will be deleted, returns true.
pub(super) async fn run(
    store: &Store,
    clock: &Clock,
    typed: &str,
    confirm: impl FnOnce(&str) -> io::Result<bool>,
) -> Result<String, CommandError> {
    let code = parse_code(typed)?;
    let nobody = VisitorId(uuid::Uuid::nil());
    let kept = store.load_kept_for(clock, &code, nobody).await?;
    let kept = kept.ok_or_else(|| CommandError::NoSession { code: code.clone() })?;
    let session = kept.session;
    let timestamps = match session.timestamp_count {
        1 => "1 timestamp".to_owned(),
        count => format!("{count} timestamps"),
    };
    let what = format!(
        "the session {code}, {:?}, with {timestamps} and all that belongs to it",
        session.title.as_str()
    );
    if !confirm(&what)? {
        return Err(CommandError::Unconfirmed);
    }
    // It may have been restored while the operator thought about it.
    let is_done = kept.is_in_trash && store.empty_trash_of(kept.id).await?;
    if !is_done {
        store.delete_session(clock, kept.id).await?;
    }
    // There may be no running server to do it. The trash is left to the server, whose time may differ from this process's.
    store.purge_deleted().await?;
    Ok(format!("deleted {what}"))
}

/// Asks on the terminal; without a terminal the answer is no.
pub(super) fn ask(what: &str) -> io::Result<bool> {
    let answers = io::stdin();
    if !answers.is_terminal() {
        return Ok(false);
    }
    let mut question = io::stderr();
    write!(question, "Delete {what}, for good? Type yes: ")?;
    question.flush()?;
    let mut answer = String::new();
    answers.read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
