//! `ward coverage`: that nothing of a running Ward is left out, observed; with `--table`, what policy
//! allows at most; with `--prove`, that no request gets round the locks. It opens no data folder.

mod observe;
mod proof;
mod verify;

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};
use ward_access::{Access, LEGEND, Table};
use ward_core::Ods;

use crate::{config::Config, error::Error, wiring::machine};

/// The organisation in whose name tables are made where nobody names one: the default roles say the
/// same for all.
const ANY: &str = "WRD01";

/// What to show.
#[derive(Args)]
pub(crate) struct Options {
    /// Print what policy allows at most, by default.
    #[arg(long, conflicts_with = "prove")]
    table: bool,
    /// A folder of credentials of every kind, as `cargo xtask coverage` makes it; without it, what
    /// the session of `ward login` can show is tried.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["table", "prove"])]
    credentials: Option<PathBuf>,
    /// Write what was found into a file that the server signs, for an auditor.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["table", "prove"])]
    report: Option<PathBuf>,
    /// Check such a file, offline; needs --key.
    #[arg(long, value_name = "FILE", requires = "key", conflicts_with_all = ["table", "prove", "report", "credentials"])]
    verify: Option<PathBuf>,
    /// A file of public keys, one a line, as `ward log key` prints them.
    #[arg(long, value_name = "FILE", requires = "verify")]
    key: Option<PathBuf>,
    /// Prove the platform's policies with the default roles: each claim for each kind of request.
    #[arg(long)]
    prove: bool,
    /// A policy of an organisation's own, to be proved with them.
    #[arg(long, value_name = "FILE", requires_all = ["prove", "organisation"])]
    policy: Option<PathBuf>,
    /// Whose policy it is.
    #[arg(long, value_name = "ODS", requires = "policy")]
    organisation: Option<Ods>,
    /// Print JSON: one object; with --table or --prove one a line.
    #[arg(long)]
    json: bool,
}

/// Asks a running Ward, prints the table, or proves.
pub(crate) fn run(config: &Config, options: &Options) -> Result<(), Error> {
    if options.prove {
        proof::prove(config, options)
    } else if options.table {
        show(options)
    } else if let (Some(report), Some(key)) = (&options.verify, &options.key) {
        verify::run(report, key, options.json)
    } else {
        observe::run(config, options)
    }
}

fn show(options: &Options) -> Result<(), Error> {
    let (clock, _) = machine();
    let access = Access::new(clock).map_err(Error::told)?;
    let tables = access.tables(&ANY.parse().map_err(Error::told)?);
    if options.json {
        for table in &tables {
            println!("{}", as_json(table));
        }
        return Ok(());
    }
    println!("What policy allows at most, by default.\n{LEGEND}");
    for table in &tables {
        println!("\n{table}");
    }
    Ok(())
}

fn as_json(table: &Table) -> Value {
    let cells = table.cells.iter().map(|(action, category, allowance)| {
        json!({
            "action": action.as_str(),
            "category": category.as_str(),
            "allowed": allowance.as_str(),
        })
    });
    json!({"account": table.title, "cells": cells.collect::<Vec<_>>()})
}
