//! `ward login`, `ward logout`, `ward whoami`: the session of this machine.

use std::path::PathBuf;

use clap::Args;

use crate::{
    client::{Client, text},
    command::table::Printed,
    config::Config,
    error::Error,
    runtime,
};

/// Where to log in.
#[derive(Args)]
pub(crate) struct Options {
    /// The server [default: server.public_url].
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Certificates (PEM) of the authorities to trust in place of the machine's own.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

pub(crate) fn log_in(config: &Config, options: &Options) -> Result<(), Error> {
    let configured = config.text("server.public_url");
    let server = options.server.as_deref().unwrap_or(configured);
    runtime()?.block_on(async {
        let mut client = Client::log_in(config, server, options.ca.as_deref()).await?;
        let own = client.get("/manage/session").await?;
        println!(
            "Logged in as {} ({}), until {}. `ward logout` ends it.",
            text(&own, "name"),
            text(&own, "role"),
            text(&own, "ends")
        );
        Ok(())
    })
}

pub(crate) fn log_out(config: &Config) -> Result<(), Error> {
    let client = Client::open(config)?;
    runtime()?.block_on(client.log_out())?;
    println!("Logged out.");
    Ok(())
}

pub(crate) fn who_am_i(config: &Config, printed: Printed) -> Result<(), Error> {
    let mut client = Client::open(config)?;
    let own = runtime()?.block_on(client.get("/manage/session"))?;
    printed.one(
        &own,
        &[
            ("name", "name"),
            ("role", "role"),
            ("organisation", "organisation"),
            ("proved by", "factors"),
            ("proved at", "proved_at"),
            ("ends", "ends"),
        ],
    );
    Ok(())
}
