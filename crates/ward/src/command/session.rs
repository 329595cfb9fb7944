//! `ward session`: one's own sessions, in browsers and of command lines.

use clap::{Args, Subcommand};
use reqwest::Method;

use crate::{client::Client, command::table::Printed, config::Config, error::Error, runtime};

/// What to do with one's own sessions.
#[derive(Subcommand)]
pub(crate) enum SessionCommand {
    /// Lists them.
    List(Printed),
    /// Ends one.
    End(One),
    /// Ends all of them, this one included.
    EndAll,
}

/// One session.
#[derive(Args)]
pub(crate) struct One {
    /// Its id, as the list shows it.
    #[arg(value_parser = id)]
    session: ward_core::SessionId,
}

fn id(text: &str) -> Result<ward_core::SessionId, String> {
    text.parse()
        .map_err(|_| "must be an id of the list".to_owned())
}

pub(crate) fn run(config: &Config, command: SessionCommand) -> Result<(), Error> {
    let mut client = Client::open(config)?;
    runtime()?.block_on(async {
        match command {
            SessionCommand::List(printed) => {
                let answer = client.get("/manage/sessions").await?;
                let columns = [
                    ("ID", "id"),
                    ("KIND", "kind"),
                    ("THIS", "this"),
                    ("MACHINE", "machine"),
                    ("PROVED", "proved_at"),
                    ("LAST USED", "last_used"),
                    ("ENDS", "ends"),
                ];
                printed.list(&answer, "sessions", &columns);
            }
            SessionCommand::End(one) => {
                let path = format!("/manage/sessions/{}", one.session);
                client.send(&Method::DELETE, &path, None).await?;
                println!("Ended.");
            }
            SessionCommand::EndAll => {
                client
                    .send(&Method::DELETE, "/manage/sessions", None)
                    .await?;
                println!("All have ended, this one included.");
            }
        }
        Ok(())
    })
}
