//! `ward log verify` and `ward log key`: offline, without a key to the contents.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use ward_core::Ods;
use ward_log::{Checkpoint, Verified, VerifiedPosition, Verifier, VerifierKey};
use ward_store::LogReader;

use crate::{
    command::progress,
    config::Config,
    data::{Data, read_verifiers},
    error::Error,
    files,
};

/// What to verify, and against what.
#[derive(Args)]
pub(crate) struct VerifyOptions {
    /// The organisation; without it, all of them.
    #[arg(long, value_name = "ODS")]
    organisation: Option<Ods>,
    /// A log's file or folder elsewhere, such as a copy; needs --key.
    #[arg(
        long,
        value_name = "PATH",
        requires = "key",
        conflicts_with = "organisation"
    )]
    log: Option<PathBuf>,
    /// A file of public keys, one a line, as `ward log key` prints them.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// A checkpoint kept elsewhere, which the log must still hold.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Begin at entry 0, though an earlier check got further.
    #[arg(long)]
    from_start: bool,
    /// Print one line of JSON for each log.
    #[arg(long)]
    json: bool,
}

struct Target {
    name: String,
    log: PathBuf,
    keys: Vec<VerifierKey>,
    /// Where the position of the last good check is kept; none for a log elsewhere.
    position: Option<PathBuf>,
}

/// Verifies; the error names the first bad entry.
pub(crate) fn verify(config: &Config, options: &VerifyOptions) -> Result<(), Error> {
    let mut bad = Vec::new();
    for target in targets(config, options)? {
        match check(&target, options) {
            Ok(verified) => report(&target, &verified, options),
            Err(error) => {
                if options.json {
                    println!(
                        "{}",
                        json!({"log": target.name, "verified": false, "error": error.to_string()})
                    );
                }
                bad.push(format!("{}: {error}", target.name));
            }
        }
    }
    if bad.is_empty() {
        Ok(())
    } else {
        Err(Error::Told(bad.join("\n")))
    }
}

fn targets(config: &Config, options: &VerifyOptions) -> Result<Vec<Target>, Error> {
    if let (Some(log), Some(key)) = (&options.log, &options.key) {
        let keys = read_verifiers(key)?;
        let name = log.display().to_string();
        return Ok(vec![Target {
            name,
            log: log.clone(),
            keys,
            position: None,
        }]);
    }
    let data = Data::open(&config.path("data.dir"))?;
    let all: Vec<Ods> = match &options.organisation {
        Some(ods) => vec![data.organisation(ods)?.keys.ods().clone()],
        None => data
            .organisations()?
            .iter()
            .map(|one| one.keys.ods().clone())
            .collect(),
    };
    all.iter()
        .map(|ods| {
            let keys = match &options.key {
                Some(path) => read_verifiers(path)?,
                None => data.verifiers(ods)?,
            };
            let folder = data.folder(ods);
            let position = Some(folder.join("verified.position"));
            Ok(Target {
                name: ods.to_string(),
                log: folder,
                keys,
                position,
            })
        })
        .collect()
}

fn check(target: &Target, options: &VerifyOptions) -> Result<Verified, Error> {
    let reader = LogReader::open(&target.log).map_err(Error::told)?;
    let held = reader.held().map_err(Error::told)?;
    let before = match &target.position {
        Some(path) if path.exists() => {
            let bytes = std::fs::read(path).map_err(Error::file(path))?;
            Some(VerifiedPosition::from_bytes(&bytes).map_err(Error::told)?)
        }
        _ => None,
    };
    let mut verifier = match before {
        Some(position) if !options.from_start => {
            Verifier::resume(position, target.keys.clone(), held).map_err(Error::told)?
        }
        _ => Verifier::new(&origin(target)?, target.keys.clone()),
    };
    if let Some(path) = &options.checkpoint {
        let checkpoint =
            Checkpoint::verify(&files::read(path)?, &target.keys).map_err(Error::told)?;
        verifier.remember(checkpoint).map_err(Error::told)?;
    }
    let bar = progress::bar("entries checked", held);
    let found = reader
        .verify(verifier, &mut |done, _| bar.set_position(done))
        .map_err(Error::told)?
        .map_err(Error::told)?;
    bar.finish_and_clear();
    if let Some(path) = &target.position {
        files::write(path, &found.position.to_bytes().map_err(Error::told)?)?;
    }
    Ok(found)
}

/// The origin of a log is the name of the key that signs it.
fn origin(target: &Target) -> Result<String, Error> {
    let key = target
        .keys
        .first()
        .ok_or_else(|| Error::Told("the file of keys is empty".into()))?;
    Ok(key.name().to_owned())
}

fn report(target: &Target, verified: &Verified, options: &VerifyOptions) {
    let size = verified.position.tree().size();
    let time = verified
        .checkpoint
        .as_ref()
        .and_then(|checkpoint| checkpoint.time);
    if options.json {
        println!(
            "{}",
            json!({
                "log": target.name,
                "verified": true,
                "entries": size,
                "checked": verified.checked,
                "root": verified.position.tree().root().to_string(),
                "checkpoint_time": time.map(|time| time.to_string()),
            })
        );
    } else {
        println!(
            "{}: {size} entries, {} checked now: as they were signed{}",
            target.name,
            verified.checked,
            time.map(|time| format!(" ({time})")).unwrap_or_default()
        );
    }
}

/// Prints the public keys of an organisation's checkpoints.
pub(crate) fn key(config: &Config, ods: &Ods) -> Result<(), Error> {
    for key in Data::open(&config.path("data.dir"))?.verifiers(ods)? {
        println!("{key}");
    }
    Ok(())
}
