//! `ward recovery`: somebody lost their factors, and two others know them again.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{
    client::{Client, field},
    command::{
        account::{ACCOUNTS, print_link},
        named::id_of,
        table::Printed,
    },
    config::Config,
    error::Error,
    files, runtime,
};

/// What to do with recoveries.
#[derive(Subcommand)]
pub(crate) enum RecoveryCommand {
    /// Lists those that are under way.
    List(Printed),
    /// Opens one, with what you saw to know the person again.
    Open(Opened),
    /// Approves what somebody else opened.
    Approve(One),
    /// Stops one.
    Stop(One),
    /// Prints the link, once, to who opened it, when the time to stop it is over.
    Link(One),
}

/// Whose account.
#[derive(Args)]
pub(crate) struct One {
    /// Its sign-in name, or its id.
    account: String,
    #[command(flatten)]
    printed: Printed,
}

/// A recovery to open.
#[derive(Args)]
pub(crate) struct Opened {
    #[command(flatten)]
    one: One,
    /// A file with what you saw, which is not for the command line's history.
    #[arg(long, value_name = "FILE")]
    notes: PathBuf,
}

pub(crate) fn run(config: &Config, command: RecoveryCommand) -> Result<(), Error> {
    let mut client = Client::open(config)?;
    runtime()?.block_on(async {
        match command {
            RecoveryCommand::List(printed) => list(&mut client, printed).await,
            RecoveryCommand::Open(opened) => open(&mut client, &opened).await,
            RecoveryCommand::Approve(one) => {
                step(&mut client, &one, "approve").await?;
                one.printed.done("Approved. It can be stopped for an hour.");
                Ok(())
            }
            RecoveryCommand::Stop(one) => {
                step(&mut client, &one, "stop").await?;
                one.printed.done("Stopped.");
                Ok(())
            }
            RecoveryCommand::Link(one) => {
                let link = step(&mut client, &one, "link").await?;
                print_link(one.printed, &link);
                Ok(())
            }
        }
    })
}

async fn list(client: &mut Client, printed: Printed) -> Result<(), Error> {
    let answer = client.get("/manage/recoveries").await?;
    let columns = [
        ("ACCOUNT", "account"),
        ("STEP", "step"),
        ("OPENED BY", "opened_by"),
        ("OPENED", "opened_at"),
        ("APPROVED BY", "approved_by"),
        ("ENDS", "ends"),
        ("SEEN", "notes"),
    ];
    printed.list(&answer, "recoveries", &columns);
    Ok(())
}

async fn open(client: &mut Client, opened: &Opened) -> Result<(), Error> {
    let id = id_of(client, ACCOUNTS, &opened.one.account).await?;
    let body = json!({ "notes": files::read(&opened.notes)? });
    let path = format!("/manage/accounts/{id}/recovery/open");
    client.post(&path, Some(&body)).await?;
    let text = "Opened. Somebody else must approve it.";
    opened.one.printed.done(text);
    Ok(())
}

/// A step of the recovery of this account that is under way now, by its id: no later one is meant.
async fn step(client: &mut Client, one: &One, step: &str) -> Result<Value, Error> {
    let account = id_of(client, ACCOUNTS, &one.account).await?;
    let shown = client.get(&format!("/manage/accounts/{account}")).await?;
    let recovery = field(field(&shown, "recovery"), "id");
    if recovery.is_null() {
        return Err(Error::Told("this account is not being recovered".into()));
    }
    let path = format!("/manage/accounts/{account}/recovery/{step}");
    let body = json!({ "recovery": recovery });
    client.post(&path, Some(&body)).await
}
