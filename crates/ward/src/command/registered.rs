//! `ward service` and `ward app`: programs, which one person proposes and another approves.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::{
    client::Client,
    command::{named::id_of, table::Printed},
    config::Config,
    error::Error,
    files, runtime,
};

/// What to do with services.
#[derive(Subcommand)]
pub(crate) enum ServiceCommand {
    /// Lists services, who vouched for each, and when it last got a token.
    List(Printed),
    /// Proposes one; somebody else approves it.
    Propose(Proposal),
    /// Approves what somebody else proposed.
    Approve(One),
    /// Ends a service: its tokens end at once.
    Suspend(One),
}

/// What to do with apps.
#[derive(Subcommand)]
pub(crate) enum AppCommand {
    /// Lists apps, who vouched for each, and when it last got a token.
    List(Printed),
    /// Proposes one; somebody else approves it.
    Propose(Proposal),
    /// Approves what somebody else proposed.
    Approve(One),
    /// Ends an app for good: what it was given ends at once.
    End(One),
}

/// One of them.
#[derive(Args)]
pub(crate) struct One {
    /// Its name, or its id.
    name: String,
    #[command(flatten)]
    printed: Printed,
}

/// A proposal.
#[derive(Args)]
pub(crate) struct Proposal {
    /// A file of JSON: what it is called, its public keys, scopes and end; see
    /// docs/administration.md.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    printed: Printed,
}

/// Where they are listed.
type Place = (&'static str, &'static str);

const SERVICES: Place = ("/manage/services", "services");
const APPS: Place = ("/manage/apps", "apps");

pub(crate) fn services(config: &Config, command: ServiceCommand) -> Result<(), Error> {
    let mut client = Client::open(config)?;
    let columns = [
        ("NAME", "name"),
        ("SCOPES", "scopes"),
        ("PROPOSED BY", "enrolled_by"),
        ("APPROVED BY", "approved_by"),
        ("EXPIRES", "expires"),
        ("SUSPENDED", "suspended"),
        ("LAST USED", "last_used"),
    ];
    runtime()?.block_on(async {
        match command {
            ServiceCommand::List(printed) => list(&mut client, SERVICES, printed, &columns).await,
            ServiceCommand::Propose(new) => propose(&mut client, SERVICES, &new).await,
            ServiceCommand::Approve(one) => {
                step(&mut client, SERVICES, &one, ("approve", "Approved.")).await
            }
            ServiceCommand::Suspend(one) => {
                step(&mut client, SERVICES, &one, ("suspend", "Suspended.")).await
            }
        }
    })
}

pub(crate) fn apps(config: &Config, command: AppCommand) -> Result<(), Error> {
    let mut client = Client::open(config)?;
    let columns = [
        ("NAME", "name"),
        ("SCOPES", "scopes"),
        ("PROPOSED BY", "enrolled_by"),
        ("APPROVED BY", "approved_by"),
        ("EXPIRES", "expires"),
        ("ENDED", "ended"),
        ("LAST USED", "last_used"),
    ];
    runtime()?.block_on(async {
        match command {
            AppCommand::List(printed) => list(&mut client, APPS, printed, &columns).await,
            AppCommand::Propose(new) => propose(&mut client, APPS, &new).await,
            AppCommand::Approve(one) => {
                step(&mut client, APPS, &one, ("approve", "Approved.")).await
            }
            AppCommand::End(one) => step(&mut client, APPS, &one, ("end", "Ended.")).await,
        }
    })
}

async fn list(
    client: &mut Client,
    (path, name): Place,
    printed: Printed,
    columns: &[(&str, &str)],
) -> Result<(), Error> {
    let answer = client.get(path).await?;
    printed.list(&answer, name, columns);
    Ok(())
}

async fn propose(client: &mut Client, (path, _): Place, new: &Proposal) -> Result<(), Error> {
    let proposal = read(&new.file)?;
    let answer = client.post(path, Some(&proposal)).await?;
    new.printed.one(&answer, &[("client id", "id")]);
    new.printed.done("Proposed. Somebody else must approve it.");
    Ok(())
}

async fn step(
    client: &mut Client,
    place: Place,
    one: &One,
    (step, done): (&str, &str),
) -> Result<(), Error> {
    let id = id_of(client, place, &one.name).await?;
    let (path, _) = place;
    client.post(&format!("{path}/{id}/{step}"), None).await?;
    one.printed.done(done);
    Ok(())
}

fn read(path: &Path) -> Result<Value, Error> {
    let text = files::read(path)?;
    serde_json::from_str(&text).map_err(|error| Error::File {
        path: path.to_owned(),
        what: format!(
            "is no JSON: line {}, column {}",
            error.line(),
            error.column()
        ),
    })
}
