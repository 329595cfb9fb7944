//! `ward policy`: the organisation's own policy, written by one person and put in force by another.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use ward_access::{
    OrganisationPolicy,
    proof::{Outcome, Prover},
};
use ward_core::Ods;

use crate::{
    client::{Client, field, list},
    command::table::Printed,
    config::Config,
    error::Error,
    files, runtime,
};

const POLICIES: &str = "/manage/policies";

/// What to do with the organisation's own policies.
#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    /// Lists them, the newest first, with who wrote each and who put it in force.
    List(Printed),
    /// Prints the text of one.
    Show(One),
    /// Keeps a file as the draft; the server begins to prove it.
    Write(Written),
    /// Proves one again, here: each claim for each kind of request. Needs cvc5 on this machine.
    Prove(One),
    /// Puts somebody else's draft in force; the server proves it once more.
    Activate(One),
    /// Drops a draft.
    Withdraw(One),
    /// Takes the permits of what is in force out of it. Its forbids stay.
    Narrow(One),
}

/// Which one.
#[derive(Args)]
pub(crate) struct One {
    /// Its number.
    number: u32,
    #[command(flatten)]
    printed: Printed,
}

/// A policy to be kept.
#[derive(Args)]
pub(crate) struct Written {
    /// A file of Cedar statements, each with an @id.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    printed: Printed,
}

pub(crate) fn run(config: &Config, command: PolicyCommand) -> Result<(), Error> {
    let mut client = Client::open(config)?;
    runtime()?.block_on(async {
        match command {
            PolicyCommand::List(printed) => {
                let answer = client.get(POLICIES).await?;
                printed.list(&told(&answer), "policies", &COLUMNS);
                Ok(())
            }
            PolicyCommand::Show(one) => {
                let policy = found(&mut client, one.number).await?;
                print!("{}", text(&policy));
                Ok(())
            }
            PolicyCommand::Write(written) => write(&mut client, &written).await,
            PolicyCommand::Prove(one) => prove(&mut client, config, &one).await,
            PolicyCommand::Activate(one) => step(&mut client, &one, "activate", "In force.").await,
            PolicyCommand::Withdraw(one) => step(&mut client, &one, "withdraw", "Withdrawn.").await,
            PolicyCommand::Narrow(one) => {
                step(
                    &mut client,
                    &one,
                    "narrow",
                    "Only its forbids are in force.",
                )
                .await
            }
        }
    })
}

const COLUMNS: [(&str, &str); 6] = [
    ("POLICY", "number"),
    ("STANDING", "standing"),
    ("PROOF", "proof"),
    ("WRITTEN BY", "written_by"),
    ("WRITTEN", "written_at"),
    ("PUT IN FORCE BY", "activated_by"),
];

/// The list with a line for each policy.
fn told(answer: &Value) -> Value {
    let all = list(answer, "policies").iter().map(|policy| {
        json!({
            "number": field(policy, "number"),
            "standing": field(policy, "standing"),
            "proof": field(field(policy, "proof"), "outcome"),
            "written_by": field(field(policy, "written"), "by"),
            "written_at": field(field(policy, "written"), "at"),
            "activated_by": field(field(policy, "activated"), "by"),
        })
    });
    json!({ "policies": all.collect::<Vec<_>>() })
}

async fn found(client: &mut Client, number: u32) -> Result<Value, Error> {
    let answer = client.get(POLICIES).await?;
    let policies = list(&answer, "policies");
    let policy = policies.iter().find(|one| *field(one, "number") == number);
    policy
        .cloned()
        .ok_or_else(|| Error::Told(format!("there is no policy {number}")))
}

fn text(policy: &Value) -> String {
    let text = field(policy, "text").as_str().unwrap_or_default();
    // What could move a terminal's cursor is left out.
    let plain = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
    text.chars().filter(plain).collect()
}

async fn write(client: &mut Client, written: &Written) -> Result<(), Error> {
    let body = json!({ "text": files::read(&written.file)? });
    let answer = client.post(POLICIES, Some(&body)).await?;
    written.printed.one(&answer, &[("policy", "number")]);
    let text = "Kept as the draft. Somebody else puts it in force.";
    written.printed.done(text);
    Ok(())
}

async fn step(client: &mut Client, one: &One, step: &str, done: &str) -> Result<(), Error> {
    let path = format!("{POLICIES}/{}/{step}", one.number);
    client.post(&path, None).await?;
    one.printed.done(done);
    Ok(())
}

/// By the text that the server shows, and the policies of this binary.
async fn prove(client: &mut Client, config: &Config, one: &One) -> Result<(), Error> {
    let policy = found(client, one.number).await?;
    let session = client.get("/manage/session").await?;
    let name = field(&session, "name").as_str().unwrap_or_default();
    let ods = name.rsplit('@').next().unwrap_or_default();
    let ods: Ods = ods.parse().map_err(Error::told)?;
    let text = field(&policy, "text").as_str().unwrap_or_default();
    let policy = OrganisationPolicy::read(&ods, text).map_err(Error::told)?;
    let prover = Prover::new(config.path("proof.solver"));
    let examined = prover.organisation(policy, |_| ()).await;
    let report = examined.map_err(Error::told)?.report;
    for line in report.broken() {
        match &line.outcome {
            Outcome::Broken(example) => println!("{}: {example}", line.claim),
            _ => println!("{}: the solver could not say in time", line.claim),
        }
    }
    let (asked, broken) = (report.lines.len(), report.broken().count());
    if broken > 0 || asked == 0 {
        let told = format!("{broken} of {asked} do not hold: the policy may not be put in force");
        return Err(Error::Told(told));
    }
    one.printed.done(&format!("All {asked} questions hold."));
    Ok(())
}
