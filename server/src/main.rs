//! Reads the configuration, opens the database and serves. What can't be used is said in one line, and the exit code is 1.

use std::process::ExitCode;

use clap::{Parser, error::ErrorKind};
use server::{
    config::{Config, LogFormat},
    lifecycle::{self, StartError},
};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let config = match Config::try_parse() {
        Ok(config) => config,
        Err(error) => return refuse_flags(&error),
    };
    log(config.log_format);
    match run(config) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&error.to_string()),
    }
}

#[tokio::main]
async fn run(config: Config) -> Result<(), StartError> {
    lifecycle::run(config, lifecycle::asked_to_stop()).await
}

/// Help and version are no errors; of the others the first line says what is wrong.
fn refuse_flags(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            print!("{error}");
            ExitCode::SUCCESS
        }
        _ => {
            let words = error.to_string();
            let line: Vec<_> = words.lines().take_while(|line| !line.is_empty()).collect();
            refuse(line.join(" ").trim_start_matches("error: "))
        }
    }
}

fn refuse(words: &str) -> ExitCode {
    eprintln!("error: {words}");
    ExitCode::FAILURE
}

fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,sea_orm_migration=warn"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}
