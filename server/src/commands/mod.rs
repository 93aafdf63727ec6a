//! What the operator can do beside serving; each works while servers run, unless it says otherwise.

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
    /// Prints a new control link for a session, once. The old one dies, and with it what was opened by it.
    NewControlLink {
        /// The session's code.
        code: String,
    },
    /// Deletes a session with all that belongs to it. There is no way back but a backup.
    DeleteSession {
        /// The session's code.
        code: String,
        /// Does not ask first.
        #[arg(long)]
        yes: bool,
    },
    /// Writes a copy of the embedded database to a new file, while it is served.
    Backup {
        /// The file, which must not be there yet.
        file: PathBuf,
    },
    /// Lets all pages start over, after the database was restored other than from `backup`. Run it before the servers start.
    NewEpoch,
    /// Looks at the deployment with the settings that the server is started with, and says what to mend. The exit code is 1
    /// where something is wrong.
    Doctor,
}

/// Why a command did not do what it should.
#[derive(Debug, Error)]
pub enum CommandError {
    /// What was typed can be no session's code.
    #[error("{typed} is no code: {why}")]
    NoCode {
        /// What was typed.
        typed: String,
        /// What is wrong with it.
        why: String,
    },
    /// No session has this code.
    #[error("no session has the code {code}")]
    NoSession {
        /// The code.
        code: Code,
    },
    /// Nobody confirmed it.
    #[error("nothing was deleted; answer yes on a terminal, or add --yes")]
    Unconfirmed,
    /// The terminal broke.
    #[error("the terminal can't be asked: {0}")]
    Terminal(#[from] io::Error),
    /// The database can't.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a command answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// For standard output.
    pub words: String,
    /// Whether all is well; the exit code is 1 where it isn't.
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

/// Does what was asked for.
///
/// # Errors
/// `CommandError`, in one line for the operator.
pub async fn run(command: Command, config: &Config, clock: &Clock) -> Result<Answer, CommandError> {
    let words = match command {
        // It looks at databases that can't be opened, too.
        Command::Doctor => return Ok(doctor::run(config, clock).await),
        Command::NewControlLink { code } => {
            let store = open(config).await?;
            new_control_link::run(&store, clock, &config.public_url(), &code).await
        }
        Command::DeleteSession { code, yes } => {
            let store = open(config).await?;
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

/// Opens the database as it is: a mistyped address shall not make an empty one, nor a newer program migrate what an older
/// one is serving.
async fn open(config: &Config) -> Result<Store, StoreError> {
    Store::open_with(&config.database_url, OpenOptions::as_it_is()).await
}

/// The session whose code an operator typed.
async fn resolve_session(store: &Store, typed: &str) -> Result<(Code, SessionId), CommandError> {
    let code = Code::find(typed).map_err(|error| CommandError::NoCode {
        typed: typed.into(),
        why: error.to_string(),
    })?;
    match store.resolve_code(&code).await? {
        Some(id) => Ok((code, id)),
        None => Err(CommandError::NoSession { code }),
    }
}
