//! The binary: commands, configuration, wiring.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line speaks"
)]

mod client;
mod command;
mod config;
mod coverage;
mod data;
mod error;
mod files;
mod open_files;
mod telemetry;
mod tls;
mod wiring;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::{config::Config, error::Error};

/// Ward: health and care records behind a second factor, a reason and a log.
#[derive(Parser)]
#[command(name = "ward", version, max_term_width = 100)]
struct CommandLine {
    /// The configuration file [default: ward.toml, where it exists].
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A setting, such as `--set server.listen=127.0.0.1:9443`; may come several times.
    #[arg(long, global = true, value_name = "SETTING=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Makes the data folder: root key, organisations, and an account for each first administrator.
    Init(command::init::Options),
    /// Serves pages and FHIR over TLS until it is told to stop.
    Serve,
    /// Loads FHIR Bundles (JSON) and NDJSON into one organisation; safe to run again.
    Import(command::import::Options),
    /// Two organisations of synthetic people, served on localhost.
    Demo(command::demo::Options),
    /// Makes this command line a client of a running Ward: its person approves it in a browser.
    Login(command::login::Options),
    /// Ends the session of this machine.
    Logout,
    /// Says as whom, and until when.
    Whoami(command::table::Printed),
    /// The organisation's people.
    #[command(subcommand)]
    Account(command::account::AccountCommand),
    /// The organisation's services.
    #[command(subcommand)]
    Service(command::registered::ServiceCommand),
    /// The apps that the organisation's people may use.
    #[command(subcommand)]
    App(command::registered::AppCommand),
    /// Recoveries of accounts whose persons lost their factors.
    #[command(subcommand)]
    Recovery(command::recovery::RecoveryCommand),
    /// The organisation's own policy: written by one person, put in force by another.
    #[command(subcommand)]
    Policy(command::policy::PolicyCommand),
    /// Your own sessions.
    #[command(subcommand)]
    Session(command::session::SessionCommand),
    /// What policy allows at most; with --prove, that no request gets round the locks.
    Coverage(command::coverage::Options),
    /// The log: the record of all that was written and read.
    #[command(subcommand)]
    Log(LogCommand),
    /// The view: what answers queries; made from the log.
    #[command(subcommand)]
    View(ViewCommand),
    /// The root key and the keys of organisations.
    #[command(subcommand)]
    Key(command::key::KeyCommand),
    /// What is configured.
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Subcommand)]
enum LogCommand {
    /// Checks every entry against the signed checkpoints, offline, without a key to the contents.
    Verify(command::log::VerifyOptions),
    /// Prints the public key that checkpoints of an organisation are verified with.
    Key(OrganisationOption),
}

#[derive(Subcommand)]
enum ViewCommand {
    /// Makes the view of an organisation anew from its log.
    Rebuild(OrganisationOption),
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Prints every setting in force and where it came from; secrets are hidden.
    Check,
    /// Prints what every setting is for, as docs/CONFIGURATION.md.
    List,
}

#[derive(Args)]
struct OrganisationOption {
    /// The organisation's ODS code.
    #[arg(long, value_name = "ODS")]
    organisation: ward_core::Ods,
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("must be SETTING=VALUE")?;
    Ok((key.to_owned(), value.to_owned()))
}

fn main() -> ExitCode {
    let line = CommandLine::parse();
    match run(line) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The runtime of a command: as many workers as the machine has cores.
fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Error::told)
}

fn run(line: CommandLine) -> Result<(), Error> {
    let config = Config::read(line.config.as_deref(), &line.set)?;
    match line.command {
        Command::Init(options) => command::init::run(&config, &options),
        Command::Serve => command::serve::run(&config),
        Command::Import(options) => command::import::run(&config, &options),
        Command::Demo(options) => command::demo::run(&config, &options),
        Command::Login(options) => command::login::log_in(&config, &options),
        Command::Logout => command::login::log_out(&config),
        Command::Whoami(printed) => command::login::who_am_i(&config, printed),
        Command::Account(command) => command::account::run(&config, command),
        Command::Service(command) => command::registered::services(&config, command),
        Command::App(command) => command::registered::apps(&config, command),
        Command::Recovery(command) => command::recovery::run(&config, command),
        Command::Policy(command) => command::policy::run(&config, command),
        Command::Session(command) => command::session::run(&config, command),
        Command::Coverage(options) => command::coverage::run(&config, &options),
        Command::Log(LogCommand::Verify(options)) => command::log::verify(&config, &options),
        Command::Log(LogCommand::Key(option)) => command::log::key(&config, &option.organisation),
        Command::View(ViewCommand::Rebuild(option)) => {
            command::view::rebuild(&config, &option.organisation)
        }
        Command::Key(command) => command::key::run(&config, command),
        Command::Config(ConfigCommand::Check) => {
            print!("{}", config.table());
            Ok(())
        }
        Command::Config(ConfigCommand::List) => {
            print!("{}", config::documentation());
            Ok(())
        }
    }
}
