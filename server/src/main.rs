//! Parses the command line, and serves or runs a command. Errors are one line, with exit code 1.

use std::{
    env,
    io::{self, ErrorKind::BrokenPipe, IsTerminal, Write},
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, error::ErrorKind};
use server::{
    clock::Clock,
    commands::{self, Answer, Command, CommandError, Program},
    config::{Config, LogFormat},
    lifecycle::{self, StartError},
    open_files,
};
use tracing_subscriber::{EnvFilter, Layer, filter::filter_fn, fmt, prelude::*};

/// For how long signals are one request to stop: `timeout`, `npm` and some supervisors send one to the process and another to
/// its group, which it belongs to.
const ONE_REQUEST: Duration = Duration::from_millis(100);

fn main() -> ExitCode {
    let Program { command, config } = match Program::try_parse() {
        Ok(program) => program,
        Err(error) => return refuse_flags(&error),
    };
    let usual = match command {
        None => "info,sqlx=warn,sea_orm_migration=warn",
        Some(_) => "warn",
    };
    if let Err(words) = log(config.log_format, usual) {
        return refuse(&words);
    }
    match command {
        None => {
            open_files::raise_limit();
            match serve(config) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => refuse(&error.to_string()),
            }
        }
        Some(command) => match run(command, &config) {
            Ok(Answer { words, is_well }) => match tell(&words) {
                Ok(()) => ExitCode::from(u8::from(!is_well)),
                // It may be a link that is told only once.
                Err(error) => refuse(&format!("the answer could not be written: {error}")),
            },
            Err(error) => refuse(&error.to_string()),
        },
    }
}

#[tokio::main]
async fn serve(config: Config) -> Result<(), StartError> {
    let stop = async {
        lifecycle::asked_to_stop().await;
        // A second signal means that the operator doesn't want to wait for slow readers.
        tokio::spawn(async {
            tokio::time::sleep(ONE_REQUEST).await;
            lifecycle::asked_to_stop().await;
            tracing::warn!("stopped at once, since that was asked for a second time");
            std::process::exit(1);
        });
    };
    lifecycle::run(config, stop).await
}

#[tokio::main(flavor = "current_thread")]
async fn run(command: Command, config: &Config) -> Result<Answer, CommandError> {
    commands::run(command, config, &Clock::System).await
}

/// Help and version are not errors; for real errors, the first line says what is wrong.
fn refuse_flags(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            match tell(error.to_string().trim_end()) {
                // Whoever reads only the beginning (`server --help | head`) closes the pipe.
                Err(error) if error.kind() != BrokenPipe => refuse(&error.to_string()),
                _ => ExitCode::SUCCESS,
            }
        }
        _ => {
            let words = error.to_string();
            let line: Vec<_> = words.lines().take_while(|line| !line.is_empty()).collect();
            refuse(line.join(" ").trim_start_matches("error: "))
        }
    }
}

/// Writes an answer to the standard output.
fn tell(words: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{words}")?;
    output.flush()
}

fn refuse(words: &str) -> ExitCode {
    eprintln!("error: {words}");
    ExitCode::FAILURE
}

/// Modules that log entire addresses at the most verbose level: somebody may put a key into one.
const LOGS_WHOLE_URLS: [&str; 2] = ["axum::rejection", "tower_http::csrf"];

/// Starts the log, with the usual filter unless `RUST_LOG` is set.
///
/// # Errors
/// What is wrong with that one, for the operator.
fn log(format: LogFormat, usual: &str) -> Result<(), String> {
    let filter = match env::var(EnvFilter::DEFAULT_ENV) {
        Ok(set) => EnvFilter::try_new(set).map_err(|error| error.to_string()),
        Err(env::VarError::NotPresent) => Ok(EnvFilter::new(usual)),
        Err(error @ env::VarError::NotUnicode(_)) => Err(error.to_string()),
    };
    let filter = filter.map_err(|error| {
        let name = EnvFilter::DEFAULT_ENV;
        format!("{name} can't be read, like server=debug: {error}")
    })?;
    let lines = fmt::layer()
        // Colours are for terminals; files and journals get plain text.
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let without_urls = filter_fn(|told| {
        !LOGS_WHOLE_URLS
            .iter()
            .any(|part| told.target().starts_with(part))
    });
    tracing_subscriber::registry()
        .with(lines.with_filter(without_urls))
        .with(filter)
        .init();
    Ok(())
}
