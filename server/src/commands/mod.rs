//! Operator commands; each works while servers run, unless it says otherwise.

mod backup;
mod delete_session;
mod doctor;
mod new_control_link;
mod new_epoch;

use std::{io, path::PathBuf};

use app::domain::code::Code;
use clap::{Parser, Subcommand};
use thiserror::Error;

use crate::{
    clock::Clock,
    clock_watch,
    config::Config,
    store::{OpenOptions, SessionId, Store, StoreError},
};

/// Collects the timestamps of moments worth clipping, from the people watching. Without a command it serves.
#[derive(Clone, Debug, Parser)]
#[command(version)]
pub struct Program {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to serve.
    #[command(flatten)]
    pub config: Config,
}

/// What to do instead of serving.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Prints a new control link for a session, once. The old one stops working, and so does all access gained through it.
    NewControlLink {
        /// The session's code.
        code: String,
    },
    /// Deletes a session with all its data. It can only be restored from a backup.
    DeleteSession {
        /// The session's code.
        code: String,
        /// Don't ask for confirmation.
        #[arg(long)]
        yes: bool,
    },
    /// Writes a copy of the embedded database to a new file, while servers run.
    Backup {
        /// The file, which must not exist yet.
        file: PathBuf,
    },
    /// Makes all pages start over, after the database was restored: other than from `backup`, or from the same backup once
    /// more. Servers that run take it over within a second.
    NewEpoch,
    /// Checks the deployment with the settings that the server is started with, and says what to fix. Exits with 1 if
    /// something is wrong.
    Doctor,
}

/// Why a command failed.
#[derive(Debug, Error)]
pub enum CommandError {
    /// The input can't be a session's code.
    #[error(
        "{typed:?} is not a session code: that is {} letters and digits",
        Code::LENGTH
    )]
    NoCode {
        /// What was typed.
        typed: String,
    },
    /// No session has this code.
    #[error("no session has the code {code}")]
    NoSession {
        /// The code.
        code: Code,
    },
    /// The deletion was not confirmed.
    #[error("nothing was deleted; answer yes on a terminal, or add --yes")]
    Unconfirmed,
    /// The terminal failed.
    #[error("the terminal can't be asked: {0}")]
    Terminal(#[from] io::Error),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The result of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// For standard output.
    pub words: String,
    /// Whether all is well; if not, the exit code is 1.
    pub is_well: bool,
}

impl From<String> for Answer {
    fn from(words: String) -> Self {
        Self {
            words,
            is_well: true,
        }
    }
}

/// Runs a command.
///
/// # Errors
/// `CommandError`, as one line for the operator.
pub async fn run(command: Command, config: &Config, clock: &Clock) -> Result<Answer, CommandError> {
    let words = match command {
        // It also checks databases that can't be opened.
        Command::Doctor => return Ok(doctor::run(config, clock).await),
        Command::NewControlLink { code } => {
            let store = open(config, clock).await?;
            new_control_link::run(&store, clock, &config.public_url(), &code).await
        }
        Command::DeleteSession { code, yes } => {
            let store = open(config, clock).await?;
            delete_session::run(&store, clock, &code, |what| {
                if yes {
                    Ok(true)
                } else {
                    delete_session::ask(what)
                }
            })
            .await
        }
        Command::Backup { file } => backup::run(&config.database_url, &file).await,
        Command::NewEpoch => new_epoch::run(&config.database_url).await,
    };
    Ok(words?.into())
}

/// Opens the database as it is: a mistyped address must not create an empty one, and a newer program must not migrate what
/// an older one is serving. With Postgres, the command gets the same time as the servers.
async fn open(config: &Config, clock: &Clock) -> Result<Store, StoreError> {
    let store = Store::open_with(&config.database_url, OpenOptions::as_it_is()).await?;
    clock_watch::adopt_database_time(&store, clock).await?;
    Ok(store)
}

/// The code that the operator typed.
fn parse_code(typed: &str) -> Result<Code, CommandError> {
    Code::find(typed).map_err(|_| CommandError::NoCode {
        typed: typed.into(),
    })
}

/// The session whose code the operator typed.
async fn resolve_session(store: &Store, typed: &str) -> Result<(Code, SessionId), CommandError> {
    let code = parse_code(typed)?;
    match store.resolve_code(&code).await? {
        Some(id) => Ok((code, id)),
        None => Err(CommandError::NoSession { code }),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn commands_take_all_flags_that_the_server_is_started_with() {
        let program = Program::command();
        let flags = program.get_arguments();
        let refused = flags.filter(|flag| !flag.is_global_set());
        assert_eq!(
            refused.map(|flag| flag.get_id()).collect::<Vec<_>>(),
            [""; 0]
        );
    }
}
