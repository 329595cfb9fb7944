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
    /// A checkpoint kept elsewhere, which the log must still hold: every entry before it is read
    /// again, unless --position tells of a check that got no further.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// A file kept elsewhere that tells how far an earlier check got: this check goes on from there,
    /// and writes into it how far it got. Without it, that of an organisation lies beside its log,
    /// where whoever can write the log can write it, too.
    #[arg(long, value_name = "FILE")]
    position: Option<PathBuf>,
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

impl Target {
    /// The origin of a log is the name of the key that signs it.
    fn origin(&self) -> Result<&str, Error> {
        let key = self.keys.first();
        let key = key.ok_or_else(|| Error::Told("the file of keys is empty".into()))?;
        Ok(key.name())
    }

    /// How far the last good check got.
    fn verified_before(&self) -> Result<Option<VerifiedPosition>, Error> {
        let Some(path) = &self.position else {
            return Ok(None);
        };
        let Some(bytes) = files::read_if_there(path)? else {
            return Ok(None);
        };
        let wrong = |what: String| Error::File {
            path: path.clone(),
            what,
        };
        let position =
            VerifiedPosition::from_bytes(&bytes).map_err(|why| wrong(why.to_string()))?;
        if position.origin() == self.origin()? {
            Ok(Some(position))
        } else {
            Err(wrong("is of another log".into()))
        }
    }
}

/// Verifies; the error names the first bad entry.
pub(crate) fn verify(config: &Config, options: &VerifyOptions) -> Result<(), Error> {
    let mut bad = Vec::new();
    for target in targets(config, options)? {
        match check(&target, options) {
            Ok(checked) => report(&target, &checked, options),
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
            position: options.position.clone(),
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
    if all.len() > 1 && (options.checkpoint.is_some() || options.position.is_some()) {
        return Err(Error::Told(
            "a checkpoint or a position is of one log: say which with --organisation".into(),
        ));
    }
    all.iter()
        .map(|ods| {
            let keys = match &options.key {
                Some(path) => read_verifiers(path)?,
                None => data.verifiers(ods)?,
            };
            let folder = data.folder(ods);
            let beside = || folder.join("verified.position");
            Ok(Target {
                name: ods.to_string(),
                keys,
                position: Some(options.position.clone().unwrap_or_else(beside)),
                log: folder,
            })
        })
        .collect()
}

/// What a check found right, and what it was held against.
struct Checked {
    verified: Verified,
    /// Entries of the checkpoint kept elsewhere.
    kept: Option<u64>,
}

fn check(target: &Target, options: &VerifyOptions) -> Result<Checked, Error> {
    let reader = LogReader::open(&target.log).map_err(Error::told)?;
    let held = reader.held().map_err(Error::told)?;
    let kept = match &options.checkpoint {
        Some(path) => {
            let note = files::read(path)?;
            Some(Checkpoint::verify(&note, &target.keys).map_err(Error::told)?)
        }
        None => None,
    };
    let before = target.verified_before()?;
    let mut verifier = match before {
        Some(position) if goes_on(&position, kept.as_ref(), options) => {
            Verifier::resume(position, target.keys.clone(), held).map_err(Error::told)?
        }
        before => {
            let mut verifier = Verifier::new(target.origin()?, target.keys.clone());
            // Read anew, the log must still be the one that was verified before.
            if let Some(position) = &before {
                verifier.remember(head(position)).map_err(Error::told)?;
            }
            verifier
        }
    };
    let kept_size = kept.as_ref().map(|checkpoint| checkpoint.size);
    if let Some(checkpoint) = kept {
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
    Ok(Checked {
        verified: found,
        kept: kept_size,
    })
}

/// Whether a check may go on from a position. Not to compare a checkpoint kept elsewhere, unless the
/// position was kept elsewhere, too: that beside the log may be whatever the log's writer wants. And
/// not from after the checkpoint: it would not be compared.
fn goes_on(
    position: &VerifiedPosition,
    kept: Option<&Checkpoint>,
    options: &VerifyOptions,
) -> bool {
    let can_compare = kept.is_none_or(|checkpoint| {
        options.position.is_some() && checkpoint.size >= position.tree().size()
    });
    can_compare && !options.from_start
}

/// A position as a checkpoint.
fn head(position: &VerifiedPosition) -> Checkpoint {
    Checkpoint {
        origin: position.origin().to_owned(),
        size: position.tree().size(),
        root: position.tree().root(),
        time: None,
    }
}

fn report(target: &Target, Checked { verified, kept }: &Checked, options: &VerifyOptions) {
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
                "compared_checkpoint": kept,
            })
        );
    } else {
        println!(
            "{}: {size} entries, {} checked now: as they were signed{}{}",
            target.name,
            verified.checked,
            time.map(|time| format!(" ({time})")).unwrap_or_default(),
            kept.map(|kept| format!("; the first {kept} are those of the checkpoint given"))
                .unwrap_or_default()
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
