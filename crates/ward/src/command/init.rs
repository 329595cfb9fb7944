//! `ward init`: keys, organisations, and an account for each first administrator.

use clap::Args;
use ward_core::{Ods, SystemRandom};
use ward_crypto::RootKey;
use ward_identity::{Author, NewAccount, Role};

use crate::{
    command::key::{SealOptions, seal},
    config::Config,
    data::Data,
    error::Error,
    runtime, wiring,
};

/// What to make.
#[derive(Args)]
pub(crate) struct Options {
    /// An organisation, such as `--organisation "WRD01:Larkfield Urgent Care"`; may come several
    /// times.
    #[arg(long, value_name = "ODS:NAME", value_parser = named, required = true)]
    organisation: Vec<(Ods, String)>,
    #[command(flatten)]
    seal: SealOptions,
}

fn named(text: &str) -> Result<(Ods, String), String> {
    let (ods, name) = text.split_once(':').ok_or("must be ODS:NAME")?;
    let ods = ods
        .parse()
        .map_err(|error: ward_core::InvalidId| error.to_string())?;
    if name.trim().is_empty() {
        return Err("must have a name after the colon".to_owned());
    }
    Ok((ods, name.trim().to_owned()))
}

pub(crate) fn run(config: &Config, options: &Options) -> Result<(), Error> {
    let dir = config.path("data.dir");
    let root = RootKey::generate(&SystemRandom);
    let data = Data::make(&dir, &seal(&root, &options.seal)?)?;
    for (ods, name) in &options.organisation {
        data.add_organisation(&root, ods, name, &SystemRandom)?;
    }
    let public_url = config.text("server.public_url");
    let ward = wiring::open(&data, &root, public_url)?;
    runtime()?.block_on(async {
        for (ods, name) in &ward.organisations {
            let administrator = NewAccount {
                name: "administrator".into(),
                display_name: "First administrator".into(),
                role: Role::Administrator,
                practitioner: None,
            };
            // Its link is never seen: each start makes another, until one is used.
            ward.identity
                .create_account(Author::Setup, ods, administrator)
                .await
                .map_err(Error::told)?;
            println!("{name} ({ods})");
        }
        Ok(())
    })?;
    println!(
        "Made {}. Next: `ward serve`, which says where each first administrator finds the link to enrol.",
        dir.display()
    );
    Ok(())
}
