//! `ward account`: the organisation's people.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{
    client::Client,
    command::{named::id_of, table::Printed},
    config::Config,
    error::Error,
    runtime,
};

/// What to do with accounts.
#[derive(Subcommand)]
pub(crate) enum AccountCommand {
    /// Lists people, and how each stands.
    List(Printed),
    /// Shows one, with the passkeys.
    Show(One),
    /// Makes an account, and prints the link by which its person enrols, once.
    Add(New),
    /// Prints another link for somebody who never enrolled.
    Link(One),
    /// Shuts an account out: its sessions end at once.
    Suspend(One),
    /// Lets an account in.
    Resume(One),
}

/// One account.
#[derive(Args)]
pub(crate) struct One {
    /// Its sign-in name, with or without the organisation, or its id.
    account: String,
    #[command(flatten)]
    printed: Printed,
}

/// A new account.
#[derive(Args)]
pub(crate) struct New {
    /// The part of the sign-in name before the @.
    name: String,
    /// The name that others see.
    #[arg(long, value_name = "NAME")]
    display_name: String,
    /// What it is for: clinician, call-handler, receptionist, carer, information-governance,
    /// administrator.
    #[arg(long, value_name = "ROLE")]
    role: ward_identity::Role,
    /// The id of the Practitioner who is the same person.
    #[arg(long, value_name = "ID")]
    practitioner: Option<String>,
    #[command(flatten)]
    printed: Printed,
}

/// Where accounts are listed.
pub(crate) const ACCOUNTS: (&str, &str) = ("/manage/accounts", "accounts");

pub(crate) fn run(config: &Config, command: AccountCommand) -> Result<(), Error> {
    let mut client = Client::open(config)?;
    runtime()?.block_on(async {
        match command {
            AccountCommand::List(printed) => list(&mut client, printed).await,
            AccountCommand::Show(one) => show(&mut client, &one).await,
            AccountCommand::Add(new) => add(&mut client, new).await,
            AccountCommand::Link(one) => {
                let link = post(&mut client, &one, "link").await?;
                print_link(one.printed, &link);
                Ok(())
            }
            AccountCommand::Suspend(one) => {
                post(&mut client, &one, "suspend").await?;
                one.printed.done("Suspended. Its sessions have ended.");
                Ok(())
            }
            AccountCommand::Resume(one) => {
                post(&mut client, &one, "resume").await?;
                one.printed.done("Let in.");
                Ok(())
            }
        }
    })
}

async fn list(client: &mut Client, printed: Printed) -> Result<(), Error> {
    let (path, name) = ACCOUNTS;
    let answer = client.get(path).await?;
    let columns = [
        ("NAME", "name"),
        ("CALLED", "display_name"),
        ("ROLE", "role"),
        ("STATE", "state"),
        ("PASSKEYS", "passkeys"),
        ("PASSWORD+CODE", "password_and_totp"),
    ];
    printed.list(&answer, name, &columns);
    Ok(())
}

async fn show(client: &mut Client, one: &One) -> Result<(), Error> {
    let id = id_of(client, ACCOUNTS, &one.account).await?;
    let answer = client.get(&format!("/manage/accounts/{id}")).await?;
    let fields = [
        ("id", "id"),
        ("name", "name"),
        ("called", "display_name"),
        ("role", "role"),
        ("state", "state"),
        ("practitioner", "practitioner"),
        ("made", "created_at"),
        ("passkeys", "passkeys"),
        ("password+code", "password_and_totp"),
        ("recovery", "recovery"),
    ];
    one.printed.one(&answer, &fields);
    Ok(())
}

async fn add(client: &mut Client, new: New) -> Result<(), Error> {
    let body = json!({
        "name": new.name,
        "display_name": new.display_name,
        "role": new.role,
        "practitioner": new.practitioner,
    });
    let link = client.post("/manage/accounts", Some(&body)).await?;
    print_link(new.printed, &link);
    Ok(())
}

async fn post(client: &mut Client, one: &One, step: &str) -> Result<Value, Error> {
    let id = id_of(client, ACCOUNTS, &one.account).await?;
    let path = format!("/manage/accounts/{id}/{step}");
    client.post(&path, None).await
}

/// A link is shown this once.
pub(crate) fn print_link(printed: Printed, link: &Value) {
    printed.one(
        link,
        &[
            ("account", "account"),
            ("link, once", "url"),
            ("until", "expires"),
        ],
    );
}
