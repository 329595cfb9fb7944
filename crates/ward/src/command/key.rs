//! `ward key`: how the root key is sealed, and what changes it.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use ward_core::{Ods, Secret, SystemRandom};
use ward_crypto::{RootKey, SealedRoot, Share, Unlock, UnlockedBy};

use crate::{config::Config, data::Data, error::Error, files};

/// What to do with keys.
#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    /// Says how the root key is sealed and which keys each organisation has.
    Status,
    /// Seals the same root key in another way.
    Seal(SealOptions),
    /// Makes a new root key and re-wraps every organisation's keys; with --organisation, gives that
    /// organisation a new key for all that is sealed from now on.
    Rotate {
        /// The organisation that gets a new key.
        #[arg(long, value_name = "ODS", conflicts_with_all = ["passphrase", "quorum", "unsealed"])]
        organisation: Option<Ods>,
        #[command(flatten)]
        seal: SealOptions,
    },
}

/// How the root key is to be sealed.
#[derive(Args, Default)]
pub(crate) struct SealOptions {
    /// Under a passphrase, which is asked for.
    #[arg(long)]
    passphrase: bool,
    /// Under a passphrase that a file holds on its first line.
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase")]
    passphrase_file: Option<PathBuf>,
    /// So that any K of N operators open it together, such as 2/3; each gets one share.
    #[arg(long, value_name = "K/N", value_parser = quorum, conflicts_with_all = ["passphrase", "passphrase_file"])]
    quorum: Option<(u8, u8)>,
    /// A folder for the shares, a file each, to be handed out and removed; without it they are
    /// printed.
    #[arg(long, value_name = "DIR", requires = "quorum")]
    shares_dir: Option<PathBuf>,
    /// Not at all: whoever reads the disk has the key. For demonstrations.
    #[arg(long, conflicts_with_all = ["passphrase", "passphrase_file", "quorum"])]
    unsealed: bool,
}

fn quorum(text: &str) -> Result<(u8, u8), String> {
    let parts = text.split_once('/').and_then(|(needed, shares)| {
        Some((needed.trim().parse().ok()?, shares.trim().parse().ok()?))
    });
    parts.ok_or_else(|| "must be K/N, such as 2/3".to_owned())
}

pub(crate) fn run(config: &Config, command: KeyCommand) -> Result<(), Error> {
    let data = Data::open(&config.path("data.dir"))?;
    match command {
        KeyCommand::Status => status(&data),
        KeyCommand::Seal(options) => {
            let change = data.change()?;
            let root = unlock(config, &data)?;
            change.seal(&root, &seal(&root, &options)?)?;
            println!("The root key is sealed anew. Organisations' keys are as they were.");
            Ok(())
        }
        KeyCommand::Rotate {
            organisation: Some(ods),
            ..
        } => {
            let change = data.change()?;
            let root = unlock(config, &data)?;
            let organisation = change.add_key(&root, &ods, &SystemRandom)?;
            println!(
                "{ods} seals with key {} from the next start on; what earlier keys sealed still opens.",
                organisation.keys.current().0
            );
            Ok(())
        }
        KeyCommand::Rotate {
            organisation: None,
            seal: options,
        } => {
            let change = data.change()?;
            let old = unlock(config, &data)?;
            let new = RootKey::generate(&SystemRandom);
            let count = change.rotate(&old, &new, &seal(&new, &options)?, &SystemRandom)?;
            println!(
                "A new root key wraps the keys of {count} organisations. The old one opens nothing here."
            );
            Ok(())
        }
    }
}

fn status(data: &Data) -> Result<(), Error> {
    match data.root()?.unlocked_by() {
        UnlockedBy::Nothing => println!("root key: NOT SEALED; whoever reads the disk has it"),
        UnlockedBy::Passphrase => println!("root key: sealed under a passphrase (Argon2id)"),
        UnlockedBy::Quorum { needed, shares } => {
            println!("root key: opened by any {needed} of {shares} operators");
        }
    }
    for organisation in data.organisations()? {
        let ids: Vec<String> = organisation
            .keys
            .key_ids()
            .map(|id| id.0.to_string())
            .collect();
        println!(
            "{}: keys {}; seals with {}",
            organisation.keys.ods(),
            ids.join(", "),
            organisation.keys.current().0
        );
    }
    if data.is_in_rotation()? {
        println!(
            "A rotation is under way or was cut short; these are its keys. The next `ward key seal` or `ward key rotate` ends it."
        );
    }
    Ok(())
}

/// Opens the root key with what it wants: nothing, a passphrase or shares.
pub(crate) fn unlock(config: &Config, data: &Data) -> Result<RootKey, Error> {
    let sealed = data.root()?;
    let opened = match sealed.unlocked_by() {
        UnlockedBy::Nothing => sealed.open(Unlock::Nothing),
        UnlockedBy::Passphrase => {
            let passphrase = match config.text("key.passphrase") {
                "" => ask("Passphrase of the root key: ")?,
                text => Secret::new(text.to_owned()),
            };
            sealed.open(Unlock::Passphrase(passphrase.expose()))
        }
        UnlockedBy::Quorum { needed, .. } => {
            let shares = shares(config, needed)?;
            sealed.open(Unlock::Shares(&shares))
        }
    };
    opened.map_err(Error::told)
}

fn shares(config: &Config, needed: u8) -> Result<Vec<Share>, Error> {
    let path = config.path("key.shares");
    let lines: Vec<Secret<String>> = if path.as_os_str().is_empty() {
        (1..=needed)
            .map(|number| ask(&format!("Share {number} of {needed}: ")))
            .collect::<Result<_, _>>()?
    } else {
        let text = Secret::new(files::read(&path)?);
        text.expose()
            .lines()
            .map(|line| Secret::new(line.to_owned()))
            .collect()
    };
    let lines = lines.iter().filter(|line| !line.expose().trim().is_empty());
    lines
        .map(|line| Share::parse(line.expose()).map_err(Error::told))
        .collect()
}

/// Seals a root key as the options say.
///
/// # Errors
/// Where they say nothing: there is no default, since each costs somebody something.
pub(crate) fn seal(root: &RootKey, options: &SealOptions) -> Result<SealedRoot, Error> {
    if options.unsealed {
        eprintln!(
            "WARNING: the root key is NOT SEALED: whoever reads the disk reads every record."
        );
        return Ok(SealedRoot::unsealed(root));
    }
    if let Some((needed, count)) = options.quorum {
        let (sealed, shares) =
            SealedRoot::quorum(root, needed, count, &SystemRandom).map_err(Error::told)?;
        hand_out(&shares, options)?;
        return Ok(sealed);
    }
    let passphrase = match &options.passphrase_file {
        Some(path) => {
            let text = Secret::new(files::read(path)?);
            Secret::new(text.expose().lines().next().unwrap_or_default().to_owned())
        }
        None if options.passphrase => ask_twice()?,
        None => {
            return Err(Error::Told(
                "say how the root key is to be sealed: --passphrase, --quorum K/N, or --unsealed for a demonstration".into(),
            ));
        }
    };
    SealedRoot::with_passphrase(root, passphrase.expose(), &SystemRandom).map_err(Error::told)
}

fn hand_out(shares: &[Share], options: &SealOptions) -> Result<(), Error> {
    let Some(dir) = &options.shares_dir else {
        println!("Give each operator one line. They are not kept and can't be shown again.");
        for share in shares {
            println!("{}", share.to_text().expose());
        }
        return Ok(());
    };
    files::make_dir(dir)?;
    for share in shares {
        let path = dir.join(format!("share-{}.txt", share.index()));
        let line = Secret::new(format!("{}\n", share.to_text().expose()));
        files::write_secret(&path, line.expose().as_bytes())?;
        println!("{}", path.display());
    }
    println!("Give each operator one file, then remove them from this machine.");
    Ok(())
}

fn ask(prompt: &str) -> Result<Secret<String>, Error> {
    rpassword::prompt_password(prompt)
        .map(Secret::new)
        .map_err(|_| {
            Error::Told(
                "there is no terminal to ask on: set WARD_KEY_PASSPHRASE, or key.shares to a file"
                    .into(),
            )
        })
}

fn ask_twice() -> Result<Secret<String>, Error> {
    let first = ask("New passphrase (16 characters or more): ")?;
    if *ask("Once more: ")?.expose() == *first.expose() {
        Ok(first)
    } else {
        Err(Error::Told(
            "the two are not the same; nothing was changed".into(),
        ))
    }
}
